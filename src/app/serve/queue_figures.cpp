#include "app/serve/queue_figures.h"

#include <chrono>
#include <string>
#include <utility>

namespace tidegate::app {
namespace {

using tell::Metric;
using Kind = Metric::Kind;

double number(std::uint64_t value) {
    return static_cast<double>(value);
}

}  // namespace

void add_queues(const std::vector<mail::QueueStanding>& queues, std::vector<Metric>& out) {
    if (queues.empty()) return;
    Metric messages{"tidegate_queue_messages",
                    "Messages in a mail server's queue: waiting (of these active, deferred) and held",
                    Kind::gauge,
                    {}};
    Metric late{
        "tidegate_queue_late", "Of the waiting, those that are late and came lately", Kind::gauge, {}};
    Metric oldest{
        "tidegate_queue_oldest_seconds", "How long the oldest that counts has waited", Kind::gauge, {}};
    Metric backed_up{"tidegate_queue_backed_up", "1: far more is late than usual", Kind::gauge, {}};
    Metric readable{"tidegate_queue_readable", "0: it can't be read; its figures are old", Kind::gauge, {}};
    for (const mail::QueueStanding& each : queues) {
        const std::vector<std::pair<std::string, std::string>> labels{{"queue", each.name}};
        readable.samples.push_back({labels, each.is_readable() ? 1.0 : 0.0});
        if (!each.read) continue;
        const mail::QueueFigures& figures = each.figures;
        for (const auto& [state, count] : {std::pair{"waiting", figures.waiting},
                                           {"active", figures.active},
                                           {"deferred", figures.deferred},
                                           {"held", figures.held}})
            messages.samples.push_back({{{"queue", each.name}, {"state", state}}, number(count)});
        late.samples.push_back({labels, number(figures.late)});
        oldest.samples.push_back(
            {labels, std::chrono::duration<double>(each.oldest.value_or(Duration{})).count()});
        backed_up.samples.push_back({labels, each.is_backed_up() ? 1.0 : 0.0});
    }
    for (Metric* each : {&messages, &late, &oldest, &backed_up, &readable})
        if (!each->samples.empty()) out.push_back(std::move(*each));
}

}  // namespace tidegate::app
