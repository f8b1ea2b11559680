#include "drill/watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "drill/database.h"

namespace tidegate::drill {
namespace {

SeriesName name_of(judge::Series series) {
    return {std::string(name(series.volume)), series.service};
}

Time moment(std::int64_t seconds) {
    return time_of_unix(seconds);
}

AlarmNotice notice_of(const judge::Alarm& alarm) {
    return {.id = alarm.id,
            .series = name_of(alarm.series),
            .upwards = alarm.upwards,
            .since = moment(alarm.since),
            .opened = moment(alarm.opened),
            .closed = moment(alarm.closed),
            .score = alarm.score,
            .observed = alarm.observed,
            .expected = alarm.expected,
            .standard_error = alarm.standard_error};
}

HourNotice notice_of(const judge::HourRow& row) {
    return {.start = moment(row.start),
            .series = name_of(row.series),
            .observed = row.observed,
            .expected = row.expected,
            .standard_error = row.standard_error,
            .customers = row.customers,
            .customers_error = row.customers_error,
            .watched = row.watched,
            .flagged = row.flagged};
}

}  // namespace

Watch::Watch(const Scenario& scenario) : alerts_(scenario) {
    for (const auto& [hours, more] : scenario.servers.changes)
        servers_.emplace_back(scenario.attack_begin() + Duration(std::llround(hours * 3600e6)), more);
    std::ranges::sort(servers_, std::greater{});
}

void Watch::see(const Try& seen, const Verdict& verdict, std::uint64_t account,
                std::optional<Duration> wait) {
    const std::int64_t second = unix_seconds(seen.event.time);
    if (second >= next_look_) look(second);
    serve(seen.event.time);
    alerts_.see(seen);
    Event told = seen.event;
    // Whoever waited so long was answered by nobody: what a front end logs is the servers' failure.
    if (wait && *wait >= Database::patience) told.outcome = Outcome::failure, told.reason = Reason::internal;
    detection_.see(told, verdict);
    incidents_.see(told, verdict, account);
    if (!wait) return;
    waited_ += *wait;
    ++waits_;
}

/// Tells of servers that went away and came back; of those beyond what went away, as of more capacity.
void Watch::serve(Time now) {
    for (; !servers_.empty() && servers_.back().first <= now; servers_.pop_back()) {
        const auto [time, more] = servers_.back();
        const bool back = more > 0 && servers_away_ > 0;
        servers_away_ = std::max(0.0, servers_away_ - more);
        if (more > 0 && !back) {
            incidents_.tell(ActionNotice{.time = time,
                                         .kind = ActionKind::capacity,
                                         .who = "Operator",
                                         .text = fmt::format("{:g} servers more", more)});
        } else if (more < 0 || servers_away_ == 0) {
            incidents_.tell(RestartNotice{.time = time, .up = back, .who = "Operator"});
        }
    }
}

void Watch::look(std::int64_t second) {
    next_look_ = second - second % step + step;
    detection_.tick(second);
    for (const judge::Alarm& alarm : detection_.take_changes()) hear(alarm);
    for (const judge::HourRow& row : detection_.take_hours()) incidents_.tell(notice_of(row));
    posture_.see(detection_);
    for (const judge::PostureChange& each : posture_.take_changes()) change(each);
    if (waits_ > 0)
        incidents_.tell(HopNotice{
            .time = moment(second), .hop = Hop::database, .latency = waited_ / waits_, .times = waits_});
    waited_ = {};
    waits_ = 0;
    incidents_.tick(moment(second));
}

void Watch::hear(const judge::Alarm& alarm) {
    alerts_.hear(alarm);
    incidents_.tell(notice_of(alarm));
}

void Watch::change(const judge::PostureChange& change) {
    incidents_.tell(ActionNotice{.time = moment(change.seconds),
                                 .kind = ActionKind::posture,
                                 .text = fmt::format("{}: {}", name(change.to), change.reason)});
    changes_.push_back(change);
}

void Watch::end(Time time) {
    const std::int64_t last = unix_seconds(time);
    while (next_look_ > 0 && next_look_ < last) look(next_look_);
}

void Watch::write_down(Counts& counts) const {
    alerts_.write_down(counts);
}

}  // namespace tidegate::drill
