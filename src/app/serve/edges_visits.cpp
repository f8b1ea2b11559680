// Edges: what became of connections to port 25, told on to whoever looks for what is attacked.

#include <utility>
#include <vector>

#include "app/serve/edges.h"

namespace tidegate::app {

void Edges::hear_visits(edge::Hooks& hooks) {
    hooks.visited = [this](MailVisit visit) { visits_.add(std::move(visit)); };
    hooks.turned_away = [this](const edge::EntranceRules& rules) {
        if (rules.protocol == edge::Protocol::smtp) visits_.turned_away(rules.name, world_.clock());
    };
}

// What comes before the memory is awake is told once it is: the incident of before a restart goes on.
void Edges::tell_visits() {
    Intake* intake = world_.waking.intake();
    if (intake == nullptr) return;
    const std::vector<MailVisit> visits = visits_.take();
    intake->visited(visits);
}

}  // namespace tidegate::app
