#include "tell/weekly/letter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "made_week.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

// With TIDEGATE_WRITE_GOLDEN set it writes the file instead, to be looked at.
void expect_golden(const std::string& name, const std::string& text) {
    const std::string path = std::string(TIDEGATE_SOURCE_DIR) + "/tests/unit/weekly/" + name;
    if (std::getenv("TIDEGATE_WRITE_GOLDEN") != nullptr) {
        std::ofstream(path) << text;
        FAIL() << "written, not compared: " << path;
    }
    std::ostringstream golden;
    golden << std::ifstream(path).rdbuf();
    EXPECT_EQ(golden.str(), text) << path;
}

std::size_t longest_line(const std::string& text) {
    std::size_t longest = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) longest = std::max(longest, columns_of(line));
    return longest;
}

TEST(WeeklyLetter, IsTheGoldenText) {
    const std::string text = letter_text(letter_of(made_week()));
    EXPECT_LE(longest_line(text), 72U);
    expect_golden("golden_week.txt", text);
}

TEST(WeeklyLetter, IsTheGoldenPage) {
    expect_golden("golden_week.html", letter_html(letter_of(made_week(), {.names = true})));
}

TEST(WeeklyLetter, SaysWhatKindOfWeekItWas) {
    Week week = made_week();
    EXPECT_EQ(week_summary(week),
              "A week with 1 attack: 47,000 hostile attempts to log in, 98.1 % of them stopped before a "
              "password was looked at, and 12 log-ins of customers refused, 9 of them let in later. Hostile "
              "attempts were 6.7 times as many as the week before and 6.7 times as many as usual; log-ins "
              "were about as many as the week before and about as many as usual.");
    week.incidents.clear();
    EXPECT_THAT(week_summary(week), StartsWith("A restless week: 47,000"));
    week.total.hostile = 7'500;
    week.total.stopped = 7'000;
    EXPECT_THAT(week_summary(week), StartsWith("An ordinary week: 7,500"));
    week.total.hostile = 3'000;
    EXPECT_THAT(week_summary(week), StartsWith("A quiet week: 3,000"));
    week.total.refused = 400;
    EXPECT_THAT(week_summary(week), StartsWith("A bad week for customers: "));
    week.total = {};
    EXPECT_THAT(week_summary(week), StartsWith("Nobody tried to log in, as far as Tidegate saw."));
    week.coverage.unwatched = week.period.to - week.period.from;
    EXPECT_THAT(week_summary(week), StartsWith("Nothing is known of this time"));
}

TEST(WeeklyLetter, SaysWhenThereIsNothingToCompareWith) {
    Week week = made_week();
    for (auto& each : week.before) each.reset();
    EXPECT_THAT(week_summary(week), HasSubstr("There is nothing to compare it with"));
    week.before.clear();
    EXPECT_THAT(week_summary(week), HasSubstr("It is not a week"));
}

TEST(WeeklyLetter, AWatchModeThatStopsNothingSaysSo) {
    Week week = made_week();
    week.total.stopped = 0;
    week.standing->watches_only = true;
    EXPECT_THAT(week_summary(week), HasSubstr("none of them stopped, since Tidegate only watches"));
    EXPECT_THAT(week_advice(week), Contains(HasSubstr("mode = \"act\"")));
}

