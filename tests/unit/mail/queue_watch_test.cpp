// Commands that are run, well and badly.
#include "mail/queue_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <fstream>

#include "made_queue.h"

namespace tidegate::mail {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

const auto never = [] { return false; };

QueueOrder order_of(const std::string& script) {
    return {.name = "relay", .command = {"sh", "-c", script}, .every = 10ms, .patience = 20s};
}

std::string trouble_of(const QueueOrder& order) {
    const auto got = read_queue(order, noon, noon, never);
    return got ? "" : got.error().text();
}

// So many messages that came five minutes before noon.
std::string messages(int count) {
    return "i=0; while [ $i -lt " + std::to_string(count) +
           " ]; do i=$((i+1)); echo '{\"queue_name\":\"deferred\",\"arrival_time\":1796039700,\"recipients\":"
           "[{\"address\":\"a@example.org\"}]}'; done; ";
}

TEST(QueueCommand, ItsLinesAreAddedUp) {
    const auto got = read_queue(order_of(messages(2000)), noon, noon, never);
    ASSERT_TRUE(got) << got.error().text();
    EXPECT_EQ(got->waiting, 2000U);
    EXPECT_EQ(got->late, 2000U);
    EXPECT_EQ(read_queue(order_of("true"), noon, noon, never).value().waiting, 0U)
        << "an empty queue says nothing";
}

TEST(QueueCommand, WhatGoesWrongIsSaid) {
    EXPECT_THAT(trouble_of(order_of("echo 'fatal: mail system is down' >&2; exit 69")),
                HasSubstr("exit status 69: fatal: mail system is down"));
    EXPECT_THAT(trouble_of(order_of(messages(3) + "exit 1")), HasSubstr("exit status 1"));
    EXPECT_THAT(trouble_of(order_of("kill -9 $$")), HasSubstr("ended by signal 9"));
    EXPECT_THAT(trouble_of(order_of("echo Mail queue is empty")),
                HasSubstr("1 of its lines are none of Postfix's"));
    EXPECT_THAT(trouble_of({.command = {"/no/such/program"}}), HasSubstr("cannot be started: No such file"));
    EXPECT_THAT(trouble_of({.command = {"no-such-program"}}), HasSubstr("cannot be started"));
    EXPECT_EQ(trouble_of(order_of(messages(20) + "echo what")), "") << "one among many is stepped over";
}

TEST(QueueCommand, WhoHangsOrNeverEndsIsKilled) {
    QueueOrder order = order_of("sleep 600");
    order.patience = 200ms;
    EXPECT_THAT(trouble_of(order), HasSubstr("did not end within 200 ms and was killed"));
    order.command = {"sh", "-c", "yes | tr -d '\\n'"};
    EXPECT_THAT(trouble_of(order), HasSubstr("did not end within 200 ms")) << "one line without end";
    order.command = {"sh", "-c", "while :; do echo x; echo y >&2; done"};
    EXPECT_THAT(trouble_of(order), HasSubstr("did not end within 200 ms"));
}

TEST(QueueLines, AreTheSameHoweverTheyCome) {
    const std::string text = "one\n\ntwo\nthree";
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        QueueLines lines;
        std::vector<std::string> got;
        const auto sink = [&](std::string_view line, bool) { got.emplace_back(line); };
        for (std::size_t at = 0; at < text.size(); at += piece) lines.take(text.substr(at, piece), sink);
        lines.finish(sink);
        EXPECT_THAT(got, ElementsAre("one", "", "two", "three")) << piece;
    }
}

