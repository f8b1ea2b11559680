#include "guard/lookout.h"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace tidegate::guard {
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

ActionNotice notice_of(const judge::PostureChange& change) {
    return {.time = moment(change.seconds),
            .kind = ActionKind::posture,
            .text = fmt::format("{}: {}", name(change.to), change.reason)};
}

}  // namespace

Lookout::Lookout(judge::Detection detection, std::vector<Incident> incidents, Time until)
    : detection_(std::move(detection)) {
    posture_.see(detection_);
    static_cast<void>(posture_.take_changes());  // no news: it was told when it came
    incidents_.recall(std::move(incidents), until);
    for (const judge::Alarm& alarm : detection_.open_alarms()) incidents_.tell(notice_of(alarm));
    static_cast<void>(incidents_.take_news());
}

bool Lookout::see(const Event& event, const Verdict& verdict, std::uint64_t account,
                  std::optional<Duration> wait) {
    const bool looked = tick(unix_seconds(event.time));
    detection_.see(event, verdict);
    incidents_.see(event, verdict, account);
    if (wait) {
        waited_ += *wait;
        ++waits_;
    }
    return looked;
}

bool Lookout::tick(std::int64_t second) {
    if (second < next_look_) return false;
    look(second);
    return true;
}

void Lookout::look(std::int64_t second) {
    next_look_ = second - second % step + step;
    detection_.tick(second);
    for (const judge::Alarm& alarm : detection_.take_changes()) {
        incidents_.tell(notice_of(alarm));
        news_.alarms.push_back(alarm);
    }
    for (const judge::HourRow& row : detection_.take_hours()) incidents_.tell(notice_of(row));
    posture_.see(detection_);
    for (judge::PostureChange& change : posture_.take_changes()) {
        incidents_.tell(notice_of(change));
        news_.changes.push_back(std::move(change));
    }
    if (waits_ > 0)
        incidents_.tell(HopNotice{
            .time = moment(second), .hop = Hop::database, .latency = waited_ / waits_, .times = waits_});
    waited_ = {};
    waits_ = 0;
    incidents_.tick(moment(second));
}

Lookout::News Lookout::take_news() {
    News news = std::exchange(news_, {});
    news.incidents = incidents_.take_news();
    return news;
}

}  // namespace tidegate::guard
