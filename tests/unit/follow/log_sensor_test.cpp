#include "observe/follow/log_sensor.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

#include "followed.h"
#include "observe/follow/input_follower.h"

namespace tidegate::observe {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

std::string line(std::string_view time, std::string_view account) {
    return std::string(time) +
           " mx1 dovecot: imap-login: Disconnected: Aborted login by logging out (auth failed, 1 attempts in "
           "2 "
           "secs): user=<" +
           std::string(account) + ">, method=PLAIN, rip=192.0.2.9, lip=198.51.100.2, TLS, session=<abc>\n";
}

struct Taken {
    std::string account;
    Time time;
    Time received;
    std::uint64_t line = 0;
};

class Sensing : public testing::Test {
protected:
    Sensing() {
        calls_.take = [this](Sighting&& sighting) {
            const std::lock_guard lock(mutex_);
            for (const Event& event : sighting.batch.events)
                taken_.push_back({std::string(event.account), event.time, event.received, event.line});
            position_ = sighting.position;
            changed_.notify_all();
        };
        calls_.tell = [this](std::size_t, const Error& error) { errors_.push_back(error.what); };
        calls_.clock = [this] { return now_; };
    }
    static LogSource file(const std::string& path, FileStart start = {.from_end = false, .saved = {}}) {
        return {.follower = std::make_unique<FileFollower>(path, std::move(start),
                                                           [] { return time_of_unix(1'700'000'000); }),
                .zone = "UTC",
                .patterns = {}};
    }
    bool wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return taken_.size() >= count; });
    }

