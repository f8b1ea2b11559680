#include "app/report_week.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "app/output.h"
#include "app/report_mail.h"
#include "app/serve/checkpoint.h"
#include "app/serve/report_notes.h"
#include "judge/normalise.h"
#include "keep/journal.h"

namespace tidegate::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

const tell::Zone vienna{"Europe/Vienna"};
const tell::Period week_48 = tell::period_of(vienna, {2026, 48});

class ReportWeekTest : public testing::Test {
protected:
    ReportWeekTest() {
        std::string name = (fs::temp_directory_path() / "tidegate-week-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        keep::WriterOptions options;
        options.clock = [] { return week_48.to; };
        journal_ = std::move(keep::Journal::open(folder_, std::move(options)).value());
        settings_.accounts.default_realm = "example.org";
        settings_.report.provider = "Example";
    }
    ~ReportWeekTest() override {
        journal_.reset();
        fs::remove_all(folder_);
    }
    void attempt(Time time, std::string_view account, Outcome outcome, Measure answered = Measure::pass,
                 bool takeover = false) {
        Event event;
        event.time = time;
        event.address = Address::parse("198.51.100.7").value();
        event.account = account;
        event.service = Service::imap;
        event.outcome = outcome;
        journal_->append({.event = &event, .answered = answered, .suspected_takeover = takeover});
    }
    void note(keep::EntryKind kind, Time time, std::int64_t value, const keep::Note& note) {
        const std::string text = text_of(note);
        journal_->append({.kind = kind, .time = time, .value = value, .text = text});
    }
    Result<tell::Week> read(
        std::string_view scene = {}, const std::function<bool()>& given_up = [] { return false; }) {
        EXPECT_TRUE(journal_->flush());
        return read_week({.folder = folder_, .policy = naming_policy(settings_), .scene = std::string(scene)},
                         {.period = week_48,
                          .called = "2026-W48",
                          .zone = vienna,
                          .provider = settings_.report.provider,
                          .now = week_48.to + 7h},
                         given_up);
    }

    std::string folder_;
    std::unique_ptr<keep::Journal> journal_;
    config::Settings settings_;
};

TEST_F(ReportWeekTest, CountsTheWeeksOfTheJournal) {
    attempt(week_48.from - 40 * 24h, "bob", Outcome::success);  // before all that is looked at
    attempt(week_48.from - 1h, "bob", Outcome::success);
    attempt(week_48.from + 1h, "BOB@example.org", Outcome::failure);  // at home under any name
    attempt(week_48.from + 2h, "eve", Outcome::none, Measure::refuse);
    attempt(week_48.to + 1h, "eve", Outcome::none, Measure::refuse);
    const auto week = read();
    ASSERT_TRUE(week) << week.error().text();
    EXPECT_EQ(week->total.attempts, 2U);
    EXPECT_EQ(week->total.slips, 1U);
    EXPECT_EQ(week->total.stopped, 1U);
    EXPECT_EQ(week->coverage.lost, 0U);
    EXPECT_EQ(week->provider, "Example");
    EXPECT_FALSE(week->standing);
    EXPECT_THAT(week->coverage.notes, Contains(HasSubstr("Incidents are not known")));
    EXPECT_TRUE(week->coverage.incidents_unknown);
}

TEST_F(ReportWeekTest, SaysWhatTheJournalLost) {
    attempt(week_48.from + 1h, "bob", Outcome::success);
    journal_->append({.kind = keep::EntryKind::lost, .time = week_48.from + 2h, .value = 812});
    journal_->append({.kind = keep::EntryKind::lost, .time = week_48.from - 2h, .value = 5});
    EXPECT_EQ(read()->coverage.lost, 812U);
}

TEST_F(ReportWeekTest, KnowsTheDaemonsOwnEnds) {
    note(keep::EntryKind::restart, week_48.from + 5h, 0, {.about = "Tidegate"});
    note(keep::EntryKind::restart, week_48.from + 5h + 3min, 1, {.about = "Tidegate"});
    const auto week = read();
    ASSERT_THAT(week->downs, SizeIs(1));
    EXPECT_EQ(week->downs[0].back, week_48.from + 5h + 3min);
}

TEST_F(ReportWeekTest, JoinsTheDaemonsNotes) {
    attempt(week_48.from + 1h, "bob", Outcome::success, Measure::pass, true);
    attempt(week_48.from + 1h, "eve", Outcome::success, Measure::pass, true);
    ReportNotes notes;
    const Time hour = std::chrono::floor<std::chrono::hours>(week_48.from + 3h);
    notes.hours[hour]["listed"] = {10, 1};
    notes.hours[hour + 1h]["listed"] = {5, 0};
    notes.hours[hour - 24h]["listed"] = {100, 100};  // another week's
    notes.turns.push_back({"store2", "refused", week_48.from + 9h, week_48.from + 10h, false});
    notes.turns.push_back({"store3", "refused", week_48.from - 9h, week_48.from - 8h, false});
    notes.changes.push_back({judge::account_key("bob@example.org"), week_48.from + 2h});
    notes.changes.push_back({judge::account_key("eve@example.org"), week_48.from - 2h});  // before
    ASSERT_TRUE(write_file(report_notes_file(folder_), report_notes_text(notes)));
    const auto week = read();
    ASSERT_THAT(week->evidence, SizeIs(1));
    EXPECT_EQ(week->evidence[0].stopped, 15U);
    EXPECT_EQ(week->evidence[0].would_stop, 1U);
    ASSERT_THAT(week->downs, SizeIs(1));
    EXPECT_EQ(week->downs[0].server, "store2");
    ASSERT_THAT(week->takeovers, SizeIs(2));
    EXPECT_TRUE(week->takeovers[0].changed);
    EXPECT_FALSE(week->takeovers[1].changed);
}

TEST_F(ReportWeekTest, SaysWhereTheNotesCantBeRead) {
    ASSERT_TRUE(write_file(report_notes_file(folder_), "{"));
    EXPECT_THAT(read()->coverage.notes, Contains(HasSubstr("could not be read")));
}

TEST_F(ReportWeekTest, HasTheIncidentsOfTheCheckpoint) {
    const auto incident = [](std::string id, Time began, Time closed) {
        Incident made;
        made.id = std::move(id);
        made.state = IncidentState::closed;
        made.title = "t";
        made.began = made.opened = began;
        made.closed = closed;
        return made;
    };
    attempt(week_48.from + 1h, "bob", Outcome::success);
    ASSERT_TRUE(journal_->flush());
    CheckpointBytes bytes;
    const std::string whole = std::move(bytes).finish(week_48.to + 6h + 55min, "", {},
                                                      {incident("old", week_48.from - 5h, week_48.from - 4h),
                                                       incident("over", week_48.from - 1h, week_48.from + 1h),
                                                       incident("in", week_48.from + 50h, week_48.from + 51h),
                                                       incident("new", week_48.to, week_48.to + 1h)});
    ASSERT_TRUE(journal_->save_checkpoint(1, whole));
    const auto week = read();
    ASSERT_THAT(week->incidents, SizeIs(2));
    EXPECT_EQ(week->incidents[0].id, "over");
    EXPECT_EQ(week->incidents[1].id, "in");
    EXPECT_THAT(week->coverage.notes, IsEmpty());
    EXPECT_FALSE(week->coverage.incidents_cut);
    EXPECT_FALSE(week->coverage.incidents_unknown);
}

TEST_F(ReportWeekTest, HasWhatPeopleDidInOrder) {
    for (const auto& [time, action] : std::vector<std::pair<Time, std::string>>{{week_48.from - 1h, "mode"},
                                                                                {week_48.from, "deny"},
                                                                                {week_48.to - 1s, "lift"},
                                                                                {week_48.to, "mode"}})
        ASSERT_TRUE(journal_->record({.time = time, .author = "joe", .action = action}));
    const auto week = read();
    ASSERT_THAT(week->deeds, SizeIs(2));
    EXPECT_EQ(week->deeds[0].action, "deny");
    EXPECT_EQ(week->deeds[1].action, "lift");
}

TEST_F(ReportWeekTest, KnowsHowQueuesStood) {
    ReportNotes notes;
    notes.queues[week_48.from - 1h]["relay"] = {.most_waiting = 9999};
    notes.queues[week_48.from]["relay"] = {.most_waiting = 70, .longest_wait = 9min, .backed_up = 20min};
    notes.queues[week_48.from + 1h]["relay"] = {.most_waiting = 50, .longest_wait = 11min, .backed_up = 5min};
    notes.queues[week_48.from + 1h]["lists"] = {.most_waiting = 3};
    ASSERT_TRUE(write_file(report_notes_file(folder_), report_notes_text(notes)));
    const auto week = read({});
    ASSERT_TRUE(week);
    ASSERT_THAT(week->queues, SizeIs(2));
    EXPECT_EQ(week->queues[0].name, "lists");
    EXPECT_EQ(week->queues[1].most_waiting, 70U);
    EXPECT_EQ(week->queues[1].most_at, week_48.from);
    EXPECT_EQ(week->queues[1].longest_wait, Duration(11min));
    EXPECT_EQ(week->queues[1].backed_up, Duration(25min));
}

TEST_F(ReportWeekTest, IsGivenUpWhenAsked) {
    for (int i = 0; i < 5000; ++i) attempt(week_48.from + 1h, "bob", Outcome::success);
    EXPECT_FALSE(read({}, [] { return true; }));
    fs::remove_all(folder_ + "/none");
    EXPECT_FALSE(read_week({.folder = folder_ + "/none", .policy = naming_policy(settings_)},
                           {.period = week_48, .zone = vienna}, [] { return false; }));
}

TEST(ReportStanding, IsWhatTheSceneSays) {
    const auto standing = standing_in(
        R"({"mode":"act","lists":[{"name":"zen","state":"suspended"},{"name":"own","state":"in_use"}],)"
        R"("queues":[{"name":"relay","backed_up":true,"waiting":4210},{"name":"lists","backed_up":false},7],)"
        R"("servers":[{"server":"store1","state":"up","sessions":90,"most_sessions":100}]})");
    ASSERT_TRUE(standing);
    EXPECT_FALSE(standing->watches_only);
    EXPECT_THAT(standing->suspended_lists, ElementsAre("zen"));
    ASSERT_THAT(standing->backed_up, SizeIs(1));
    EXPECT_EQ(standing->backed_up[0].name, "relay");
    EXPECT_EQ(standing->backed_up[0].waiting, 4210U);
    ASSERT_THAT(standing->servers, SizeIs(1));
    EXPECT_EQ(standing->servers[0].sessions, 90U);
    EXPECT_EQ(standing->servers[0].most_sessions, 100U);
    for (const auto* const none : {"", "[]", "{}", "{\"mode\":1}"}) EXPECT_FALSE(standing_in(none)) << none;
    EXPECT_TRUE(standing_in(R"({"mode":"watch","servers":null,"lists":7})")->watches_only);
}

TEST(ReportTarget, IsItsOwnServerOrTheAlerts) {
    config::Settings settings;
    EXPECT_FALSE(report_target(settings));
    settings.report.mail.to = {"director@example.org"};
    EXPECT_FALSE(report_target(settings));
    settings.alert_routes.resize(2);
    settings.alert_routes[0].kind = config::AlertRouteKind::webhook;
    config::AlertRoute& alert = settings.alert_routes[1];
    alert.host = "smtp.example.org";
    alert.user = "u";
    alert.from = "a@example.org";
    alert.to = {"ops@example.org"};
    auto target = report_target(settings);
    ASSERT_TRUE(target);
    EXPECT_EQ(target->host, "smtp.example.org");
    EXPECT_EQ(target->from, "a@example.org");
    EXPECT_THAT(target->to, ElementsAre("director@example.org"));
    settings.report.mail.from = "reports@example.org";
    EXPECT_EQ(report_target(settings)->from, "reports@example.org");
    settings.report.mail.host = "192.0.2.25";
    target = report_target(settings);
    EXPECT_EQ(target->host, "192.0.2.25");
    EXPECT_EQ(target->user, "");
}

}  // namespace
}  // namespace tidegate::app
