// What the daemon knew, it knows again: desk, intake and journal together, ended at any moment.
#include "app/serve/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "app/output.h"
#include "app/serve/checkpoint.h"
#include "app/serve/intake.h"
#include "app/serve/past.h"
#include "app/serve/saving.h"
#include "app/serve/subject.h"

namespace tidegate::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr Time noon = time_of_unix(1'785'931'200);

Event attempt(std::string_view account, Outcome outcome, Time time) {
    Event event;
    event.time = time;
    event.address = Address::v4(0xc0000209U);
    event.account = account;
    event.service = Service::imap;
    event.outcome = outcome;
    event.reason = outcome == Outcome::failure ? Reason::bad_password : Reason::none;
    event.layer = Layer::auth;
    return event;
}

/// As the log's front line has it.
Event line_of(std::string_view account, Outcome outcome, Time time, std::string_view session = {}) {
    Event event = attempt(account, outcome, time);
    event.layer = Layer::front;
    event.file = "mail.log";
    event.session = session;
    return event;
}

class RecorderTest : public testing::Test {
protected:
    RecorderTest() {
        std::string name = (fs::temp_directory_path() / "tidegate-recorder-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        ground_ = std::make_shared<const Ground>(std::move(lay_ground({}).value()));
    }
    ~RecorderTest() override { fs::remove_all(folder_); }

    /// A daemon without sockets and logs. Its end is a kill: nothing is saved but what the journal has.
    struct Daemon {
        explicit Daemon(RecorderTest& test)
            : recorder(test.folder_, [&test] { return test.now_; }, test.telling_) {
            recorder.open({});
            auto memories = recall(test.folder_, *test.ground_, test.telling_);
            desk = std::make_unique<guard::Desk>(
                std::move(memories.judge), test.ground_->policy, guard::Mode::act,
                guard::Desk::Hooks{.record = [this](const auto& each) { recorder.record(each); },
                                   .tell = {}});
            desk->recall(std::move(memories.detection), std::move(memories.incidents), memories.until);
            intake = std::make_unique<Intake>(*desk, test.ground_);
            refold(test.folder_, memories, *desk, *intake, test.telling_);
            logs = memories.logs;
            is_first = memories.is_first;
            sequence = memories.sequence;
            until = memories.until;
        }
        void read_lines(std::initializer_list<Event> lines, Time now) const {
            for (const Event& each : lines) {
                observe::Sighting sighting;
                sighting.batch.events.push_back(each);
                intake->see(sighting, now);
                intake->tick(now);
            }
        }
        [[nodiscard]] std::string judge() const {
            std::string judge, detection;
            std::vector<Incident> incidents;
            desk->save({judge, detection, incidents});
            return judge;
        }
        Result<void> save(const Bookmark& position, Time time = noon) const {
            CheckpointBytes gathered;
            std::string detection;
            std::vector<Incident> incidents;
            std::uint64_t sequence = 0;
            desk->save({gathered.judge(), detection, incidents}, [&] { sequence = recorder.last(); });
            return recorder.save(sequence, std::move(gathered).finish(time, detection, position, incidents));
        }

        Recorder recorder;
        std::unique_ptr<guard::Desk> desk;
        std::unique_ptr<Intake> intake;
        Bookmark logs;
        bool is_first = false;
        std::uint64_t sequence = 0;
        Time until{};
    };

    /// What saves such a daemon.
    struct Saver {
        Saver(RecorderTest& test, Daemon& daemon, bool knows_past)
            : orders(
                  test.ground_->policy, [](const auto&) {}, daemon.recorder.order_book()),
              logs(
                  *daemon.intake, daemon.recorder, test.telling_, [&test] { return test.now_; }, daemon.logs),
              saving({.desk = *daemon.desk,
                      .recorder = daemon.recorder,
                      .orders = orders,
                      .logs = logs,
                      .telling = test.telling_,
                      .clock = [&test] { return test.now_ += 1us; },
                      .keep_mail = [this] { ++mail_kept; }},
                     daemon.sequence, knows_past) {}
        int mail_kept = 0;
        Orders orders;
        Logs logs;
        Saving saving;
    };

    std::string folder_;
    std::shared_ptr<const Ground> ground_;
    std::vector<std::string> told_;
    tell::Telling telling_{[this](std::string_view line) {
                               told_.emplace_back(line);
                               return true;
                           },
                           [] { return 1; }};
    Time now_ = noon;
};

TEST_F(RecorderTest, KnowsAgainWhatItKnew) {
    std::string knew;
    {
        const Daemon daemon(*this);
        EXPECT_TRUE(daemon.is_first);
        for (int i = 0; i < 20; ++i)
            daemon.intake->report(attempt("bob@example.org", Outcome::failure, noon + i * 1s), noon + i * 1s);
        ASSERT_TRUE(daemon.save({}));
        for (int i = 20; i < 40; ++i)
            daemon.intake->report(attempt("eve@example.org", Outcome::success, noon + i * 1s), noon + i * 1s);
        daemon.intake->tick(noon + 2min);
        knew = daemon.judge();
    }
    const Daemon daemon(*this);
    EXPECT_FALSE(daemon.is_first);
    EXPECT_EQ(daemon.judge(), knew);
    EXPECT_THAT(told_.back(), HasSubstr("restored sequence="));
}

TEST_F(RecorderTest, FoldsItAllWhereNoCheckpointIsWhole) {
    std::string knew;
    {
        const Daemon daemon(*this);
        for (int i = 0; i < 20; ++i)
            daemon.intake->report(attempt("bob@example.org", Outcome::failure, noon + i * 1s), noon + i * 1s);
        ASSERT_TRUE(daemon.save({}));
        daemon.intake->report(attempt("eve@example.org", Outcome::success, noon + 1min), noon + 1min);
        knew = daemon.judge();
    }
    for (const auto& file : fs::directory_iterator(folder_))
        if (file.path().filename().string().starts_with("checkpoint-")) fs::resize_file(file.path(), 100);
    const Daemon daemon(*this);
    EXPECT_EQ(daemon.judge(), knew);
    EXPECT_THAT(told_, testing::Contains(HasSubstr("checkpoint_damaged")));
}

TEST_F(RecorderTest, LinesBehindTheBookmarkCountOnceMoreAndNoOthers) {
    {
        const Daemon daemon(*this);
        daemon.read_lines({line_of("bob@example.org", Outcome::success, noon)}, noon);
        daemon.recorder.record(Bookmark{{{"mail.log", "one line"}}, daemon.recorder.last()});
        daemon.read_lines({line_of("eve@example.org", Outcome::success, noon + 1s),
                           line_of("joe@example.org", Outcome::success, noon + 2s)},
                          noon + 2s);
    }
    const Daemon daemon(*this);
    EXPECT_THAT(daemon.logs.positions, ElementsAre(std::pair("mail.log", "one line")));
    // Read again from the bookmark on; the last line was not there before.
    daemon.read_lines({line_of("eve@example.org", Outcome::success, noon + 1s),
                       line_of("joe@example.org", Outcome::success, noon + 2s),
                       line_of("ann@example.org", Outcome::success, noon + 3s)},
                      noon + 10s);
    EXPECT_EQ(daemon.desk->counts().successes, 1U);
}

TEST_F(RecorderTest, ALineOfAnAttemptThatADoorToldOfBeforeTheEndJoinsIt) {
    Event asked = attempt("bob@example.org", Outcome::success, noon);
    asked.session = "s1";
    {
        const Daemon daemon(*this);
        daemon.intake->report(asked, noon);
        EXPECT_EQ(daemon.desk->counts().successes, 1U);
    }
    const Daemon daemon(*this);
    daemon.read_lines({line_of("bob@example.org", Outcome::success, noon, "s1")}, noon + 5s);
    daemon.intake->tick(noon + 30s);
    EXPECT_EQ(daemon.desk->counts().successes, 0U);
    daemon.read_lines({line_of("bob@example.org", Outcome::success, noon + 1min, "s2")}, noon + 1min);
    EXPECT_EQ(daemon.desk->counts().successes, 1U);
}

TEST_F(RecorderTest, OrdersHoldAgain) {
    Order order{.id = 0, .exception = exception_about("203.0.113.0/24").value(), .created = noon};
    order.exception.effect = judge::Exception::Effect::deny;
    order.exception.reason = "they \"guess\"\n";
    order.exception.author = "eve";
    order.exception.expires = noon + 24h;
    Order account{.id = 0, .exception = {}, .created = noon};
    account.exception.account = "192.0.2.7";  // it looks like something else
    account.exception.reason = "odd";
    account.exception.author = "eve";
    {
        const Daemon daemon(*this);
        const auto book = daemon.recorder.order_book();
        order.id = book.add(order).value();
        account.id = book.add(account).value();
        Order gone = order;
        gone.id = book.add(gone).value();
        ASSERT_TRUE(book.lift(gone, "joe"));
    }
    const Daemon daemon(*this);
    const auto orders = daemon.recorder.orders().value();
    ASSERT_EQ(orders.size(), 2U);
    EXPECT_EQ(order_json(orders[0]), order_json(order));
    EXPECT_EQ(orders[1].exception.account, "192.0.2.7");
    now_ = noon + 25h;
    EXPECT_EQ(daemon.recorder.orders().value().size(), 1U);
    EXPECT_EQ(daemon.recorder.deeds({.author = "joe"}).value().size(), 1U);
}

TEST_F(RecorderTest, GoesOnWithoutAJournalAndTellsOnce) {
    std::ofstream(keep::database_in(folder_))
        << "this is no database, and long enough to be asked for its header";
    Daemon daemon(*this);
    EXPECT_FALSE(daemon.recorder.is_open());
    daemon.intake->report(attempt("bob@example.org", Outcome::success, noon), noon);
    EXPECT_EQ(daemon.desk->counts().successes, 1U);
    EXPECT_FALSE(daemon.recorder.order_book().add({}));
    EXPECT_FALSE(daemon.recorder.open({}));
    EXPECT_EQ(std::ranges::count_if(
                  told_, [](const auto& line) { return line.contains("journal_trouble state=closed"); }),
              1);
    fs::remove(keep::database_in(folder_));
    EXPECT_TRUE(daemon.recorder.open({}));
    EXPECT_THAT(told_.back(), HasSubstr("journal_well"));
    daemon.intake->report(attempt("bob@example.org", Outcome::success, noon + 1min), noon + 1min);
    EXPECT_EQ(daemon.recorder.last(), 1U);
}

bool says(const Incident& incident, std::string_view text) {
    return std::ranges::any_of(incident.timeline,
                               [&](const ::tidegate::Entry& each) { return each.text.contains(text); });
}

/// Two quiet days, then guesses.
Time see_an_attack(guard::Desk& desk) {
    for (int i = 0; i < 2 * 86'400; i += 20)
        desk.learn(attempt("bob@example.org", Outcome::success, noon + std::chrono::seconds(i)));
    for (unsigned i = 0; i < 6000; ++i) {
        Event guess = attempt("info@example.org", Outcome::failure, noon + 48h + i * 20ms);
        guess.address = Address::v4(0x0a000000U + i * 256);
        desk.learn(guess);
    }
    return noon + 48h + 2min;
}

TEST_F(RecorderTest, WhatPeopleSaidAndDidOutlivesAKill) {
    std::string id;
    {
        const Daemon daemon(*this);
        const Time now = see_an_attack(*daemon.desk);
        id = daemon.desk->incident_heads().at(0).id;
        EXPECT_EQ(daemon.desk->tell({.time = now, .who = "Ada", .text = "before it", .incident = id}),
                  tell::Said::kept);
        ASSERT_TRUE(daemon.save({}, now));
        EXPECT_EQ(daemon.desk->tell({.time = now + 1s, .who = "Ada", .text = "we look", .incident = id}),
                  tell::Said::kept);
        daemon.desk->note({.time = now + 2s, .kind = ActionKind::block, .who = "Ada", .text = "AS64500"});
        daemon.desk->tell(RestartNotice{.time = now + 3s, .node = "store1", .who = "Ada"});
        ASSERT_TRUE(daemon.recorder.flush());
    }
    {
        const Daemon daemon(*this);
        const auto incident = daemon.desk->incident(id);
        ASSERT_TRUE(incident);
        EXPECT_EQ(incident->state, IncidentState::open);
        for (const std::string_view text : {"before it", "we look", "store1 went away"})
            EXPECT_TRUE(says(*incident, text)) << text;
        EXPECT_TRUE(std::ranges::any_of(incident->actions, [](const IncidentAction& each) {
            return each.kind == ActionKind::block && each.who == "Ada" && each.text == "AS64500";
        }));
        const Time now = noon + 48h + 3min;
        EXPECT_TRUE(
            daemon.desk->close({.time = now, .who = "Ada", .incident = id, .reason = "our own load test"}));
        EXPECT_EQ(daemon.desk->tell({.time = now + 1s, .who = "Eve", .text = "why?", .incident = id}),
                  tell::Said::kept);
        ASSERT_TRUE(daemon.recorder.flush());
    }
    for (const bool from_checkpoint : {false, true}) {
        const Daemon daemon(*this);
        const auto heads = daemon.desk->incident_heads();
        ASSERT_EQ(heads.size(), 1U) << "its alarms are open still, and open no other: " << from_checkpoint;
        EXPECT_EQ(heads[0].state, IncidentState::closed);
        for (const std::string_view text : {"our own load test", "closed the incident", "why?"})
            EXPECT_TRUE(says(*daemon.desk->incident(id), text)) << text;
        ASSERT_TRUE(daemon.save({}, noon + 48h + 4min));
    }
}

// Connections are in no journal: what they raised is known again because a checkpoint is wanted at once.
TEST_F(RecorderTest, WordsAboutAnIncidentThatTheJournalDoesNotBringBack) {
    std::string id;
    {
        Daemon daemon(*this);
        Event connection = attempt("", Outcome::none, noon);
        connection.kind = EventKind::connect;
        for (int i = 0; i < 2 * 86'400; i += 20) {
            connection.time = noon + std::chrono::seconds(i);
            daemon.desk->see(connection);
        }
        for (int i = 0; i < 12'000; ++i) {
            connection.time = noon + 48h + i * 10ms;
            daemon.desk->see(connection);
        }
        now_ = noon + 48h + 2min;
        daemon.desk->tick(now_);
        ASSERT_EQ(daemon.desk->incident_heads().size(), 1U);
        id = daemon.desk->incident_heads()[0].id;
        Saver saver(*this, daemon, true);
        ASSERT_TRUE(saver.saving.save());
        now_ += 1s;
        EXPECT_EQ(daemon.desk->tell({.time = now_, .who = "Ada", .text = "we look", .incident = id}),
                  tell::Said::kept);
        ASSERT_TRUE(daemon.recorder.flush());
    }
    const Daemon daemon(*this);
    ASSERT_TRUE(daemon.desk->incident(id));
    EXPECT_TRUE(says(*daemon.desk->incident(id), "we look"));
}

TEST_F(RecorderTest, ACheckpointIsDueWhereItIsWanted) {
    Daemon daemon(*this);
    daemon.desk->learn(attempt("bob@example.org", Outcome::success, noon));
    Saver saver(*this, daemon, true);
    EXPECT_FALSE(saver.saving.due());
    saver.saving.want();
    EXPECT_TRUE(saver.saving.due());
    EXPECT_FALSE(saver.saving.due()) << "once";
    EXPECT_EQ(saver.saving.last(), Time{});
    ASSERT_TRUE(saver.saving.save());
    EXPECT_EQ(saver.saving.last(), now_);
    EXPECT_EQ(saver.mail_kept, 1);
}

TEST_F(RecorderTest, NoCheckpointStandsForAPastThatWasNotRead) {
    Daemon daemon(*this);
    daemon.desk->learn(attempt("bob@example.org", Outcome::success, noon));
    Saver saver(*this, daemon, false);
    EXPECT_TRUE(saver.saving.save());
    EXPECT_EQ(saver.saving.last(), Time{});
    EXPECT_EQ(saver.mail_kept, 1) << "it has nothing to do with the journal";
    saver.saving.begin_past();
    EXPECT_TRUE(saver.saving.save());
    EXPECT_EQ(saver.saving.last(), now_);
}

// Whoever looks into the folder afterwards finds the name nowhere, and neither does the next daemon.
TEST_F(RecorderTest, WhatPeopleSaidOfAForgottenAccountIsInNoCheckpoint) {
    const std::string name = "zaphod.quillfeather@example.org";
    const auto checkpoints_with_it = [&] {
        std::size_t checkpoints = 0, found = 0;
        for (const auto& each : fs::directory_iterator(folder_)) {
            if (!each.path().filename().string().starts_with("checkpoint-")) continue;
            ++checkpoints;
            found += read_file(each.path().string()).value().contains(name) ? 1 : 0;
        }
        EXPECT_EQ(checkpoints, 2U);
        return found;
    };
    std::string id;
    {
        Daemon daemon(*this);
        now_ = see_an_attack(*daemon.desk);
        id = daemon.desk->incident_heads().at(0).id;
        EXPECT_EQ(daemon.desk->tell({.time = now_, .who = "Ada", .text = name + " called", .incident = id}),
                  tell::Said::kept);
        Saver saver(*this, daemon, true);
        for (int i = 0; i < 2; ++i) ASSERT_TRUE(saver.saving.save());
        EXPECT_EQ(checkpoints_with_it(), 2U);
        const auto done = saver.saving.forget(name, "Ada");
        ASSERT_TRUE(done) << done.error().text();
        EXPECT_THAT(*done, HasSubstr("\"entries\":1,"));
        EXPECT_EQ(checkpoints_with_it(), 0U);
    }
    const Daemon daemon(*this);
    EXPECT_TRUE(says(*daemon.desk->incident(id), "(forgotten)"));
    EXPECT_FALSE(says(*daemon.desk->incident(id), name));
}

TEST_F(RecorderTest, WhoWasKilledIsToldOf) {
    const auto went_away = [&](const Daemon& daemon) {
        Memories memories = recall(folder_, *ground_, telling_);
        memories.until = daemon.until;
        memories.is_first = daemon.is_first;
        tell_of_cut(memories, *daemon.desk, telling_, now_);
        return std::ranges::count_if(told_, [](const auto& line) { return line.contains("cut_off last="); });
    };
    {
        const Daemon daemon(*this);
        EXPECT_EQ(went_away(daemon), 0) << "there was none before";
        daemon.desk->learn(attempt("bob@example.org", Outcome::success, noon + 5s));
        ASSERT_TRUE(daemon.recorder.flush());
    }
    now_ = noon + 60s;
    const Daemon daemon(*this);
    EXPECT_EQ(went_away(daemon), 1);
    EXPECT_THAT(told_.back(), HasSubstr(rfc3339(noon + 5s)));
}

}  // namespace
}  // namespace tidegate::app
