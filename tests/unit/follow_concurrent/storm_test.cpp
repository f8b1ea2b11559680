// A writer that rotates as fast as it can, and a sensor that reads beside it: every line once.

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>

#include "followed.h"
#include "observe/follow/log_sensor.h"

namespace tidegate::observe {
namespace {

namespace fs = std::filesystem;

Time now() {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

/// Counts the numbered attempts that arrive.
class Arrivals {
public:
    void take(const Sighting& sighting) {
        const std::lock_guard lock(mutex_);
        for (const Event& event : sighting.batch.events) ++times_[std::string(event.account)];
        position_ = sighting.position;
        changed_.notify_all();
    }
    [[nodiscard]] bool wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return times_.size() >= count; });
    }
    [[nodiscard]] std::size_t more_than_once() {
        const std::lock_guard lock(mutex_);
        return static_cast<std::size_t>(
            std::ranges::count_if(times_, [](const auto& each) { return each.second != 1; }));
    }
    [[nodiscard]] std::size_t count() {
        const std::lock_guard lock(mutex_);
        return times_.size();
    }
    [[nodiscard]] std::string position() {
        const std::lock_guard lock(mutex_);
        return position_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, int> times_;
    std::string position_;
};

std::string attempt(std::size_t number) {
    return rfc3339(now()) +
           " mx1 dovecot: imap-login: Disconnected: Aborted login by logging out (auth failed, 1 attempts in "
           "2 "
           "secs): user=<u" +
           std::to_string(number) +
           "@example.org>, method=PLAIN, rip=192.0.2.9, lip=198.51.100.2, TLS, session=<s" +
           std::to_string(number) + ">\n";
}

class RotationStorm : public testing::Test {
protected:
    std::unique_ptr<LogSensor> sensor(const std::string& position = {}) {
        auto made = std::make_unique<LogSensor>(
            LogSensor::Calls{.take = [this](Sighting&& sighting) { arrivals_.take(sighting); },
                             .tell = [](std::size_t, const Error& error) { ADD_FAILURE() << error.text(); },
                             .clock = now});
        FileStart start{.from_end = false, .saved = FilePosition::parse(position)};
        auto follower = std::make_unique<FileFollower>(log_, start, now);
        EXPECT_TRUE(made->add({.follower = std::move(follower), .zone = "UTC", .patterns = {}}));
        made->look();  // what is rotated away before the first look is nobody's
        return made;
    }
    void write(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) append(log_, attempt(written_++));
    }
    /// As logrotate does, with so many old files.
    void rename_all(int keep) {
        for (int k = keep; k >= 1; --k) {
            std::error_code none;
            fs::rename(old(k), old(k + 1), none);
        }
        fs::rename(log_, old(1));
    }
    std::string old(int number) const { return log_ + "." + std::to_string(number); }
    void expect_all() {
        EXPECT_TRUE(arrivals_.wait_for(written_)) << arrivals_.count() << " of " << written_;
        EXPECT_EQ(arrivals_.count(), written_);
        EXPECT_EQ(arrivals_.more_than_once(), 0U);
    }

    TemporaryFolder folder_;
    std::string log_ = folder_.path("mail.log");
    Arrivals arrivals_;
    std::size_t written_ = 0;
};

TEST_F(RotationStorm, Renaming) {
    append(log_, "");
    const auto following = sensor();
    following->start();
    std::thread writer([&] {
        for (int round = 0; round < 100; ++round) {
            write(20);
            rename_all(200);
        }
        write(20);
    });
    writer.join();
    expect_all();
    following->stop();
    expect_all();
}

TEST_F(RotationStorm, RenamingWithAWriterWhoLagsBehind) {
    append(log_, "");
    const auto following = sensor();
    following->start();
    for (int round = 0; round < 50; ++round) {
        const int held = ::open(log_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
        write(10);
        rename_all(100);
        write(5);
        const std::string late = attempt(written_++);
        ASSERT_EQ(::write(held, late.data(), late.size()), static_cast<ssize_t>(late.size()));
        ::close(held);
        ASSERT_TRUE(arrivals_.wait_for(written_)) << arrivals_.count() << " of " << written_;
    }
    expect_all();
}

TEST_F(RotationStorm, CopyAndTruncateWhenQuiet) {
    write(1);  // a file of which nothing was read is not known again
    const auto following = sensor();
    following->start();
    for (int round = 0; round < 60; ++round) {
        write(20);  // not all of them are read when the copy is made
        fs::copy_file(log_, old(1), fs::copy_options::overwrite_existing);
        fs::resize_file(log_, 0);
        write(20);
        ASSERT_TRUE(arrivals_.wait_for(written_)) << arrivals_.count() << " of " << written_;
        fs::remove(old(1));
    }
    expect_all();
    EXPECT_GE(following->counts().front().lines.lines, written_);
}

TEST_F(RotationStorm, DeletionAfterReading) {
    append(log_, "");
    const auto following = sensor();
    following->start();
    for (int round = 0; round < 60; ++round) {
        write(20);
        ASSERT_TRUE(arrivals_.wait_for(written_)) << arrivals_.count() << " of " << written_;
        fs::remove(log_);
    }
    write(1);
    expect_all();
}

TEST_F(RotationStorm, RestartsInBetween) {
    write(1);
    std::string position = (sensor(), arrivals_.position());
    std::atomic<bool> writing = true;
    std::thread writer([&] {
        for (int round = 0; round < 60; ++round) {
            write(20);
            rename_all(100);
        }
        write(1);
        writing = false;
    });
    while (writing) {
        const auto following = sensor(position);
        following->start();
        const std::size_t before = arrivals_.count();
        static_cast<void>(arrivals_.wait_for(before + 1));
        following->stop();
        position = arrivals_.position();
        if (!writing) break;
    }
    writer.join();
    const auto last = sensor(position);
    last->start();
    expect_all();
}

}  // namespace
}  // namespace tidegate::observe
