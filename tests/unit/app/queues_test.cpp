// Queues in the daemon: watched, told of, remembered; what is answered, printed and measured of them.
#include "app/serve/queues.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/json.hpp>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "app/output.h"
#include "app/serve/case_sight.h"
#include "app/serve/queue_figures.h"
#include "app/serve/queues_text.h"
#include "made_queues.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
namespace fs = std::filesystem;

constexpr Time noon = time_of_unix(1'796'126'400);  // 2026-12-01T12:00:00Z

class QueuesTest : public testing::Test {
protected:
    QueuesTest() {
        std::string name = (fs::temp_directory_path() / "tidegate-queues-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        list_ = folder_ + "/list";
        state_ = std::make_unique<StateFolder>(std::move(*StateFolder::open(folder_)));
    }
    ~QueuesTest() override { fs::remove_all(folder_); }

    void lists(const std::string& script) const { ASSERT_TRUE(write_file(list_, script)); }
    // So many messages of five minutes ago.
    void lists_mail(int count) const {
        lists("for i in $(seq " + std::to_string(count) +
              "); do echo "
              "'{\"queue_name\":\"deferred\",\"arrival_time\":1796126100,\"recipients\":[{\"address\":"
              "\"a@example.org\"}]}'; done");
    }
    [[nodiscard]] config::Settings settings(const std::string& name = "relay", unsigned least = 20) const {
        config::Settings out;
        config::Queue& queue = out.queues.emplace_back();
        queue.name = name;
        queue.command = {"sh", "-c", ". " + list_};
        queue.every = 10ms;
        queue.least = least;
        return out;
    }
    std::unique_ptr<Queues> queues() {
        return std::make_unique<Queues>(telling_, [] { return noon; }, *state_);
    }
    // The line that the log has then.
    std::string wait_for(const std::string& begin) {
        std::unique_lock lock(mutex_);
        std::string found;
        const auto is_there = [&] {
            for (const std::string& each : log_)
                if (each.find(begin) != std::string::npos) found = each;
            return !found.empty();
        };
        EXPECT_TRUE(changed_.wait_for(lock, 60s, is_there)) << begin;
        return found;
    }
    [[nodiscard]] std::size_t lines() {
        const std::scoped_lock lock(mutex_);
        return log_.size();
    }
    [[nodiscard]] std::string kept() const { return read_file(folder_ + "/queues").value_or(""); }

    std::string folder_, list_;
    std::unique_ptr<StateFolder> state_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> log_;
    tell::Telling telling_{[this](std::string_view line) {
                               const std::scoped_lock lock(mutex_);
                               log_.emplace_back(line);
                               changed_.notify_all();
                               return true;
                           },
                           [] { return std::int64_t{0}; }};
};

TEST_F(QueuesTest, TellOfAQueueThatIsBackedUpAndRememberItOverARestart) {
    lists("true");
    auto first = queues();
    first->adopt(settings());
    while (!first->standing().at(0).read) std::this_thread::yield();
    lists_mail(50);
    const std::string told = wait_for("queue_backed_up ");
    EXPECT_THAT(told, HasSubstr("queue=relay late=50 usual="));
    EXPECT_THAT(told, HasSubstr("waiting=50 oldest=\"5 minutes\" domains=\"example.org (50)\""));
    first->tick();
    EXPECT_THAT(kept(), HasSubstr(R"("name":"relay")"));
    first->stop();
    const std::size_t before = lines();
    first.reset();
    auto second = queues();
    second->adopt(settings());
    EXPECT_TRUE(second->standing().at(0).is_backed_up()) << "from the first moment on";
    lists("true");
    EXPECT_THAT(wait_for("queue_well "), HasSubstr("queue=relay late=0"));
    EXPECT_EQ(lines(), before + 1) << "that it is backed up is known";
}

TEST_F(QueuesTest, AnEndOfWatchingEndsWhatWasTold) {
    lists("true");
    auto all = queues();
    all->adopt(settings());
    while (!all->standing().at(0).read) std::this_thread::yield();
    lists_mail(50);
    wait_for("queue_backed_up ");
    lists("exit 7");
    EXPECT_THAT(wait_for("queue_unread "), HasSubstr("exit status 7"));
    all->adopt({});
    EXPECT_THAT(wait_for("queue_well "), HasSubstr("why=\"It is not watched any more.\""));
    EXPECT_THAT(wait_for("queue_read "), HasSubstr("why=\"It is not watched any more.\""));
    EXPECT_THAT(all->standing(), IsEmpty());
}

TEST_F(QueuesTest, AReloadChangesWhatIsOrdered) {
    lists_mail(15);
    auto all = queues();
    all->adopt(settings());
    while (!all->standing().at(0).read) std::this_thread::yield();
    config::Settings both = settings();
    both.queues.push_back(settings("other").queues.front());
    all->adopt(both);
    EXPECT_THAT(all->standing(), SizeIs(2));
    EXPECT_TRUE(all->standing().at(0).read) << "the first goes on";
    both.queues.front().domains = {"example.net"};
    all->adopt(both);
    while (!all->standing().at(0).read) std::this_thread::yield();
    EXPECT_EQ(all->standing().at(0).figures.waiting, 0U);
}

TEST_F(QueuesTest, WhatIsNoMemoryIsPutAside) {
    ASSERT_TRUE(write_file(folder_ + "/queues", "{\"queues\":7}"));
    lists("true");
    auto all = queues();
    EXPECT_THAT(wait_for("queue_memory_lost "), HasSubstr("holds nothing that is known of queues"));
    EXPECT_EQ(read_file(folder_ + "/queues.unread").value(), "{\"queues\":7}");
    all->adopt(settings());
    all->stop();
    EXPECT_THAT(kept(), HasSubstr(R"("name":"relay")"));
}

TEST(QueuesJson, IsWhatTheOpenApiFileSays) {
    mail::QueueStanding unread;
    unread.name = "lists";
    unread.program = wire::QueueProgram::exim;
    unread.trouble = "exim: exit \"1\"";
    EXPECT_EQ(queues_json({}), "[]");
    EXPECT_EQ(
        queues_json({backed_up_queue("relay", noon + 250ms), unread}),
        R"([{"name":"relay","program":"postfix","read":"2026-12-01T12:00:00Z","took_seconds":0.200,"trouble":"",)"
        R"("waiting":4210,"held":1,"active":12,"deferred":4198,"bytes":123456,"late":4000,"usual_late":3.5,)"
        R"("backed_up":true,"since":"2026-12-01T11:54:00Z","oldest_seconds":660,)"
        R"("domains":[{"domain":"example.org","messages":4000},{"domain":"evil\"\u001b.example.net","messages":2}]},)"
        R"({"name":"lists","program":"exim","read":null,"took_seconds":0.000,"trouble":"exim: exit \"1\"",)"
        R"("waiting":0,"held":0,"active":0,"deferred":0,"bytes":0,"late":0,"usual_late":null,)"
        R"("backed_up":false,"since":null,"oldest_seconds":null,"domains":[]}])");
}

