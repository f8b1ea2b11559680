#include "observe/follow/log_sensor.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace tidegate::observe {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{256} << 10;
constexpr std::uint64_t of_stop = ~std::uint64_t{0};
/// A year-less time is read by the year of now; now goes on.
constexpr Duration parser_age = std::chrono::hours(1);

}  // namespace

struct LogSensor::Followed {
    Followed(LogSource from, wire::LogParser by) : source(std::move(from)), parser(std::move(by)) {}

    LogSource source;
    std::size_t number = 0;
    wire::LogParser parser;
    Time parser_made{};
    int watched = -1;  // the descriptor that epoll knows
    SourceCounts counts;
    std::shared_ptr<char[]> buffer;
};

LogSensor::LogSensor(Calls calls, TimeLimits limits)
    : calls_(std::move(calls)),
      limits_(limits),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    CHECK(epoll_.is_open() && wake_.is_open());
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = of_stop;
    CHECK(::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, wake_.number(), &event) == 0);
}

LogSensor::~LogSensor() {
    stop();
}

Result<std::size_t> LogSensor::add(LogSource source) {
    CHECK(!thread_.joinable());
    const Time now = calls_.clock();
    auto parser = wire::LogParser::create({.anchor = now, .zone = source.zone}, source.patterns);
    if (!parser) return std::unexpected(parser.error());
    auto followed = std::make_unique<Followed>(std::move(source), std::move(*parser));
    followed->number = followed_.size();
    followed->counts.name = followed->source.follower->name();
    followed->parser_made = now;
    followed_.push_back(std::move(followed));
    return followed_.size() - 1;
}

void LogSensor::start() {
    CHECK(!thread_.joinable());
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void LogSensor::stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    const std::uint64_t one = 1;
    CHECK(::write(wake_.number(), &one, sizeof one) == sizeof one);
    thread_.join();
}

void LogSensor::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        bool read = false;
        for (std::size_t i = 0; i < followed_.size() && !stop.stop_requested(); ++i) read |= look_at(i);
        if (!read && !stop.stop_requested()) wait();
    }
}

bool LogSensor::look() {
    CHECK(!thread_.joinable());
    bool read = false;
    for (std::size_t i = 0; i < followed_.size(); ++i) read |= look_at(i);
    return read;
}

/// Until a source has something to say, or is due to be looked at.
void LogSensor::wait() {
    Duration least = std::chrono::seconds(1);
    for (const auto& each : followed_) {
        watch(*each);
        if (!each->source.follower->is_finished())
            least = std::min(least, each->source.follower->poll_after());
    }
    epoll_event events[16];
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(least).count();
    const int count = ::epoll_wait(epoll_.number(), events, 16, static_cast<int>(milliseconds));
    for (int i = 0; i < count; ++i)
        if (events[i].data.u64 != of_stop) followed_[events[i].data.u64]->source.follower->wake();
}

/// A follower's descriptor can change: a journal that was opened anew, perhaps with the same number.
void LogSensor::watch(Followed& followed) {
    const int now = followed.source.follower->descriptor();
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = followed.number;
    if (followed.watched >= 0 && followed.watched != now)
        ::epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, followed.watched, nullptr);
    followed.watched = now;
    // Regular files can't be waited for and are polled.
    if (now >= 0 && ::epoll_ctl(epoll_.number(), EPOLL_CTL_MOD, now, &event) != 0)
        ::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, now, &event);
}

/// The next chunk of one source; true if there was one.
bool LogSensor::look_at(std::size_t index) {
    Followed& followed = *followed_[index];
    Follower& follower = *followed.source.follower;
    if (follower.is_finished()) return false;
    Sighting sighting;
    // The events point into the chunk, and whoever takes them may keep them.
    if (!followed.buffer || followed.buffer.use_count() > 1)
        followed.buffer = std::make_shared_for_overwrite<char[]>(chunk_bytes);
    const Lines lines = follower.next({followed.buffer.get(), chunk_bytes});
    wire::LineCounts counts;
    std::uint64_t clamped = 0;
    if (lines.bytes != 0) {
        const Time now = calls_.clock();
        refresh_parser(followed, now);
        const auto cursor = followed.parser.cursor();
        counts = followed.parser.parse({followed.buffer.get(), lines.bytes},
                                       std::max<std::uint64_t>(lines.first_line, 1), follower.name(), *cursor,
                                       sighting.batch);
        stamp(sighting.batch, now, lines.first_line != 0, clamped);
        sighting.batch.bytes = followed.buffer;
        sighting.source = index;
        sighting.position = follower.position();
    }
    const auto error = follower.take_error();
    {
        const std::lock_guard lock(mutex_);
        followed.counts.lines += counts;
        followed.counts.bytes += lines.bytes;
        followed.counts.events += sighting.batch.events.size();
        followed.counts.clamped += clamped;
        followed.counts.errors += error ? 1 : 0;
        followed.counts.bytes_behind = follower.bytes_behind();
    }
    if (error && calls_.tell) calls_.tell(index, *error);
    if (lines.bytes != 0) calls_.take(std::move(sighting));
    return lines.bytes != 0;
}

/// Pattern and zone were right at add(), so that it can't fail here; the old parser would do.
void LogSensor::refresh_parser(Followed& followed, Time now) {
    if (now >= followed.parser_made && now - followed.parser_made < parser_age) return;
    auto parser =
        wire::LogParser::create({.anchor = now, .zone = followed.source.zone}, followed.source.patterns);
    if (parser) followed.parser = std::move(*parser);
    followed.parser_made = now;
}

void LogSensor::stamp(EventBatch& batch, Time now, bool lines_known, std::uint64_t& clamped) const {
    for (Event& event : batch.events) {
        event.received = now;
        if (!lines_known) event.line = 0;
        if (event.time <= now + limits_.future && event.time >= now - limits_.past) continue;
        event.time = now;
        ++clamped;
    }
}

std::vector<SourceCounts> LogSensor::counts() const {
    const std::lock_guard lock(mutex_);
    std::vector<SourceCounts> all;
    for (const auto& each : followed_) all.push_back(each->counts);
    return all;
}

}  // namespace tidegate::observe