TEST(WeeklyLetter, EachRuleAsksOnlyWhereItsThresholdIsReached) {
    Week week = made_week();
    week.takeovers.clear();
    week.takeover_count = 0;
    week.standing->suspended_lists.clear();
    week.standing->servers[0].sessions = 799;
    week.total.refused = 9;
    EXPECT_THAT(week_advice(week), ElementsAre("Nothing: no rule of this report asks for anything."));

    const auto asks = [&](const auto& change, const std::string& words) {
        Week changed = week;
        change(changed);
        EXPECT_THAT(week_advice(changed), ElementsAre(HasSubstr(words)));
    };
    asks([](Week& w) { w.standing->servers[0].sessions = 800; }, "store1 (800 of 1,000 sessions)");
    asks([](Week& w) { w.standing->servers[0].state = "down"; }, "store1 (down)");
    asks([](Week& w) { w.standing->backed_up = {{"relay", 4210}}; }, "relay (4,210 messages wait)");
    asks([](Week& w) { w.standing->suspended_lists = {"zen", "own"}; }, "zen and own");
    asks([](Week& w) { w.takeover_count = 3; }, "3 accounts");
    asks([](Week& w) { w.incidents[0].state = IncidentState::quiet; }, "2026-11-25-1");
    asks([](Week& w) { w.total.stopped = 42'000; }, "10.6 % got through");
    asks([](Week& w) { w.total.refused = 73; }, "who was refused");
    asks([](Week& w) { w.coverage.unwatched = std::chrono::hours(2); }, "2 hours");
    asks([](Week& w) { w.coverage.lost = 1; }, "journal's disk");
    asks([](Week& w) { w.downs.push_back({.server = "Tidegate"}); }, "ended once");
    asks([](Week& w) { w.open_exceptions = 2; }, "2 exceptions by hand that let somebody in and never end");
}

TEST(WeeklyLetter, QueuesAreToldOfWhereTheyWereWatched) {
    Week week = made_week();
    EXPECT_THAT(letter_text(letter_of(week)),
                HasSubstr("Queue lists: never backed up; at most 12 messages waited"));
    EXPECT_THAT(
        week_json(week),
        HasSubstr(
            R"("queue":[{"name":"lists","most_waiting":12,"longest_wait_seconds":null,"backed_up_seconds":0},)"
            R"({"name":"relay","most_waiting":4210,"longest_wait_seconds":2460,"backed_up_seconds":5700}])"));
    week.queues.clear();
    EXPECT_THAT(letter_text(letter_of(week)), HasSubstr("Queue: not watched."));
    EXPECT_THAT(letter_text(letter_of(week)), Not(HasSubstr("Mail was late for")));
    EXPECT_THAT(week_json(week), HasSubstr(R"("queue":null)"));
}

TEST(WeeklyLetter, NamesAccountsOnlyWhereItIsToldTo) {
    const Week week = made_week();
    for (const std::string& form :
         {letter_text(letter_of(week)), letter_html(letter_of(week)), week_json(week)})
        for (const auto* const name : {"bob@", "eve@", "carol", "203.0.113.9"})
            EXPECT_THAT(form, Not(HasSubstr(name)));
    const LetterOptions names{.names = true};
    for (const std::string& form :
         {letter_text(letter_of(week, names)), letter_html(letter_of(week, names)), week_json(week, names)})
        for (const auto* const name : {"bob@example.org", "eve@example.org", "carol called", "203.0.113.9"})
            EXPECT_THAT(form, HasSubstr(name));
}

Week hostile_week() {
    Week week = made_week();
    week.provider = hostile_text;
    for (WeekTakeover& each : week.takeovers) each.account = hostile_text;
    week.deeds[0].author = week.deeds[0].subject = week.deeds[0].reason = hostile_text;
    week.deeds[1].subject = std::string(3000, 'A');
    week.downs[0].server = week.downs[0].why = hostile_text;
    week.incidents[0].title = week.incidents[0].targets[0].name = hostile_text;
    week.standing->suspended_lists = {hostile_text};
    week.coverage.notes = {hostile_text};
    week.evidence[0].kind = hostile_text;
    return week;
}

TEST(WeeklyLetter, HostileTextsAreNoMarkupAndNoControls) {
    const Letter letter = letter_of(hostile_week(), {.names = true});
    const std::string page = letter_html(letter);
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, Not(HasSubstr("alert(1)</")));
    EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"));
    for (const std::string& form : {page, letter_text(letter)}) {
        EXPECT_EQ(form, valid_utf8(form));
        EXPECT_THAT(form, Not(HasSubstr("\xe2\x80\xae")));
        EXPECT_TRUE(std::ranges::none_of(
            form, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f; }));
        EXPECT_THAT(form, Not(HasSubstr("\nBcc:")));
    }
}