std::string shown(const std::string& queues) {
    return queues_text(boost::json::parse(R"({"queues":)" + queues + "}"), noon + 3min);
}

TEST(QueuesText, ShowsWhatWaitsAndWhatIsWrong) {
    const std::string backed_up = shown(queues_json({backed_up_queue("relay", noon)}));
    EXPECT_THAT(backed_up, HasSubstr("relay                backed up        4210     4000      3.5       12  "
                                     "   4198        1  11 minutes\n"));
    EXPECT_THAT(backed_up, HasSubstr("    backed up since 2026-12-01 11:54\n"));
    EXPECT_THAT(backed_up, HasSubstr("    most of it for example.org (4000), evil\"\\x1b.example.net (2)\n"));
    mail::QueueStanding old = quiet_queue("relay", noon);
    old.trouble = "exit status 69";
    EXPECT_THAT(shown(queues_json({old})),
                HasSubstr("    can't be read, these figures are 3 minutes old: exit status 69\n"));
    old.read.reset();
    EXPECT_THAT(shown(queues_json({old})), HasSubstr("nothing is known of it"));
    EXPECT_THAT(shown("[]"), HasSubstr("No queue is watched"));
}

TEST(QueuesText, WhateverTheAnswer) {
    for (const char* text :
         {"null", "7", "[7]", "[{}]", R"([{"name":7,"domains":{},"oldest_seconds":1e300}])",
          R"([{"name":"a","domains":[7,{"domain":null}],"usual_late":"x","read":"x","trouble":[]}])"})
        EXPECT_THAT(shown(text), Not(IsEmpty())) << text;
    EXPECT_THAT(queues_text(boost::json::value(7), noon), HasSubstr("No queue"));
}