    TemporaryFolder folder_;
    std::string log_ = folder_.path("mail.log");
    Time now_ = *parse_rfc3339("2026-01-01T00:10:00Z");
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Taken> taken_;
    std::string position_;
    std::vector<std::string> errors_;
    LogSensor::Calls calls_;
};

TEST_F(Sensing, EventsWithTheirMomentAndPosition) {
    append(log_, line("2026-01-01T00:09:58Z", "a") + "nonsense\n");
    LogSensor sensor(calls_);
    ASSERT_TRUE(sensor.add(file(log_)));
    EXPECT_TRUE(sensor.look());
    ASSERT_EQ(taken_.size(), 1U);
    EXPECT_EQ(taken_[0].time, now_ - std::chrono::seconds(2));
    EXPECT_EQ(taken_[0].received, now_);
    EXPECT_EQ(taken_[0].line, 1U);
    EXPECT_FALSE(sensor.look());
    const SourceCounts counts = sensor.counts().front();
    EXPECT_EQ(counts.name, log_);
    EXPECT_EQ(counts.lines.lines, 2U);
    EXPECT_EQ(counts.lines.unknown, 1U);
    EXPECT_EQ(counts.events, 1U);
    EXPECT_EQ(counts.bytes, std::filesystem::file_size(log_));
    EXPECT_EQ(counts.bytes_behind, 0U);

    append(log_, line("2026-01-01T00:10:00Z", "b"));
    LogSensor next(calls_);
    ASSERT_TRUE(next.add(file(log_, saved(position_))));
    EXPECT_TRUE(next.look());
    ASSERT_EQ(taken_.size(), 2U);
    EXPECT_EQ(taken_[1].account, "b");
    EXPECT_EQ(taken_[1].line, 3U);
}

TEST_F(Sensing, TimesThatCannotBeAreTheMomentOfReceipt) {
    append(log_, line("2037-01-01T00:00:00Z", "far") + line("2026-01-01T00:19:59Z", "soon") +
                     line("2025-12-20T00:00:00Z", "old") + line("2025-12-31T00:10:00Z", "yesterday"));
    LogSensor sensor(calls_);
    ASSERT_TRUE(sensor.add(file(log_)));
    EXPECT_TRUE(sensor.look());
    ASSERT_EQ(taken_.size(), 4U);
    EXPECT_EQ(taken_[0].time, now_);
    EXPECT_EQ(taken_[1].time, now_ + minutes(10) - std::chrono::seconds(1));
    EXPECT_EQ(taken_[2].time, now_);
    EXPECT_EQ(taken_[3].time, now_ - hours(24));
    EXPECT_EQ(sensor.counts().front().clamped, 2U);
}

TEST_F(Sensing, TheYearIsThatOfNow) {
    append(log_, line("Dec 31 23:59:59", "last") + line("Jan  1 00:00:01", "this"));
    LogSensor sensor(calls_);
    ASSERT_TRUE(sensor.add(file(log_)));
    EXPECT_TRUE(sensor.look());
    ASSERT_EQ(taken_.size(), 2U);
    EXPECT_EQ(taken_[0].time, *parse_rfc3339("2025-12-31T23:59:59Z"));
    EXPECT_EQ(taken_[1].time, *parse_rfc3339("2026-01-01T00:00:01Z"));
    // A daemon that runs for years.
    now_ = *parse_rfc3339("2028-03-01T00:00:00Z");
    append(log_, line("Feb 29 23:59:59", "leap"));
    EXPECT_TRUE(sensor.look());
    EXPECT_EQ(taken_[2].time, *parse_rfc3339("2028-02-29T23:59:59Z"));
}

TEST_F(Sensing, SourcesTakeTurnsAndTroubleIsToldOnce) {
    const std::string second = folder_.path("other.log");
    append(second, line("2026-01-01T00:10:00Z", "b"));
    LogSensor sensor(calls_);
    ASSERT_TRUE(sensor.add(file(log_)));
    ASSERT_TRUE(sensor.add(file(second)));
    EXPECT_TRUE(sensor.look());
    EXPECT_FALSE(sensor.look());
    EXPECT_EQ(taken_.size(), 1U);
    EXPECT_EQ(errors_, std::vector<std::string>{"does not exist"});
    EXPECT_EQ(sensor.counts()[0].errors, 1U);
    append(log_, line("2026-01-01T00:10:00Z", "a"));
    EXPECT_TRUE(sensor.look());
    EXPECT_EQ(taken_.size(), 2U);
}

TEST_F(Sensing, AWrongPatternIsRefused) {
    LogSensor sensor(calls_);
    LogSource source = file(log_);
    source.patterns.push_back({.name = "x", .program = "", .regex = "("});
    EXPECT_FALSE(sensor.add(std::move(source)));
    source = file(log_);
    source.zone = "Nowhere/Else";
    EXPECT_FALSE(sensor.add(std::move(source)));
}

TEST_F(Sensing, OnItsOwnThreadAsLinesAreWritten) {
    append(log_, "");
    LogSensor sensor(calls_);
    ASSERT_TRUE(sensor.add(file(log_)));
    sensor.look();
    sensor.start();
    for (std::size_t i = 1; i <= 20; ++i) {
        append(log_, line("2026-01-01T00:10:00Z", std::to_string(i)));
        ASSERT_TRUE(wait_for(i));
    }
    sensor.stop();
    sensor.stop();
    append(log_, line("2026-01-01T00:10:00Z", "late"));
    EXPECT_EQ(taken_.size(), 20U);
}

TEST_F(Sensing, StandardInput) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    LogSensor sensor(calls_);
    ASSERT_TRUE(sensor.add({.follower = std::make_unique<InputFollower>(ends[0], "standard input"),
                            .zone = "UTC",
                            .patterns = {}}));
    sensor.start();
    const std::string text = line("2026-01-01T00:10:00Z", "a") + std::string(70'000, 'x') + "\n" +
                             line("2026-01-01T00:10:00Z", "b") + "part";
    for (std::size_t at = 0; at < text.size(); at += 1000) {
        const std::string_view part = std::string_view(text).substr(at, 1000);
        ASSERT_EQ(::write(ends[1], part.data(), part.size()), static_cast<ssize_t>(part.size()));
    }
    EXPECT_TRUE(wait_for(2));
    ::close(ends[1]);
    sensor.stop();
    EXPECT_EQ(sensor.counts().front().lines.oversize, 1U);
    ASSERT_EQ(taken_.size(), 2U);
    EXPECT_EQ(taken_[1].account, "b");
    EXPECT_EQ(taken_[1].line, 3U);
    ::close(ends[0]);
}

}  // namespace
}  // namespace tidegate::observe
