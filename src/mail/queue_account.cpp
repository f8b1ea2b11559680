#include "mail/queue_account.h"

#include <algorithm>
#include <utility>

namespace tidegate::mail {
namespace {

constexpr double times_usual = 3, calm_times = 1.5, calm_more = 1;
constexpr int slower = 10;
// Of what was before e^-1 is left after it, half after twelve hours.
constexpr Duration memory_time = std::chrono::seconds(62'324);
constexpr Duration first_weight = std::chrono::hours(1);
// A reading says nothing about hours in which nobody looked.
constexpr Duration longest_step = std::chrono::minutes(10);

}  // namespace

// What came longer ago than mail counts as late for is no part of it, however long it was not calm.
Time QueueAccount::came_from(Time moment, Duration late_after) const {
    if (memory_.since) return memory_.came_from;
    const Time began = std::min(above_since_.value_or(moment), moment);
    const Time calm = memory_.calm == Time{} ? began : std::min(memory_.calm, began);
    return std::max(calm - late_after, began - QueueFigures::recent);
}

double QueueAccount::limit(const QueueRules& rules) const {
    return std::max(static_cast<double>(rules.least), times_usual * memory_.usual_late.value_or(0));
}

QueueAccount::Turn QueueAccount::take(const QueueFigures& figures, const QueueRules& rules, Time moment,
                                      Time came_from) {
    const auto late = static_cast<double>(figures.late);
    if (!memory_.usual_late) memory_.usual_late = late;
    const double most = limit(rules);
    const Turn turn = memory_.since ? end(late, most, moment) : begin(late, most, moment, came_from);
    if (!memory_.since && late <= calm_times * *memory_.usual_late + calm_more) memory_.calm = moment;
    learn(late, moment);
    return turn;
}

QueueAccount::Turn QueueAccount::begin(double late, double most, Time moment, Time came_from) {
    if (late < most) {
        above_since_.reset();
        return Turn::none;
    }
    if (!above_since_) {
        above_since_ = moment;
        return Turn::none;
    }
    memory_.since = std::min(std::exchange(above_since_, std::nullopt).value_or(moment), moment);
    memory_.came_from = came_from;
    was_below_ = false;
    return Turn::backed_up;
}

QueueAccount::Turn QueueAccount::end(double late, double most, Time moment) {
    memory_.since = std::min(memory_.since.value_or(moment), moment);
    const bool is_below = late < most / 2;
    if (!std::exchange(was_below_, is_below) || !is_below) return Turn::none;
    memory_.since.reset();
    return Turn::well;
}

void QueueAccount::learn(double late, Time moment) {
    Duration step =
        memory_.last == Time{} ? Duration{} : std::clamp(moment - memory_.last, Duration{}, longest_step);
    if (memory_.since) step /= slower;
    memory_.last = moment;
    memory_.learned = std::min(memory_.learned + step, memory_time);
    const Duration weight = std::max(memory_.learned, first_weight);
    const double usual = memory_.usual_late.value_or(late);
    memory_.usual_late =
        usual + (late - usual) * static_cast<double>(step.count()) / static_cast<double>(weight.count());
}

std::optional<std::uint64_t> QueueAccount::lost(const QueueRules& rules, Time moment) const {
    if (!memory_.since || moment - *memory_.since >= rules.lifetime) return std::nullopt;
    return 0;
}

}  // namespace tidegate::mail
