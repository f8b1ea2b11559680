#pragma once
// The daemon's eyes on logs: several sources, one thread, events with the positions they reach.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "event/batch.h"
#include "observe/follow/follower.h"
#include "observe/follow/open_log.h"
#include "wire/log/parser.h"

namespace tidegate::observe {

/// Events of one chunk of one source. A chunk without events comes, too, for its position.
struct Sighting {
    EventBatch batch;
    std::size_t source = 0;  // as in LogSensor::add()
    std::string position;    // store it together with the events: the next start goes on behind them
};

/// A log that the sensor follows.
struct LogSource {
    std::unique_ptr<Follower> follower;
    std::string zone;  // as in wire::TimeRule
    std::vector<wire::CustomPattern> patterns;
};

/// What became of a source's lines so far.
struct SourceCounts {
    std::string name;
    wire::LineCounts lines;
    std::uint64_t bytes = 0;
    std::uint64_t events = 0;
    std::uint64_t clamped = 0;  // events whose stated time was not believed
    std::uint64_t errors = 0;
    std::uint64_t bytes_behind = 0;
};

/// How far a stated time may lie from the moment its line was read.
struct TimeLimits {
    Duration future = std::chrono::minutes(10);
    Duration past = std::chrono::days(7);  // a backlog is read with its own times
};

/// Follows sources, parses, and hands events on. The time of a line that is too far from `received` becomes
/// `received`, so that one line dated 2037 does not age everything.
/// Thread: add() before start(); start() and stop() on one; counts() on any. The functions given are called
/// on the sensor's own thread; they may block, which holds reading back and loses nothing, for logs keep it.
/// Owns its thread; the destructor stops it.
class LogSensor {
public:
    struct Calls {
        std::function<void(Sighting&&)> take;
        std::function<void(std::size_t source, const Error&)> tell;  // each trouble once
        std::function<Time()> clock;
    };
    explicit LogSensor(Calls calls, TimeLimits limits = {});
    ~LogSensor();
    LogSensor(const LogSensor&) = delete;
    LogSensor& operator=(const LogSensor&) = delete;

    /// Returns the source's number, from 0. Fails where a pattern or the zone is wrong.
    [[nodiscard]] Result<std::size_t> add(LogSource source);
    void start();
    /// What was read is handed on before this returns; nothing after it.
    void stop();

    /// One round over all sources on the calling thread, for tests and for a start that catches up first.
    /// True if anything was read. Not beside start().
    bool look();

    [[nodiscard]] std::vector<SourceCounts> counts() const;

private:
    struct Followed;

    void run(const std::stop_token& stop);
    void wait();
    void watch(Followed& followed);
    [[nodiscard]] bool look_at(std::size_t index);
    void refresh_parser(Followed& followed, Time now);
    void stamp(EventBatch& batch, Time now, bool lines_known, std::uint64_t& clamped) const;

    Calls calls_;
    TimeLimits limits_;
    std::vector<std::unique_ptr<Followed>> followed_;
    Descriptor epoll_;
    Descriptor wake_;
    mutable std::mutex mutex_;  // guards Followed::counts
    std::jthread thread_;
};

}  // namespace tidegate::observe
