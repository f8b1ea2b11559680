#include "tell/cases/services.h"

#include <algorithm>
#include <utility>

namespace tidegate::tell {
namespace {

// Below these nobody notices, or chance alone does it.
constexpr double slow_seconds = 1, slow_times = 3;
constexpr double enough_log_ins = 10, far = 4;  // standard errors
constexpr double few_share = 0.5, fault_share = 0.1, all_share = 0.9, enough_faults = 5;

/// All that is watched for one service, put together.
struct Judged {
    ServiceStanding figures;
    double log_ins = 0, expected = 0, variance = 0, faults = 0;
    bool is_watched = false;
};

void take(Judged& judged, const Sight& sight) {
    if (sight.wait_s && sight.usual_wait_s && *sight.usual_wait_s > 0) {
        judged.is_watched = true;
        if (*sight.wait_s > judged.figures.wait_s.value_or(0)) {
            judged.figures.wait_s = sight.wait_s;
            judged.figures.usual_wait_s = sight.usual_wait_s;
        }
    }
    if (sight.log_ins || sight.expected || sight.faults) {
        judged.is_watched = true;
        judged.log_ins += sight.log_ins.value_or(0);
        judged.expected += sight.expected.value_or(0);
        judged.variance += sight.error.value_or(0) * sight.error.value_or(0) + sight.expected.value_or(0);
        judged.faults += sight.faults.value_or(0);
    }
    if (sight.is_out) {
        judged.is_watched = true;
        ++judged.figures.servers;
        judged.figures.servers_out += *sight.is_out ? 1 : 0;
    }
    if (sight.is_late) {
        judged.is_watched = true;
        judged.figures.mail_is_late = judged.figures.mail_is_late || *sight.is_late;
    }
}

bool is_slow(const ServiceStanding& figures) {
    return figures.wait_s && *figures.wait_s >= slow_seconds &&
           *figures.wait_s >= slow_times * figures.usual_wait_s.value_or(0);
}

// Far fewer log-ins than at this hour, beyond chance and beyond what is not known of the hour.
bool are_few(const Judged& judged) {
    const double missing = judged.expected - judged.log_ins;
    return judged.expected >= enough_log_ins && judged.log_ins < few_share * judged.expected &&
           missing * missing > far * far * judged.variance;
}

ServiceState state_of(Judged& judged) {
    ServiceStanding& figures = judged.figures;
    if (!judged.is_watched) return ServiceState::unknown;
    if (figures.servers > 0 && figures.servers_out == figures.servers) return ServiceState::down;
    const double share = judged.faults / std::max(1.0, judged.faults + judged.log_ins);
    const bool fails = judged.faults >= enough_faults && share >= fault_share;
    if (fails) figures.fault_share = share;
    if (are_few(judged)) figures.log_in_share = judged.log_ins / judged.expected;
    if (fails && share >= all_share) return ServiceState::down;
    if (fails || figures.log_in_share) return ServiceState::disturbed;
    if (is_slow(figures) || figures.mail_is_late) return ServiceState::slow;
    // The others stand in for it, and whoever was sent away comes again: that is no state of the service.
    return ServiceState::working;
}

std::int64_t minute_of(Time time) {
    return std::chrono::floor<std::chrono::minutes>(time).time_since_epoch().count();
}

bool is_hurting(ServiceState state) {
    return state > ServiceState::maintenance;
}

}  // namespace

ServiceBook::ServiceBook(std::vector<ServiceRule> rules, Zone zone, std::span<const PublicService> kept)
    : zone_(std::move(zone)) {
    for (ServiceRule& rule : rules) {
        Known known{.rule = std::move(rule)};
        const auto before = std::ranges::find(kept, known.rule.name, &PublicService::name);
        if (before != kept.end()) known.days = before->days;
        if (known.days.size() > most_days)
            known.days.erase(known.days.begin(), known.days.end() - static_cast<std::ptrdiff_t>(most_days));
        known.standing.name = known.rule.name;
        known.standing.label = known.rule.label;
        all_.push_back(std::move(known));
    }
}

void ServiceBook::adopt(std::vector<ServiceRule> rules, Zone zone) {
    std::vector<Known> before = std::exchange(all_, {});
    zone_ = std::move(zone);
    for (ServiceRule& rule : rules) {
        const auto same = [&](const Known& each) { return each.rule.name == rule.name; };
        const auto found = std::ranges::find_if(before, same);
        Known known = found == before.end() ? Known{} : std::move(*found);
        known.standing.name = rule.name;
        known.standing.label = rule.label;
        known.rule = std::move(rule);
        all_.push_back(std::move(known));
    }
}

std::chrono::year_month_day ServiceBook::day_of(Time time) const {
    return std::chrono::floor<std::chrono::days>(zone_.local(time));
}

// Days that nobody saw stand between as such.
ServiceDay& ServiceBook::at_day(Known& known, std::chrono::year_month_day day) {
    auto& days = known.days;
    const auto wanted = std::chrono::sys_days(day);
    const auto last = days.empty() ? wanted : std::chrono::sys_days(days.back().day);
    if (last > wanted) return days.back();  // the clock was set back: it goes to the day that is there
    if (wanted - last > std::chrono::days(most_days)) days.clear();
    for (auto at = days.empty() ? wanted : last + std::chrono::days(1); at <= wanted;
         at += std::chrono::days(1))
        days.push_back({.day = std::chrono::year_month_day(at)});
    if (days.size() > most_days)
        days.erase(days.begin(), days.end() - static_cast<std::ptrdiff_t>(most_days));
    return days.back();
}

void ServiceBook::count_minute(Known& known) const {
    const Time begin{std::chrono::minutes(minute_)};
    ServiceDay& day = at_day(known, day_of(begin));
    const ServiceState worst = known.worst_of_minute;
    // A day of which part was not watched is as what was seen of it.
    if (day.worst == ServiceState::unknown || (worst != ServiceState::unknown && worst > day.worst))
        day.worst = worst;
    day.minutes_hurt += is_hurting(worst) ? 1 : 0;
    day.minutes_down += worst == ServiceState::down ? 1 : 0;
}

void ServiceBook::lean(Known& known, ServiceState measured, Time now) {
    ServiceStanding& standing = known.standing;
    const auto become = [&](ServiceState state, Time since) {
        standing.state = state;
        standing.since = since;
        known.worse_since.reset();
        known.better_since.reset();
    };
    if (!is_hurting(measured) && (!is_hurting(standing.state) || measured == ServiceState::maintenance)) {
        // Of what nobody watched, or is being worked on, there is nothing to wait for.
        if (measured != standing.state || standing.since == Time{}) become(measured, now);
    } else if (measured > standing.state) {
        known.better_since.reset();
        if (!known.worse_since) known.worse_since = now;
        if (now - *known.worse_since >= worse_after) become(measured, *known.worse_since);
    } else if (measured < standing.state) {
        known.worse_since.reset();
        known.milder = known.better_since ? std::max(known.milder, measured) : measured;
        if (!known.better_since) known.better_since = now;
        if (now - *known.better_since >= better_after) become(known.milder, *known.better_since);
    } else {
        known.worse_since.reset();
        known.better_since.reset();
    }
}

void ServiceBook::look(Time now, std::span<const Sight> sights, std::span<const std::string> in_work) {
    const bool was_watched = last_ != Time{} && now >= last_ && now - last_ <= longest_gap;
    const std::int64_t minute = minute_of(now);
    if (was_watched && minute != minute_) changed_ = true;
    for (Known& known : all_) {
        if (was_watched && minute != minute_) count_minute(known);
        Judged judged;
        for (const Sight& sight : sights)
            if (std::ranges::find(known.rule.watches, sight.name) != known.rule.watches.end())
                take(judged, sight);
        const bool in_hand = std::ranges::find(in_work, known.rule.name) != in_work.end();
        const ServiceState measured = state_of(judged);
        judged.figures.name = known.standing.name;
        judged.figures.label = known.standing.label;
        judged.figures.state = known.standing.state;
        judged.figures.since = known.standing.since;
        const bool was_late = known.standing.mail_is_late;
        known.standing = judged.figures;
        lean(known, in_hand ? ServiceState::maintenance : measured, now);
        // It stays slow for a while after that: still for this reason.
        const bool stays = known.standing.state == ServiceState::slow && !is_slow(known.standing);
        known.standing.mail_is_late = known.standing.mail_is_late || (was_late && stays);
        const bool fresh = !was_watched || minute != minute_;
        known.worst_of_minute =
            fresh ? known.standing.state : std::max(known.worst_of_minute, known.standing.state);
        static_cast<void>(at_day(known, day_of(now)));
    }
    minute_ = minute;
    last_ = now;
}

std::vector<ServiceStanding> ServiceBook::standing() const {
    std::vector<ServiceStanding> out;
    for (const Known& each : all_) out.push_back(each.standing);
    return out;
}

std::vector<PublicService> ServiceBook::days() const {
    std::vector<PublicService> out;
    for (const Known& each : all_)
        out.push_back({.name = each.rule.name,
                       .label = each.rule.label,
                       .now = each.standing.state,
                       .days = each.days});
    return out;
}

}  // namespace tidegate::tell
