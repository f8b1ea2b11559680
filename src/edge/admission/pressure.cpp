#include "edge/admission/pressure.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace tidegate::edge {
namespace {

double above(double value, double from) {
    return std::clamp((value - from) / (1 - from), 0.0, 1.0);
}

Span at_step(const PatienceRange& range, unsigned step) {
    const double share = double(step) / Pressure::steps;
    const double calm = seconds_of(range.calm), full = seconds_of(range.full);
    return span_of(calm * std::pow(full / calm, share));
}

}  // namespace

Pressure::Pressure(const PressureRules& rules, LimitLog& log) : rules_(rules), log_(log) {
    CHECK(rules.sessions_from < 1 && rules.queue_from < 1 && rules.relief > Span::zero());
    for (const ClientClass each : all_classes)
        for (const auto& range : {rules.log_in[each], rules.command[each]})
            CHECK(range.full > Span::zero() && range.calm >= range.full);
}

void Pressure::observe(Moment now, const Load& load) {
    CHECK(load.sessions_most > 0);
    const double sessions = double(load.sessions) / double(load.sessions_most);
    const double seen = std::max(above(sessions, rules_.sessions_from), above(load.queue, rules_.queue_from));
    const Span passed = begun_ ? std::max(now - observed_, Span::zero()) : Span::zero();
    const double left = level_ * std::exp2(-seconds_of(passed) / seconds_of(rules_.relief));
    level_ = std::max(seen, left);
    observed_ = std::max(observed_, now);
    begun_ = true;
    // A step is left only well below it, or the deadlines would flutter with every session.
    const double steps_up = level_ * steps;
    const auto up = static_cast<unsigned>(steps_up);
    const auto down = static_cast<unsigned>(std::min(steps_up + 0.5, double(steps)));
    if (up > step_)
        step_to(now, up);
    else if (down < step_)
        step_to(now, down);
}

void Pressure::step_to(Moment now, unsigned step) {
    const auto reason = step > step_ ? LimitReason::pressure : LimitReason::relief;
    for (const ClientClass each : all_classes)
        log_.note({.when = now,
                   .what = LimitKind::deadline,
                   .reason = reason,
                   .listener = rules_.listener,
                   .client_class = each,
                   .from = seconds_of(at_step(rules_.log_in[each], step_)),
                   .to = seconds_of(at_step(rules_.log_in[each], step))});
    step_ = step;
}

Deadlines Pressure::deadlines(ClientClass which) const {
    return {at_step(rules_.log_in[which], step_), at_step(rules_.command[which], step_)};
}

}  // namespace tidegate::edge