TEST(QueueFigures, AreThoseOfEachQueue) {
    std::vector<tell::Metric> out;
    add_queues({}, out);
    EXPECT_THAT(out, IsEmpty());
    mail::QueueStanding unread;
    unread.name = "lists";
    unread.trouble = "no";
    add_queues({backed_up_queue("relay", noon), unread}, out);
    const std::string text = tell::exposition(out);
    for (const char* line :
         {"tidegate_queue_messages{queue=\"relay\",state=\"waiting\"} 4210",
          "tidegate_queue_messages{queue=\"relay\",state=\"deferred\"} 4198",
          "tidegate_queue_messages{queue=\"relay\",state=\"held\"} 1",
          "tidegate_queue_late{queue=\"relay\"} 4000", "tidegate_queue_oldest_seconds{queue=\"relay\"} 660",
          "tidegate_queue_backed_up{queue=\"relay\"} 1", "tidegate_queue_readable{queue=\"relay\"} 1",
          "tidegate_queue_readable{queue=\"lists\"} 0"})
        EXPECT_THAT(text, HasSubstr(line));
    EXPECT_THAT(text, Not(HasSubstr("tidegate_queue_late{queue=\"lists\"}"))) << "nothing is known of it";
}

TEST(QueueSight, OnlyWhatIsBackedUpAndCanBeReadIsSaid) {
    const mail::QueueStanding quiet = quiet_queue("a", noon), late = backed_up_queue("b", noon);
    mail::QueueStanding other = backed_up_queue("c", noon), unread = backed_up_queue("d", noon);
    other.oldest = 40min;
    unread.trouble = "hangs";
    EXPECT_FALSE(mail_sight({}));
    EXPECT_FALSE(mail_sight(std::array{quiet, unread}));
    const auto one = mail_sight(std::array{quiet, late, unread});
    ASSERT_TRUE(one);
    EXPECT_EQ(one->waiting, 4210U);
    EXPECT_EQ(one->oldest, Duration(11min));
    EXPECT_EQ(one->lost, 0U);
    const auto both = mail_sight(std::array{late, other});
    EXPECT_EQ(both->waiting, 8420U);
    EXPECT_EQ(both->oldest, Duration(40min));
    EXPECT_EQ(both->lost, 0U);
    other.lost.reset();
    EXPECT_FALSE(mail_sight(std::array{late, other})->lost) << "of one nobody knows";

    mail::QueueStanding part = backed_up_queue("b of ours", noon);
    part.is_part = true;
    part.figures.waiting = 60;
    EXPECT_EQ(mail_sight(std::array{part})->waiting, 60U);
    EXPECT_EQ(mail_sight(std::array{late, part})->waiting, 4210U) << "the same queue's, as a whole";
    EXPECT_EQ(mail_sight(std::array{quiet, part})->waiting, 60U) << "of the whole nothing is said";
    part.command = {"ssh", "relay2", "postqueue", "-j"};
    EXPECT_EQ(mail_sight(std::array{late, part})->waiting, 4270U) << "another machine's";

    const auto sights = case_sights({}, {}, {}, std::array{quiet, late, unread});
    ASSERT_THAT(sights, SizeIs(2));
    EXPECT_EQ(sights[0].name, "queue:a");
    EXPECT_EQ(sights[0].is_late, false);
    EXPECT_EQ(sights[1].name, "queue:b");
    EXPECT_EQ(sights[1].is_late, true);
}

}  // namespace
}  // namespace tidegate::app
