// What people say about incidents and what they ask: while one goes on, when it is over, over a restart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "history.h"
#include "tell/incident/forms.h"
#include "tell/incident/incidents.h"

namespace tidegate::tell {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr Rates quiet{.customers = 60};
constexpr Rates storm{.customers = 60, .bots = 600, .stopped = 0.9};
constexpr std::string_view first_id = "2024-03-11-1";

auto says(std::string_view text) {
    return Contains(Field(&Entry::text, HasSubstr(std::string(text))));
}

WordNotice words(std::int64_t second, std::string_view text, std::string_view id = first_id) {
    return {.time = at(second), .who = "Ada", .text = std::string(text), .incident = std::string(id)};
}

/// "open", "quiet again", "closed by Ada".
std::vector<std::string> turns(Incidents& incidents) {
    std::vector<std::string> out;
    for (const IncidentNews& each : incidents.take_news())
        out.push_back(std::string(name(each.head.state)) + (each.again ? " again" : "") +
                      (each.who.empty() ? "" : " by " + each.who));
    return out;
}

/// What a program that starts anew knows, as its checkpoint has it.
Incidents restarted(const Incidents& before, Time until) {
    std::vector<Incident> known;
    for (const Incident& each : before.all())
        known.push_back(parse_incident_json(incident_json(each)).value());
    Incidents after;
    after.recall(std::move(known), until);
    return after;
}

TEST(IncidentNews, EachTurnIsToldOnce) {
    History history;
    history.play(0, hour, quiet);
    EXPECT_THAT(turns(history.incidents), IsEmpty());
    history.alarm(1, hour);
    history.alarm(2, hour + 5, "attempts");
    EXPECT_THAT(turns(history.incidents), ElementsAre("open"));
    EXPECT_THAT(turns(history.incidents), IsEmpty());
    history.alarm_over(1, hour + 60);
    EXPECT_THAT(turns(history.incidents), IsEmpty()) << "another is open";
    history.alarm_over(2, hour + 90);
    EXPECT_THAT(turns(history.incidents), ElementsAre("quiet"));
    history.alarm(3, hour + 600);
    EXPECT_THAT(turns(history.incidents), ElementsAre("open again"));
    history.alarm_over(3, hour + 700);
    history.play(hour + 700, 2 * hour, quiet);
    EXPECT_THAT(turns(history.incidents), ElementsAre("quiet", "closed"));
}

TEST(IncidentNews, AHandIsNamed) {
    History history;
    history.alarm(1, 1000);
    EXPECT_TRUE(history.incidents.close(at(1500), "Ada", first_id));
    EXPECT_THAT(turns(history.incidents), ElementsAre("open", "closed by Ada"));
}

TEST(IncidentHeads, SayWhatTheRecordSays) {
    History history;
    EXPECT_THAT(history.incidents.heads(), IsEmpty());
    history.play(0, hour, quiet);
    history.alarm(1, hour);
    history.play(hour, hour + 300, storm);
    static_cast<void>(history.incidents.take_news());
    const Incident open = history.incidents.current().value();
    ASSERT_THAT(history.incidents.heads(), SizeIs(1));
    EXPECT_EQ(history.incidents.heads()[0], (IncidentHead{.id = open.id,
                                                          .title = open.title,
                                                          .state = open.state,
                                                          .began = open.began,
                                                          .opened = open.opened,
                                                          .closed = open.closed,
                                                          .alarms = open.alarms}));
    EXPECT_EQ(history.incidents.find(first_id), open);
    history.alarm_over(1, hour + 400);
    history.play(hour + 400, 2 * hour, quiet);
    history.alarm(2, 2 * hour);
    const auto heads = history.incidents.heads();
    ASSERT_THAT(heads, SizeIs(2));
    EXPECT_EQ(heads[0].state, IncidentState::closed);
    EXPECT_EQ(heads[1].id, "2024-03-11-2");
    EXPECT_FALSE(heads[1].title.empty());
    EXPECT_EQ(history.incidents.find(first_id), history.incidents.closed()[0]);
    EXPECT_FALSE(history.incidents.find("2024-03-11-3"));
    EXPECT_FALSE(history.incidents.find(""));
}

TEST(IncidentWords, ReachTheOneTheyAreAbout) {
    History history;
    EXPECT_EQ(history.incidents.tell(words(1, "nothing yet")), Said::nowhere);
    history.alarm(1, 1000);
    EXPECT_EQ(history.incidents.tell(words(1100, "we look at it")), Said::kept);
    EXPECT_THAT(history.incidents.current()->timeline, says("we look at it"));
    EXPECT_EQ(history.incidents.tell(words(1200, "of another", "2024-03-11-2")), Said::nowhere);
    EXPECT_THAT(history.incidents.current()->timeline, Not(says("of another")));
    EXPECT_TRUE(history.incidents.close(at(1500), "Ada"));
    history.alarm(2, 2000);
    EXPECT_EQ(history.incidents.tell(words(2100, "it was the router")), Said::kept);
    EXPECT_THAT(history.incidents.find(first_id)->timeline, says("it was the router"));
    EXPECT_THAT(history.incidents.current()->timeline, Not(says("it was the router")));
}

// Until there is no room, which whoever says something is told.
int words_that_fit(Incidents& incidents, std::int64_t second) {
    for (int said = 0;; ++said) {
        const Said what = incidents.tell(words(second, "and another thing"));
        if (what == Said::kept && said < 5000) continue;
        EXPECT_EQ(what, Said::no_room);
        return said;
    }
}

TEST(IncidentWords, AreBounded) {
    History history;
    history.alarm(1, 1000);
    EXPECT_GE(words_that_fit(history.incidents, 1400), 300) << "whatever Tidegate itself has seen";
    EXPECT_TRUE(history.incidents.close(at(1500), "Ada"));
    EXPECT_GE(words_that_fit(history.incidents, 1600), 1000) << "afterwards there is more room";
    EXPECT_THAT(history.incidents.find(first_id)->timeline, SizeIs(2000));
}

TEST(IncidentWords, AreForgottenWhereTheyNameAnAccount) {
    const auto is_bob = [](std::string_view name) { return name == "bob@example.org"; };
    const auto names_bob = [](const Incident& incident) {
        return incident_json(incident, {.names = true}).contains("bob@example.org");
    };
    History history;
    const auto talk = [&](std::int64_t second, std::string_view id) {
        EXPECT_EQ(history.incidents.tell(words(second, "bob@example.org called", id)), Said::kept);
        EXPECT_EQ(history.incidents.tell(words(second, "alice@example.org called", id)), Said::kept);
        history.incidents.tell(
            ActionNotice{.time = at(second), .who = "Ada", .text = "let bob@example.org in"});
    };
    history.alarm(1, 1000);
    talk(1100, first_id);
    EXPECT_TRUE(history.incidents.close(at(1500), "Ada"));
    history.alarm(2, 2000);
    talk(2100, "2024-03-11-2");
    EXPECT_TRUE(names_bob(*history.incidents.find(first_id)) && names_bob(*history.incidents.current()));
    for (const IncidentHead& each : history.incidents.heads()) history.incidents.forget(each.id, is_bob);
    for (const Incident& each : history.incidents.all()) {
        EXPECT_FALSE(names_bob(each)) << each.id;
        EXPECT_THAT(each.timeline, AllOf(says("(forgotten)"), says("alice@example.org called")));
    }
    Incidents after = restarted(history.incidents, at(2200));
    EXPECT_EQ(after.tell(words(2300, "bob@example.org again", "2024-03-11-2")), Said::kept);
    after.forget("2024-03-11-2", is_bob);
    EXPECT_FALSE(names_bob(*after.current()));
}

TEST(IncidentClosing, AsksForTheRightOne) {
    History history;
    EXPECT_FALSE(history.incidents.close(at(1), "Ada"));
    history.alarm(1, 1000);
    EXPECT_FALSE(history.incidents.close(at(1100), "Ada", "2024-03-11-7"));
    EXPECT_TRUE(history.incidents.current());
    EXPECT_TRUE(history.incidents.close(at(1100), "Ada", first_id));
    EXPECT_FALSE(history.incidents.close(at(1200), "Ada", first_id)) << "it is over";
}

TEST(IncidentClosing, SaysWhyAndByWhom) {
    const auto why = Contains(AllOf(Field(&Entry::kind, EntryKind::said), Field(&Entry::who, "Ada"),
                                    Field(&Entry::text, "a test of ours")));
    History history;
    history.alarm(1, 1000);
    EXPECT_TRUE(history.incidents.close(at(1100), "Ada", first_id, "a test of ours"));
    EXPECT_THAT(history.incidents.find(first_id)->timeline, why);
    EXPECT_FALSE(history.incidents.close(at(1200), "Eve", first_id, "so do I"));
    EXPECT_THAT(history.incidents.find(first_id)->timeline, Not(says("so do I")));

    History before;
    before.alarm(1, 1000);
    before.alarm_over(1, 1100);
    Incidents after = restarted(before.incidents, at(1200));
    EXPECT_TRUE(after.close(at(1300), "Ada", first_id, "a test of ours"));
    EXPECT_THAT(after.find(first_id)->timeline, why);
}

// Alarms of a detection that was restored are told again.
TEST(IncidentClosing, HoldsOverARestartWhileItsAlarmsLast) {
    History history;
    history.alarm(1, 1000);
    EXPECT_TRUE(history.incidents.close(at(1500), "Ada", first_id));
    Incidents after = restarted(history.incidents, at(1600));
    const AlarmNotice again{
        .id = 1, .series = {"failures", Service::imap}, .since = at(960), .opened = at(1000)};
    after.tell(again);
    EXPECT_FALSE(after.current());
    EXPECT_THAT(after.all(), SizeIs(1));
    AlarmNotice over = again;
    over.closed = at(1700);
    after.tell(over);
    after.tell(
        AlarmNotice{.id = 2, .series = {"failures", Service::imap}, .since = at(1790), .opened = at(1800)});
    EXPECT_EQ(after.current()->id, "2024-03-11-2") << "another one is another one";
}

// It was quiet at the checkpoint, and nothing has come since.
TEST(IncidentWords, ReachOneThatOnlyTheCheckpointHas) {
    History history;
    history.alarm(1, 1000);
    history.alarm_over(1, 1100);
    Incidents after = restarted(history.incidents, at(1200));
    EXPECT_EQ(after.tell(words(1300, "is it over?")), Said::kept);
    EXPECT_THAT(after.find(first_id)->timeline, says("is it over?"));
    ASSERT_THAT(after.heads(), SizeIs(1));
    EXPECT_EQ(after.heads()[0].state, IncidentState::quiet);
    EXPECT_TRUE(after.close(at(1400), "Ada", first_id));
    EXPECT_THAT(turns(after), ElementsAre("closed by Ada"));
    EXPECT_FALSE(after.current());
    EXPECT_THAT(after.closed()[0].timeline, says("closed the incident"));
    EXPECT_EQ(after.closed()[0].closed, at(1400));
}

// His clock was read before the checkpoint's, and the record took it behind: the journal alone has it.
TEST(IncidentWords, SaidWhileTheCheckpointWasWrittenAreNotLost) {
    History history;
    history.alarm(1, 1000);
    Incidents after = restarted(history.incidents, at(1200));
    after.tell(
        AlarmNotice{.id = 1, .series = {"failures", Service::imap}, .since = at(960), .opened = at(1000)});
    EXPECT_EQ(after.tell(words(1200, "just now")), Said::kept);
    EXPECT_THAT(after.find(first_id)->timeline, says("just now"));
    const auto alarms = [](const Entry& entry) { return entry.text.contains("rose above"); };
    EXPECT_EQ(std::ranges::count_if(after.find(first_id)->timeline, alarms), 1) << "told once";
}

TEST(IncidentWords, StayWhereItGoesOnAfterARestart) {
    History history;
    history.alarm(1, 1000);
    history.alarm_over(1, 1100);
    Incidents after = restarted(history.incidents, at(1200));
    EXPECT_EQ(after.tell(words(1300, "is it over?")), Said::kept);
    after.tell(
        AlarmNotice{.id = 2, .series = {"failures", Service::imap}, .since = at(1990), .opened = at(2000)});
    EXPECT_THAT(turns(after), ElementsAre("open again"));
    EXPECT_EQ(after.tell(words(2100, "no")), Said::kept);
    EXPECT_THAT(after.find(first_id)->timeline, says("is it over?"));
    EXPECT_THAT(after.find(first_id)->timeline, says("no"));
}

}  // namespace
}  // namespace tidegate::tell