TEST(QueueLines, AVeryLongOneIsCut) {
    QueueLines lines;
    std::vector<std::pair<std::size_t, bool>> got;
    const auto sink = [&](std::string_view line, bool is_cut) { got.emplace_back(line.size(), is_cut); };
    for (int i = 0; i < 300; ++i) lines.take(std::string(10'000, 'x'), sink);
    lines.take("\nshort\n" + std::string(QueueLines::most_bytes, 'y') + "\n", sink);
    EXPECT_THAT(got, ElementsAre(std::pair(QueueLines::most_bytes, true), std::pair(std::size_t{5}, false),
                                 std::pair(QueueLines::most_bytes, false)));
}

TEST(QueueWatch, ReadsATenthOfTheTimeAtMost) {
    EXPECT_EQ(reading_pause(15s, 200ms), 15s);
    EXPECT_EQ(reading_pause(15s, 8s), 80s);
}

/// What a watch tells, waited for.
class Told {
public:
    [[nodiscard]] QueueWatch::World world() {
        return {.clock = [] { return noon; },
                .tell =
                    [this](QueueNews news, const QueueStanding& standing) {
                        const std::scoped_lock lock(mutex_);
                        heard_.emplace_back(news, standing);
                        changed_.notify_all();
                    }};
    }
    QueueStanding wait_for(QueueNews news) {
        std::unique_lock lock(mutex_);
        const auto is_there = [&] {
            return std::ranges::any_of(heard_, [&](const auto& each) { return each.first == news; });
        };
        EXPECT_TRUE(changed_.wait_for(lock, 60s, is_there)) << static_cast<int>(news);
        for (const auto& each : heard_)
            if (each.first == news) return each.second;
        return {};
    }
    [[nodiscard]] std::vector<QueueNews> all() {
        const std::scoped_lock lock(mutex_);
        std::vector<QueueNews> out;
        for (const auto& each : heard_) out.push_back(each.first);
        return out;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::pair<QueueNews, QueueStanding>> heard_;
};

/// What the command is to list, changed while it is watched.
class List {
public:
    explicit List(std::string name) : path_(testing::TempDir() + name + std::to_string(::getpid())) {}
    ~List() { std::filesystem::remove(path_); }
    List(const List&) = delete;
    List& operator=(const List&) = delete;

    void set(const std::string& script) const {
        std::ofstream(path_ + ".new") << script;
        std::filesystem::rename(path_ + ".new", path_);
    }
    [[nodiscard]] std::string run() const { return ". " + path_; }

private:
    std::string path_;
};

TEST(QueueWatch, TellsWhatItSees) {
    const List list("queue");
    list.set("true");
    Told told;
    QueueWatch watch(order_of(list.run()), {.usual_late = 0.0, .last = noon}, told.world());
    list.set(messages(50));
    const QueueStanding backed_up = told.wait_for(QueueNews::backed_up);
    EXPECT_EQ(backed_up.figures.late, 50U);
    EXPECT_EQ(backed_up.oldest, Duration(5min));
    EXPECT_EQ(backed_up.lost, 0U);
    EXPECT_TRUE(backed_up.is_readable());
    list.set("echo no >&2; exit 3");
    const QueueStanding unread = told.wait_for(QueueNews::unread);
    EXPECT_THAT(unread.trouble, HasSubstr("exit status 3: no"));
    EXPECT_FALSE(unread.is_readable());
    EXPECT_FALSE(unread.lost) << "nobody knows";
    EXPECT_EQ(unread.figures.late, 50U) << "the last that is known";
    EXPECT_TRUE(unread.is_backed_up());
    list.set("true");
    EXPECT_FALSE(told.wait_for(QueueNews::well).is_backed_up());
    EXPECT_THAT(told.all(),
                ElementsAre(QueueNews::backed_up, QueueNews::unread, QueueNews::read, QueueNews::well));
}

TEST(QueueWatch, DoesNotWaitForAReadingToStop) {
    Told told;
    QueueWatch watch(order_of("sleep 600"), {}, told.world());
    EXPECT_FALSE(watch.standing().read);
    watch.stop();
    EXPECT_THAT(told.all(), testing::IsEmpty());
}

}  // namespace
}  // namespace tidegate::mail
