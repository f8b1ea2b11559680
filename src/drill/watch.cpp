#include "drill/watch.h"

#include <fmt/format.h>

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

Watch::Watch(const Scenario& scenario) : alerts_(scenario) {}

void Watch::see(const Try& seen, const Verdict& verdict, std::uint64_t account,
                std::optional<Duration> wait) {
    const std::int64_t second = unix_seconds(seen.event.time);
    if (second >= next_look_) look(second);
    alerts_.see(seen);
    detection_.see(seen.event, verdict);
    incidents_.see(seen.event, verdict, account);
    if (!wait) return;
    waited_ += *wait;
    ++waits_;
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