TEST(WeeklyLetter, ThePageFetchesAndRunsNothing) {
    const std::string page = letter_html(letter_of(hostile_week()));
    for (const auto* const part :
         {"<script", "<img", "<link", "url(", "@import", "http:", "https:", " src=", " href="})
        EXPECT_THAT(page, Not(HasSubstr(part)));
    EXPECT_THAT(page, HasSubstr("default-src 'none'"));
}

TEST(WeeklyLetter, AnEmptyWeekIsReadable) {
    Week week;
    week.zone = Zone("UTC");
    week.called = "2026-W48";
    week.period = period_of(week.zone, *parse_week(week.called));
    week.days.resize(7);
    week.before.resize(4);
    const std::string text = letter_text(letter_of(week));
    EXPECT_THAT(text, HasSubstr("Nobody tried to log in"));
    EXPECT_THAT(text, HasSubstr("None: nothing was far from what is normal"));
    EXPECT_THAT(text, HasSubstr("Queue: not watched."));
    EXPECT_THAT(letter_html(letter_of(week)), HasSubstr("</html>"));
}

TEST(WeeklyLetter, WhatIsNotKnownOfIncidentsIsNotNone) {
    Week week = made_week();
    week.incidents.clear();
    week.coverage.incidents_unknown = true;
    const std::string text = letter_text(letter_of(week));
    EXPECT_THAT(text, Not(HasSubstr("None: nothing was far from what is normal")));
    EXPECT_THAT(text, HasSubstr("Not known: what was kept of them can't be read."));
}

TEST(WeeklyLetter, SaysWhatItDoesNotKnow) {
    Week week = made_week();
    week.watches_servers = false;
    week.coverage.gaps = {{at("2026-11-24T02:10:00Z"), at("2026-11-24T06:20:00Z")}};
    week.coverage.unwatched = std::chrono::minutes(250);
    week.coverage.lost = 812;
    week.coverage.damaged = 1;
    const std::string text = letter_text(letter_of(week), 10'000);
    EXPECT_THAT(text, HasSubstr("Servers: not watched."));
    EXPECT_THAT(text, HasSubstr("Not watched for 4.2 hours in all: Tue 24 Nov 03:10 to 07:20."));
    EXPECT_THAT(text, HasSubstr("812 entries of the journal are missing."));
    EXPECT_THAT(text, HasSubstr("1 batch of the journal could not be read"));
}

TEST(WeeklyLetter, ALongTimeHasAChartAndNoTableOfDays) {
    Week week = made_week();
    week.called.clear();
    week.days.resize(90, week.days.front());
    const Letter letter = letter_of(week);
    EXPECT_THAT(letter.sections[2].chart.days, SizeIs(90));
    EXPECT_THAT(letter.sections[2].tables, SizeIs(0));
    EXPECT_THAT(letter_html(letter), HasSubstr("</svg>"));
}

TEST(WeeklyLetter, IsJsonWithAllFigures) {
    const auto value = boost::json::parse(week_json(hostile_week(), {.names = true}));
    EXPECT_EQ(value.at("week").as_string(), "2026-W48");
    EXPECT_EQ(value.at("from").as_string(), "2026-11-23T00:00:00+01:00");
    EXPECT_EQ(value.at("total").at("hostile").as_int64(), 47'000);
    EXPECT_EQ(value.at("total").at("longest_wait_seconds").to_number<double>(), 840);
    EXPECT_THAT(value.at("days").as_array(), SizeIs(7));
    EXPECT_TRUE(value.at("before").at(3).is_null());
    EXPECT_EQ(value.at("takeovers").at("accounts").at(1).at("changed").as_bool(), true);
    EXPECT_EQ(value.at("incidents").at(0).at("cause").as_string(), "attack");
    EXPECT_TRUE(boost::json::parse(week_json(Week{})).at("week").is_null());
}

}  // namespace
}  // namespace tidegate::tell
