#include "judge/state.h"

namespace tidegate::judge {
namespace {

// Quarters of an hour turn round after 682 days. What is older than `oldest` has faded, whatever it is, and
// is kept at that age, so that it never looks young again.
constexpr unsigned oldest = 170 * 96;
constexpr std::int64_t look_through_seconds = 42 * 86'400;

Quarter last_of(const auto& slot) {
    return static_cast<Quarter>(slot.last);
}
Quarter last_of(const PairSlot& slot) {
    return static_cast<Quarter>(slot.when);
}
void set_last(auto& slot, Quarter last) {
    slot.last = last;
}
void set_last(PairSlot& slot, Quarter last) {
    slot.when = last;
}

class Ageing {
public:
    Ageing(std::int64_t before, std::int64_t now)
        : before_(quarter_of(before)),
          now_(quarter_of(now)),
          passed_(static_cast<unsigned>(std::min<std::int64_t>((now - before) / 900 + 1, oldest + 1))) {}

    void operator()(auto& slot) const {
        if (quarters_since(last_of(slot), before_) + passed_ > oldest)
            set_last(slot, static_cast<Quarter>(now_ - oldest));
    }

private:
    Quarter before_, now_;
    unsigned passed_;
};

}  // namespace

void State::advance(std::int64_t seconds) {
    const std::int64_t before = latest;
    latest = std::max(latest, seconds);
    if (latest - aged < look_through_seconds) return;
    aged = latest;
    const Ageing ageing(before, latest);
    const auto look_through = [&ageing](auto& table) { table.each(ageing); };
    look_through(memory.addresses);
    look_through(memory.networks);
    look_through(memory.regions);
    look_through(memory.clients);
    look_through(memory.guesses);
    look_through(memory.accounts);
    look_through(memory.familiar);
    look_through(memory.guessed);
    look_through(memory.refused);
    look_through(memory.tags);
    for (Totals* each : {&totals, &clients, &guesses}) ageing(*each);
}

}  // namespace tidegate::judge
