// Cases that services open, by a manual clock.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "made_book.h"
#include "tell/cases/book.h"

namespace tidegate::tell {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using Kind = CaseNews::Kind;

Measured as(ServiceState state, Time since) {
    return {.services = {{.name = "imap", .label = "IMAP", .state = state, .since = since}}};
}

Measured late() {
    Measured out = as(ServiceState::slow, noon);
    out.services[0].mail_is_late = true;
    out.mail = MailSight{.waiting = 4210, .oldest = 11min, .lost = 0};
    return out;
}

// One that was opened and is out, at 12:05:30.
struct Opened : MadeBook {
    explicit Opened(CaseRules rules = made_rules()) : MadeBook(std::move(rules)) {
        measured = late();
        pass(5min + 30s);
    }
};

TEST(CaseOfServices, IsOpenedWhereTheyAreHurtForLong) {
    MadeBook it;
    it.measured = late();
    it.pass(5min - 1s);
    EXPECT_THAT(it.book.state().cases, IsEmpty());
    it.pass(1s);
    ASSERT_THAT(it.book.state().cases, SizeIs(1));
    EXPECT_EQ(it.one().id, "case-1");
    EXPECT_EQ(it.one().began, noon);
    EXPECT_THAT(it.one().services, ElementsAre("imap"));
    EXPECT_EQ(it.news.front(), (CaseNews{.kind = Kind::opened,
                                         .id = "case-1",
                                         .title = "IMAP: mail is late",
                                         .who = "Tidegate",
                                         .time = it.now}));
    EXPECT_THAT(it.page().incidents, IsEmpty());
    it.pass(30s);
    const PublicRecord page = it.page();
    ASSERT_THAT(page.incidents, SizeIs(1));
    EXPECT_EQ(page.incidents[0].title, "IMAP: mail is late");
    EXPECT_EQ(page.incidents[0].worst, ServiceState::slow);
    EXPECT_EQ(page.incidents[0].next_update_by, it.now + 30min);
    EXPECT_EQ(
        page.incidents[0].updates.at(0).text,
        "Since 12:00 something is out of the ordinary; we look into it. IMAP: mail is delivered late since "
        "12:00. Mail is queued (4,210 messages waiting) and none is lost; the oldest has waited 11 minutes.");
    it.pass(2h);
    EXPECT_THAT(it.book.state().cases, SizeIs(1)) << "one is enough";
    EXPECT_THAT(it.one().notes, IsEmpty());
    EXPECT_EQ(it.count(Kind::promise_broken), 0U);
}

TEST(CaseOfServices, IsWatchedAndOverWhenTheyAreWell) {
    Opened it;
    it.measured = as(ServiceState::working, it.now - 5min);  // as the book of services says it
    it.pass(1s);
    EXPECT_EQ(it.one().ended, it.now);
    it.pass(30s);
    EXPECT_EQ(it.one().state, PublicState::watching);
    EXPECT_THAT(it.one().updates.back().text, HasSubstr("all services work as usual again"));
    it.pass(1h);
    EXPECT_TRUE(it.one().over);
    EXPECT_THAT(it.one().notes, Contains(Field(&CaseNote::text, "the disturbance is closed")));
    // And another time is another case.
    it.measured = as(ServiceState::down, it.now);
    it.pass(6min);
    EXPECT_THAT(it.book.state().cases, SizeIs(2));
    EXPECT_TRUE(it.one().ended);
}

TEST(CaseOfServices, GoesOnWhereTheyAreHurtAgainMeanwhile) {
    Opened it;
    it.measured = as(ServiceState::working, it.now - 5min);
    it.pass(10min);
    it.measured = as(ServiceState::disturbed, it.now);
    it.pass(31s);
    EXPECT_EQ(it.one().state, PublicState::investigating);
    EXPECT_FALSE(it.one().ended);
    EXPECT_THAT(it.one().updates.back().text, StartsWith("It has begun again."));
    EXPECT_THAT(it.book.state().cases, SizeIs(1));
}

TEST(CaseOfServices, IsNotOverBecauseNothingIsMeasuredYet) {
    Opened it;
    it.restart();
    it.measured = as(ServiceState::unknown, {});
    it.pass(10min);
    EXPECT_FALSE(it.one().ended);
    it.measured = as(ServiceState::working, it.now);  // its queue was not read yet
    it.pass(2min - 1s);
    EXPECT_FALSE(it.one().ended);
    it.measured = as(ServiceState::slow, it.now);
    it.pass(10min);
    EXPECT_THAT(it.book.state().cases, SizeIs(1));
    it.measured = {};  // it is not configured any more
    it.pass(1s);
    EXPECT_TRUE(it.one().ended);
}

TEST(CaseOfServices, IsNotOpenedWhereOneIsAboutIt) {
    const std::vector<std::pair<const char*, std::function<void(MadeBook&)>>> before{
        {"an incident", [](MadeBook& it) { it.attack(); }},
        {"one by hand", [](MadeBook& it) {
             const Opening opening{.title = "IMAP is slow", .who = "ada", .services = {"imap"}};
             EXPECT_TRUE(it.book.open(opening, it.measured, it.now));
         }}};
    for (const auto& [what, open] : before) {
        MadeBook it;
        open(it);
        it.measured = as(ServiceState::slow, it.now);
        it.pass(20min);
        EXPECT_THAT(it.book.state().cases, SizeIs(1)) << what;
    }
}

TEST(CaseOfServices, IsOpenedBesideOneThatIsAboutAnotherOrOver) {
    const std::vector<std::pair<const char*, std::function<void(MadeBook&)>>> before{
        {"another service",
         [](MadeBook& it) {
             const Opening opening{.title = "Webmail is slow", .who = "ada", .services = {"webmail"}};
             EXPECT_TRUE(it.book.open(opening, it.measured, it.now));
         }},
        {"an incident that is watched", [](MadeBook& it) {
             it.measured = as(ServiceState::slow, it.now);
             it.attack();
             it.pass(1min);
             it.measured = as(ServiceState::working, it.now);
             it.end_incident();
             it.pass(1min);
             EXPECT_EQ(it.one().state, PublicState::watching);
         }}};
    for (const auto& [what, open] : before) {
        MadeBook it;
        open(it);
        it.measured = as(ServiceState::slow, it.now);
        it.pass(20min);
        EXPECT_THAT(it.book.state().cases, SizeIs(2)) << what;
    }
}

TEST(CaseOfServices, WhoSaysThatItIsOverIsBelieved) {
    Opened it;
    UpdateWords words{.text = "It is only a newsletter that nobody takes.", .who = "ada"};
    words.state = PublicState::over;
    ASSERT_TRUE(it.book.publish("case-1", 0, words, it.now));
    it.pass(2h);
    EXPECT_THAT(it.book.state().cases, SizeIs(1));
    it.measured = as(ServiceState::working, it.now - 5min);
    it.pass(1min);
    it.measured = as(ServiceState::slow, it.now);
    it.pass(5min);
    EXPECT_THAT(it.book.state().cases, SizeIs(2)) << "but not of what comes later";

    MadeBook another;
    another.measured = as(ServiceState::slow, another.now);
    const Opening opening{.title = "Webmail is slow", .who = "ada", .services = {"webmail"}};
    ASSERT_TRUE(another.book.open(opening, another.measured, another.now));
    words.services = {"webmail"};
    ASSERT_TRUE(another.book.publish("case-1", 0, words, another.now));
    another.pass(5min);
    EXPECT_THAT(another.book.state().cases, SizeIs(2)) << "nor of another service";
}

TEST(CaseOfServices, ThatGaveWayComesAgainWhereTheIncidentEndsWithoutAWord) {
    CaseRules rules = made_rules();
    rules.automatic = Automatic::none;
    Opened it(rules);
    it.attack();
    it.pass(1min);
    EXPECT_TRUE(it.one().over);
    it.end_incident();
    it.pass(1min);
    ASSERT_THAT(it.book.state().cases, SizeIs(3));
    EXPECT_EQ(it.book.state().cases[2].id, "case-2");
}

TEST(CaseOfServices, IsARule) {
    CaseRules rules = made_rules();
    rules.open_when_hurt = {};
    const Opened it(rules);
    EXPECT_THAT(it.book.state().cases, IsEmpty());
}

TEST(CaseOfServices, WorkUnderWayOpensNone) {
    MadeBook it;
    it.measured = as(ServiceState::maintenance, noon);
    it.pass(20min);
    EXPECT_THAT(it.book.state().cases, IsEmpty());
}

TEST(CaseOfServices, ThatNobodyWasToldOfEndsWithoutAWord) {
    CaseRules rules = made_rules();
    rules.automatic = Automatic::none;
    Opened it(rules);
    EXPECT_THAT(it.page().incidents, IsEmpty());
    it.measured = as(ServiceState::working, it.now - 5min);
    it.pass(1s);
    EXPECT_TRUE(it.one().over);
}

TEST(CaseOfServices, GivesWayToAnIncidentAsLongAsNobodyWasTold) {
    MadeBook it;
    it.measured = late();
    it.pass(5min);
    it.attack();
    it.pass(1min);
    EXPECT_TRUE(it.one().over);
    ASSERT_THAT(it.page().incidents, SizeIs(1));
    EXPECT_EQ(it.page().incidents[0].id, "2026-08-05-1");

    MadeBook held;
    held.measured = late();
    held.pass(5min);
    EXPECT_TRUE(held.book.hold("case-1", 0, "ada", held.now));
    held.attack();
    held.pass(1min);
    EXPECT_FALSE(held.one().over) << "somebody has it in hand";

    Opened told;
    told.attack();
    told.pass(1min);
    EXPECT_FALSE(told.one().over) << "customers wait for what becomes of it";
}

}  // namespace
}  // namespace tidegate::tell
