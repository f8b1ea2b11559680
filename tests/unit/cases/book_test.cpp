// Cases by a manual clock: what goes out by itself and when, what stops it, what was promised.
#include "tell/cases/book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "made_book.h"

namespace tidegate::tell {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using Kind = CaseNews::Kind;

UpdateWords words(std::string text, std::string who = "ada") {
    return {.text = std::move(text), .who = std::move(who)};
}

TEST(CaseBook, TheFirstTextGoesOutByItself) {
    MadeBook it;
    const std::string id = it.attack();
    EXPECT_EQ(it.count(Kind::opened), 1U);
    EXPECT_THAT(it.page().incidents, IsEmpty());
    it.pass(29s);
    EXPECT_THAT(it.page().incidents, IsEmpty());
    it.pass(1s);
    const PublicRecord page = it.page();
    ASSERT_THAT(page.incidents, SizeIs(1));
    EXPECT_EQ(page.incidents[0].id, id);
    EXPECT_EQ(page.incidents[0].title, "Many attempts to log in with wrong passwords");
    EXPECT_EQ(page.incidents[0].state, PublicState::identified);
    EXPECT_EQ(page.incidents[0].worst, ServiceState::working);
    EXPECT_EQ(page.incidents[0].next_update_by, it.now + 30min);
    ASSERT_THAT(page.incidents[0].updates, SizeIs(1));
    EXPECT_THAT(page.incidents[0].updates[0].text, HasSubstr("Since 12:00 others try to log in"));
    EXPECT_THAT(page.incidents[0].updates[0].text, HasSubstr("all services work as usual"));
    EXPECT_EQ(it.one().updates[0].approver, "Tidegate");
}

TEST(CaseBook, WhatGoesOutByItselfIsARule) {
    const std::vector<std::tuple<Automatic, bool, bool>> cases{
        {Automatic::all, false, true},    {Automatic::all, true, true},   {Automatic::hurting, false, false},
        {Automatic::hurting, true, true}, {Automatic::none, true, false},
    };
    for (const auto& [automatic, hurts, goes] : cases) {
        CaseRules rules = made_rules();
        rules.automatic = automatic;
        MadeBook it(rules);
        if (hurts) it.measured = slow();
        it.attack();
        it.pass(5min);
        EXPECT_EQ(it.page().incidents.size(), goes ? 1U : 0U) << static_cast<int>(automatic) << hurts;
    }
}

TEST(CaseBook, HoldStopsIt) {
    MadeBook it;
    const std::string id = it.attack();
    EXPECT_EQ(it.book.hold(id, 0, "ada", it.now).value(), 1U);
    it.pass(2h);
    EXPECT_THAT(it.page().incidents, IsEmpty());
    EXPECT_THAT(it.one().updates, SizeIs(1)) << "nothing is drawn up beside it";
    EXPECT_TRUE(it.book.publish(id, 0, {.who = "ada"}, it.now));
    EXPECT_THAT(it.page().incidents, SizeIs(1));
    EXPECT_FALSE(it.book.hold(id, 1, "ada", it.now)) << "it is out";
    EXPECT_FALSE(it.book.hold(id, 7, "ada", it.now));
}

TEST(CaseBook, ApprovedWithChangesItIsOutAtOnceAndOnce) {
    MadeBook it;
    const std::string id = it.attack();
    UpdateWords changed = words("We are on it; write to support@example.org, not to bob@example.net.");
    changed.title = "Log-ins under attack";
    changed.state = PublicState::mending;
    changed.next_in = 10min;
    changed.meanwhile = {"Use webmail."};
    EXPECT_EQ(it.book.publish(id, 0, changed, it.now).value(), 1U);
    it.pass(2min);
    const PublicIncident page = it.page().incidents.at(0);
    EXPECT_EQ(page.title, "Log-ins under attack");
    EXPECT_EQ(page.state, PublicState::mending);
    EXPECT_EQ(page.next_update_by, noon + 10min);
    EXPECT_THAT(page.updates, SizeIs(1));
    EXPECT_THAT(page.meanwhile, testing::ElementsAre("Use webmail."));
    EXPECT_EQ(page.updates[0].text, "We are on it; write to support@example.org, not to (an account).");
    EXPECT_EQ(it.one().updates[0].author, "ada");
    EXPECT_FALSE(it.book.publish(id, 1, {.who = "eve"}, it.now)) << "it is out already";
}

TEST(CaseBook, WithNobodyAwakeThePromiseIsKept) {
    MadeBook it;
    it.attack();
    it.pass(30s);
    it.measured = slow();
    it.pass(2h);
    EXPECT_EQ(it.count(Kind::promise_near), 0U) << "nobody is woken for what keeps itself";
    EXPECT_EQ(it.count(Kind::promise_broken), 0U);
    const PublicIncident page = it.page().incidents.at(0);
    ASSERT_GE(page.updates.size(), 4U);
    for (std::size_t i = 1; i < page.updates.size(); ++i)
        EXPECT_LT(page.updates[i].time - page.updates[i - 1].time, 30min);
    EXPECT_THAT(page.updates[1].text, HasSubstr("As of 12:25: "));
    EXPECT_THAT(page.updates[1].text, HasSubstr("IMAP: logging in takes 4 s instead of 0.3 s since 12:00."));
    EXPECT_THAT(page.services, testing::ElementsAre("imap"));
    EXPECT_EQ(page.worst, ServiceState::slow);
}

TEST(CaseBook, APromiseThatNobodyKeepsIsToldBeforeAndAfter) {
    CaseRules rules = made_rules();
    rules.automatic = Automatic::none;
    MadeBook it(rules);
    const std::string id = it.attack();
    EXPECT_TRUE(it.book.publish(id, 0, {.who = "ada"}, it.now));
    it.pass(24min + 59s);
    EXPECT_EQ(it.count(Kind::promise_near), 0U);
    it.pass(1s);
    EXPECT_EQ(it.count(Kind::promise_near), 1U);
    it.pass(5min);
    EXPECT_EQ(it.count(Kind::promise_broken), 0U);
    it.pass(1s);
    EXPECT_EQ(it.count(Kind::promise_broken), 1U);
    it.restart();
    it.pass(1h);
    EXPECT_EQ(it.count(Kind::promise_near), 1U) << "once, also over a restart";
    EXPECT_EQ(it.count(Kind::promise_broken), 1U);
    EXPECT_TRUE(it.book.publish(id, 0, words("we are back"), it.now));
    it.look();
    EXPECT_EQ(it.count(Kind::promise_kept), 1U);
    EXPECT_EQ(it.page().incidents.at(0).next_update_by, it.now + 30min);
}

TEST(CaseBook, APromiseCanBeMadeByHand) {
    MadeBook it;
    const std::string id = it.attack();
    EXPECT_FALSE(it.book.promise("case-9", it.now + 1h, "ada", it.now));
    EXPECT_FALSE(it.book.promise(id, it.now, "ada", it.now));
    it.pass(1min);
    EXPECT_TRUE(it.book.promise(id, noon + 5h, "ada", it.now));
    EXPECT_EQ(it.page().incidents.at(0).next_update_by, noon + 5h);
}

TEST(CaseBook, ReportsThatAreOwedAreMindedAlsoAfterTheEnd) {
    CaseRules rules = made_rules();
    rules.reports = {{"early warning", 24h}, {"final report", 30 * 24h}};
    MadeBook it(rules);
    const std::string id = it.attack();
    EXPECT_TRUE(it.book.owe_all(id));
    EXPECT_TRUE(it.book.owe(id, "our insurer", noon + 3h));
    ASSERT_THAT(it.one().reports, SizeIs(3));
    EXPECT_EQ(it.one().reports[0].name, "our insurer");
    EXPECT_EQ(it.one().reports[1].due, noon + 24h);
    it.end_incident();
    EXPECT_TRUE(it.book.report(id, "our insurer", "ada", it.now));
    EXPECT_FALSE(it.book.report(id, "our insurer", "ada", it.now));
    EXPECT_FALSE(it.book.report(id, "nobody", "ada", it.now));
    it.now = noon + 23h;
    it.look();
    EXPECT_EQ(it.count(Kind::promise_near), 1U);
    it.now = noon + 25h;
    it.look();
    EXPECT_EQ(it.count(Kind::promise_broken), 1U);
    EXPECT_EQ(it.news.back().text, "early warning");
}

TEST(CaseBook, TheEndIsWatchedAndThenSaid) {
    MadeBook it;
    it.attack();
    it.pass(10min);
    it.end_incident(IncidentState::quiet);
    it.pass(30s);
    PublicIncident page = it.page().incidents.at(0);
    EXPECT_EQ(page.state, PublicState::watching);
    EXPECT_THAT(page.updates.back().text,
                HasSubstr("It is over since 12:10. All services worked as usual throughout."));
    EXPECT_THAT(page.updates.back().text, HasSubstr("We keep watching until 13:10."));
    EXPECT_EQ(page.next_update_by, noon + 70min) << "the end of watching";
    it.pass(1h);
    page = it.page().incidents.at(0);
    EXPECT_EQ(page.state, PublicState::over);
    EXPECT_EQ(page.over, noon + 10min);
    EXPECT_FALSE(page.next_update_by);
    EXPECT_EQ(it.count(Kind::promise_broken), 0U);
    EXPECT_EQ(it.count(Kind::over), 1U);
    it.end_incident();
    EXPECT_EQ(it.count(Kind::over), 1U);
}

TEST(CaseBook, ItIsNotOverWhileChecksAreOpen) {
    CaseRules rules = made_rules();
    rules.checks = {"the queue is empty"};
    MadeBook it(rules);
    const std::string id = it.attack();
    it.pass(1min);
    it.end_incident();
    it.pass(2h);
    EXPECT_EQ(it.page().incidents.at(0).state, PublicState::watching);
    EXPECT_EQ(it.count(Kind::checks_open), 1U);
    UpdateWords over = words("It is over.");
    over.state = PublicState::over;
    EXPECT_FALSE(it.book.publish(id, 0, over, it.now));
    EXPECT_FALSE(it.book.tick_off(id, 2, "ada", it.now));
    EXPECT_TRUE(it.book.tick_off(id, 1, "ada", it.now));
    EXPECT_FALSE(it.book.tick_off(id, 1, "ada", it.now));
    it.look();
    EXPECT_EQ(it.page().incidents.at(0).state, PublicState::over) << "by itself, once all is looked at";
}

TEST(CaseBook, ItGoesOnAgain) {
    MadeBook it;
    it.attack();
    it.pass(1min);
    it.end_incident(IncidentState::quiet);
    it.pass(1min);
    it.heads.back().state = IncidentState::open;
    it.pass(31s);
    const PublicIncident page = it.page().incidents.at(0);
    EXPECT_THAT(page.updates.back().text, HasSubstr("It has begun again."));
    EXPECT_NE(page.state, PublicState::watching);
    it.pass(2h);
    EXPECT_NE(it.page().incidents.at(0).state, PublicState::over);
}

TEST(CaseBook, WhatEndsBeforeAnythingWasSaidIsNotTalkedOf) {
    MadeBook it;
    it.attack();
    it.pass(10s);
    it.end_incident();
    it.pass(10min);
    EXPECT_THAT(it.page().incidents, IsEmpty());
    EXPECT_TRUE(it.one().over);
}

TEST(CaseBook, AFaultOutsideIsToldApartFromAnAttack) {
    MadeBook it;
    it.incident.cause.probability = {0.05, 0.05, 0.9};
    it.heads.push_back({.id = "2026-08-05-1",
                        .title = "x",
                        .state = IncidentState::open,
                        .began = noon,
                        .opened = noon,
                        .closed = {},
                        .alarms = 1});
    it.pass(31s);
    const PublicIncident page = it.page().incidents.at(0);
    EXPECT_EQ(page.title, "Connections of many customers are interrupted");
    EXPECT_THAT(page.updates[0].text, HasSubstr("on the way between you and us"));
    EXPECT_THAT(page.updates[0].text, Not(HasSubstr("password")));
}

TEST(CaseBook, NobodyIsNamedWhomTheRecordIsNotSureOf) {
    MadeBook it;
    it.incident.cause.probability = {0.5, 0.3, 0.2};
    it.heads.push_back({.id = "2026-08-05-1",
                        .title = "x",
                        .state = IncidentState::open,
                        .began = noon,
                        .opened = noon,
                        .closed = {},
                        .alarms = 1});
    it.pass(31s);
    EXPECT_THAT(it.page().incidents.at(0).updates[0].text, HasSubstr("out of the ordinary"));
    EXPECT_EQ(it.page().incidents.at(0).state, PublicState::investigating);
}

TEST(CaseBook, TemplatesHaveTheWords) {
    CaseRules rules = made_rules();
    rules.templates = {{.name = "other", .cause = Cause::outside, .title = "Not this one"},
                       {.name = "imap",
                        .cause = Cause::attack,
                        .services = {"imap"},
                        .title = "Mail programs wait",
                        .text = "Since {since}, {services}. {measured}",
                        .meanwhile = {"Use webmail: https://webmail.example.org/"},
                        .steps = {"Leave your password as it is."}}};
    MadeBook it(rules);
    it.measured = slow();
    it.attack();
    it.pass(30s);
    const PublicIncident page = it.page().incidents.at(0);
    EXPECT_EQ(page.title, "Mail programs wait");
    EXPECT_EQ(page.updates[0].text,
              "Since 12:00, IMAP. IMAP: logging in takes 4 s instead of 0.3 s since 12:00.");
    EXPECT_THAT(page.meanwhile, testing::ElementsAre("Use webmail: https://webmail.example.org/"));
    EXPECT_THAT(page.steps, testing::ElementsAre("Leave your password as it is."));
}

TEST(CaseBook, OpenedByHandItWaitsForHim) {
    MadeBook it;
    EXPECT_FALSE(it.book.open({.title = " "}, it.measured, it.now));
    const auto id = it.book.open(
        {.title = "Our supplier's line is down", .who = "ada", .cause = Cause::outside}, it.measured, it.now);
    EXPECT_EQ(id.value(), "case-1");
    it.pass(1h);
    EXPECT_THAT(it.page().incidents, IsEmpty());
    UpdateWords relayed = words("A cable is cut; they expect it mended by 15:00.");
    relayed.source = "https://status.example.net/42";
    EXPECT_TRUE(it.book.publish(*id, 0, relayed, it.now));
    const PublicIncident page = it.page().incidents.at(0);
    EXPECT_EQ(page.title, "Our supplier's line is down");
    EXPECT_EQ(page.updates[0].source, "https://status.example.net/42");
}

TEST(CaseBook, PartnersKnowFirstAndUnderTheirOwnName) {
    CaseRules rules = made_rules();
    rules.partners = {{"blue", "Blue Hosting"}, {"red", "Red Mail"}};
    rules.partner_lead = 10min;
    MadeBook it(rules);
    const std::string id = it.attack();
    EXPECT_TRUE(it.book.publish(id, 0, words("Red Mail and all others wait."), it.now));
    EXPECT_THAT(it.page().incidents, IsEmpty());
    EXPECT_EQ(it.page().provider, "Example Mail");
    const PublicRecord blue = it.page("blue");
    ASSERT_THAT(blue.incidents, SizeIs(1));
    EXPECT_EQ(blue.provider, "Blue Hosting");
    EXPECT_THAT(blue.incidents[0].updates[0].text, Not(HasSubstr("Red Mail")));
    EXPECT_THAT(it.page("nobody").incidents, IsEmpty());
    it.pass(10min);
    EXPECT_THAT(it.page().incidents, SizeIs(1));
    // What is said later is not told before its time, not even by the state.
    UpdateWords later = words("It is mended.");
    later.state = PublicState::mending;
    later.title = "Later";
    EXPECT_TRUE(it.book.publish(id, 0, later, it.now));
    EXPECT_EQ(it.page("blue").incidents.at(0).title, "Later");
    EXPECT_EQ(it.page().incidents.at(0).state, PublicState::identified);
    EXPECT_NE(it.page().incidents.at(0).title, "Later");
}

TEST(CaseBook, OneApprovalReachesEveryOutletOnceAlsoOverARestart) {
    CaseRules rules = made_rules();
    rules.outlets = {"mail", "feed"};
    rules.partners = {{"blue", "Blue Hosting"}};
    rules.partner_lead = 10min;
    MadeBook it(rules);
    const std::string id = it.attack();
    EXPECT_TRUE(it.book.publish(id, 0, words("We are on it."), it.now));
    auto due = it.book.due(it.now);
    ASSERT_THAT(due, SizeIs(2)) << "the partner's";
    EXPECT_EQ(due[0].key, id + "/1@blue");
    EXPECT_EQ(due[0].update.text, "We are on it.");
    it.book.delivered(due[0]);
    it.restart();
    EXPECT_THAT(it.book.due(it.now), SizeIs(1)) << "what was delivered is not, what was not is";
    it.pass(10min);
    EXPECT_THAT(it.book.due(it.now), SizeIs(3));
    for (const Publication& each : it.book.due(it.now)) it.book.delivered(each);
    it.restart();
    EXPECT_THAT(it.book.due(it.now), IsEmpty());
}

// Whatever it is in the midst of, it goes on as if nothing had been.
TEST(CaseBook, ARestartNeitherForgetsNorRepeats) {
    MadeBook calm, cut;
    for (MadeBook* each : {&calm, &cut}) each->attack();
    const std::vector<std::pair<Duration, IncidentState>> turns{
        {10s, IncidentState::open},   {25s, IncidentState::open},     {28min, IncidentState::open},
        {1min, IncidentState::quiet}, {40s, IncidentState::quiet},    {1min, IncidentState::open},
        {40s, IncidentState::quiet},  {31min, IncidentState::closed}, {1h, IncidentState::closed},
    };
    for (const auto& [span, state] : turns) {
        for (MadeBook* each : {&calm, &cut}) {
            each->pass(span);
            if (each == &cut) each->restart();
            each->end_incident(state);
            if (each == &cut) each->restart();
        }
        EXPECT_EQ(cut.book.state(), calm.book.state());
        EXPECT_EQ(cut.page(), calm.page());
    }
    EXPECT_EQ(calm.page().incidents.at(0).state, PublicState::over);
    EXPECT_EQ(cut.news, calm.news);
}

TEST(CaseBook, SupportIsCountedAndBounded) {
    MadeBook it;
    const std::string id = it.attack();
    EXPECT_FALSE(it.book.count_support(id, {.calls = 3, .mean_seconds = 60, .longest_seconds = 30}));
    for (std::size_t i = 0; i < CaseBook::most_counts; ++i)
        EXPECT_TRUE(it.book.count_support(
            id, {.time = it.now, .calls = 3, .mean_seconds = 60, .longest_seconds = 90}));
    EXPECT_FALSE(it.book.count_support(id, {.calls = 3}));
}

TEST(CaseBook, TextsAndTheirNumberAreBounded) {
    MadeBook it;
    const std::string id = it.attack();
    EXPECT_FALSE(it.book.draft(id, words(""), it.measured, it.now));
    EXPECT_FALSE(it.book.draft(id, words(std::string(4001, 'x')), it.measured, it.now));
    EXPECT_TRUE(it.book.draft(id, words(std::string(4000, 'x')), it.measured, it.now));
    while (it.one().updates.size() < CaseBook::most_updates)
        ASSERT_TRUE(it.book.draft(id, words("more"), it.measured, it.now));
    EXPECT_FALSE(it.book.draft(id, words("more"), it.measured, it.now));
    EXPECT_FALSE(it.book.note(id, {.text = std::string(4001, 'x')}));
    for (std::size_t i = it.one().notes.size(); i < CaseBook::most_notes; ++i)
        ASSERT_TRUE(it.book.note(id, {.time = it.now, .who = "ada", .text = "and another thing"}));
    EXPECT_EQ(it.one().notes.size(), CaseBook::most_notes);
}

TEST(CaseBook, TheOldestThatIsOverMakesRoom) {
    MadeBook it;
    for (std::size_t i = 0; i < CaseBook::most_cases + 5; ++i)
        ASSERT_TRUE(it.book.open({.title = "one more", .who = "ada"}, it.measured, it.now));
    EXPECT_EQ(it.book.state().cases.size(), CaseBook::most_cases);
    EXPECT_EQ(it.book.state().cases.back().id, "case-205");
}

TEST(CaseBook, ForgettingReachesTexts) {
    MadeBook it;
    const std::string id = it.attack();
    EXPECT_TRUE(it.book.note(id, {.time = it.now, .who = "ada", .text = "eve@example.org called"}));
    UpdateWords named = words("It began with eve, who told us.");
    EXPECT_TRUE(it.book.publish(id, 0, named, it.now));
    it.book.forget([](std::string_view name) { return name == "eve" || name == "eve@example.org"; });
    EXPECT_THAT(case_state_text(it.book.state()), Not(HasSubstr("eve")));
    EXPECT_THAT(case_state_text(it.book.state()), HasSubstr(std::string(forgotten_text)));
}

TEST(CaseBook, WorkIsAnnouncedBegunExtendedDone) {
    using Act = CaseBook::WorkAct;
    MadeBook it;
    PublicWork plan;
    plan.title = "New disks";
    plan.services = {"imap"};
    plan.from = noon + 1h;
    plan.until = noon + 2h;
    EXPECT_FALSE(it.book.announce({}, "ada", it.now));
    const std::string id = it.book.announce(plan, "ada", it.now).value();
    EXPECT_THAT(it.page().work, SizeIs(1));
    EXPECT_FALSE(it.book.act(id, Act::done, {}, "", "ada", it.now)) << "it has not begun";
    it.pass(1h);
    it.pass(1h);
    EXPECT_EQ(it.count(Kind::work_late), 1U) << "it should have begun";
    EXPECT_TRUE(it.book.act(id, Act::begin, {}, "", "ada", it.now));
    EXPECT_THAT(it.book.in_work(), testing::ElementsAre("imap"));
    it.pass(2s);
    EXPECT_EQ(it.count(Kind::work_late), 2U) << "it should be done";
    EXPECT_FALSE(it.book.act(id, Act::extend, it.now, "", "ada", it.now));
    EXPECT_TRUE(it.book.act(id, Act::extend, it.now + 1h, "It takes longer.", "ada", it.now));
    EXPECT_EQ(it.page().work.at(0).text, "It takes longer.");
    // Alarms of that service meanwhile are marked, and nothing goes out by itself.
    it.incident.alarmed = {{.volume = "successes", .service = Service::imap}};
    it.attack();
    it.pass(10min);
    EXPECT_EQ(it.one().during, id);
    EXPECT_THAT(it.page().incidents, IsEmpty());
    it.incident.alarmed = {{.volume = "failures", .service = Service::smtp}};
    it.attack("2026-08-05-2");
    it.pass(1min);
    EXPECT_EQ(it.book.state().cases.at(1).during, "") << "an attack on another service is none of it";
    EXPECT_THAT(it.page().incidents, SizeIs(1));
    EXPECT_TRUE(it.book.act(id, Act::done, {}, "", "ada", it.now));
    EXPECT_FALSE(it.book.act(id, Act::call_off, {}, "", "ada", it.now));
    EXPECT_THAT(it.book.in_work(), IsEmpty());
    EXPECT_FALSE(it.book.act("work-99", Act::begin, {}, "", "ada", it.now));
}

TEST(CaseBook, APostMortemIsWrittenBeforeItIsPublished) {
    MadeBook it;
    const std::string id = it.attack();
    it.pass(1min);
    EXPECT_FALSE(it.book.publish_post_mortem(id, "<svg/>", "ada", it.now)) << "there is none";
    EXPECT_TRUE(it.book.write_post_mortem(id, "# What happened\n\n(to be written)", "ada", it.now));
    it.end_incident();
    it.pass(2h);
    EXPECT_FALSE(it.book.publish_post_mortem(id, "<svg/>", "ada", it.now)) << "parts are to be written";
    EXPECT_TRUE(it.book.write_post_mortem(id, "# What happened\n\nGuesses from 192.0.2.7.", "ada", it.now));
    EXPECT_EQ(it.page().incidents.at(0).post_mortem, "");
    EXPECT_TRUE(it.book.publish_post_mortem(id, "<svg/>", "ada", it.now));
    EXPECT_EQ(it.page().incidents.at(0).post_mortem, "# What happened\n\nGuesses from (an address).");
    EXPECT_EQ(it.page().incidents.at(0).plot, "<svg/>");
    EXPECT_FALSE(it.book.write_post_mortem(id, "# More (to be written)", "ada", it.now)) << "it is public";
    EXPECT_TRUE(it.book.write_post_mortem(id, "# More", "ada", it.now));
    EXPECT_EQ(it.page().incidents.at(0).post_mortem, "# More");
}

TEST(CaseBook, WhatIsOldLeavesThePage) {
    MadeBook it;
    it.attack();
    it.pass(1min);
    it.end_incident();
    it.pass(2h);
    EXPECT_THAT(it.page().incidents, SizeIs(1));
    it.now += std::chrono::days(91);
    EXPECT_THAT(it.page().incidents, IsEmpty());
}

}  // namespace
}  // namespace tidegate::tell
