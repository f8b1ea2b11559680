#include "tell/incident/forms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <string>

#include "history.h"
#include "tell/incident/markdown_text.h"
#include "tell/incident/story.h"

namespace tidegate::tell {
namespace {

using testing::HasSubstr;
using testing::Not;

const IncidentFormOptions with_names{.zone = Zone("UTC"), .names = true};
const IncidentFormOptions without_names{};

constexpr std::string_view hostile_name =
    "</td><script>alert(1)</script>|`x`](http://evil.example.com) **b** \x1b[2J\u202e\xff\n# big@example.org";

/// Everything an incident can hold, to the second and with few digits, so that JSON gives it back.
Incident full() {  // NOLINT(readability-function-size): a list
    Incident incident;
    incident.id = "2024-03-11-1";
    incident.state = IncidentState::closed;
    incident.began = at(12 * hour);
    incident.opened = at(12 * hour + 40);
    incident.closed = at(13 * hour);
    incident.title = "Guessing at customers' passwords";
    incident.alarms = 2;
    incident.alarmed = {{"failures", Service::imap}, {"new addresses", Service::unknown}};
    incident.timeline = {{.time = at(12 * hour + 40),
                          .kind = EntryKind::seen,
                          .who = "Tidegate",
                          .text = "failures rose",
                          .series = SeriesName{"failures", Service::imap},
                          .figures = {{"observed", 812, "a minute"}},
                          .account = {"shop@example.org", "account 3f2a91"}},
                         {.time = at(12 * hour + 50),
                          .kind = EntryKind::said,
                          .who = "Support",
                          .text = "shop@example.org called"}};
    incident.hours = {{.start = at(12 * hour),
                       .series = {"attempts", Service::unknown},
                       .observed = 8460,
                       .expected = 3600,
                       .standard_error = 36,
                       .customers = 3610,
                       .customers_error = 12,
                       .watched = 0.9,
                       .flagged = true}};
    incident.campaigns = {{.first = at(12 * hour),
                           .last = at(13 * hour),
                           .attempts = 5000,
                           .stopped = 4900,
                           .unknown_accounts = 100,
                           .addresses = 3000,
                           .networks = 900,
                           .accounts = 200,
                           .services = {{Service::imap, 4000}, {Service::pop3, 1000}}}};
    incident.counts = {.attempts = 8000,
                       .hostile = 5000,
                       .stopped = 4900,
                       .reached_database = 100,
                       .logins = 2900,
                       .addresses = 3000,
                       .accounts = 200,
                       .error = 0.023,
                       .refused = 3,
                       .refused_familiar = 1,
                       .let_in_later = 2,
                       .longest_wait_seconds = 75,
                       .faults = 40,
                       .faults_by_restart = 38,
                       .customers_with_faults = 30,
                       .suspected_takeovers = 1};
    incident.targets = {{.kind = TargetKind::account,
                         .account = {"shop@example.org", "account 3f2a91"},
                         .share = 0.5,
                         .share_low = 0.48,
                         .share_high = 0.52,
                         .normal_share = 0.001,
                         .confidence = 0.9999},
                        {.kind = TargetKind::domain, .name = "example.net", .share = 0.3}};
    incident.cause = {{0.98, 0.015, 0.005}, {{"many addresses came", {6, 0, 0}}}};
    EffectWindow window{.minutes = 5,
                        .attempts_a_minute = 140,
                        .hostile_a_minute = 83.5,
                        .stopped_share = 0.98,
                        .reached_database_a_minute = 1.67,
                        .logins_a_minute = 48,
                        .served_share = 0.999,
                        .faults_a_minute = 0.5};
    window.latency[static_cast<std::size_t>(Hop::database)] = 41.5;
    incident.actions = {{.time = at(12 * hour + 60),
                         .kind = ActionKind::block,
                         .who = "Operator",
                         .text = "the worst networks",
                         .times = 4,
                         .before = window,
                         .after_5 = window,
                         .others = 1}};
    incident.restarts = {{.down = at(12 * hour + 90),
                          .up = at(12 * hour + 180),
                          .node = "mx1",
                          .faults = 38,
                          .customers = 30}};
    incident.notes = {"3 actions did not fit"};
    return incident;
}

// ---- JSON

TEST(IncidentJson, GivesBackWhatWasWritten) {
    const Incident incident = full();
    const auto read = parse_incident_json(incident_json(incident, with_names));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, incident);
}

TEST(IncidentJson, GivesBackWhatWasWrittenInAnotherZone) {
    const auto read =
        parse_incident_json(incident_json(full(), {.zone = Zone("Europe/Oslo"), .names = true}));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, full());
}

TEST(IncidentJson, HasNoNamesUnlessAsked) {
    const std::string text = incident_json(full(), without_names);
    EXPECT_THAT(text, Not(HasSubstr("shop")));
    EXPECT_THAT(text, HasSubstr("account 3f2a91"));
    EXPECT_THAT(text, HasSubstr("account 3f2a91 called"));
    EXPECT_TRUE(parse_incident_json(text));
}

TEST(IncidentJson, SaysTheHoursPercentage) {
    const boost::json::value root = boost::json::parse(incident_json(full()));
    const auto& hour = root.at("hours").at(0);
    EXPECT_DOUBLE_EQ(hour.at("percent_above").to_number<double>(), 135);
    EXPECT_DOUBLE_EQ(hour.at("percent_error").to_number<double>(), 2.35);
    EXPECT_EQ(hour.at("service"), "all");
    EXPECT_EQ(root.at("closed"), "2024-03-11T13:00:00Z");
    EXPECT_TRUE(root.at("actions").at(0).at("after_15").is_null());
}

TEST(IncidentJson, HostileTextIsValidJson) {
    Incident incident = full();
    incident.targets[0].account.name = hostile_name;
    incident.timeline[0].text = hostile_name;
    incident.restarts[0].node = hostile_name;
    const auto read = parse_incident_json(incident_json(incident, with_names));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_THAT(read->targets[0].account.name, HasSubstr("<script>"));
    EXPECT_THAT(read->targets[0].account.name, Not(HasSubstr("\xff")));
}

TEST(IncidentJson, WhatDoesNotFitIsAnErrorThatSaysWhere) {
    const auto wrong = [](std::string_view text) {
        const auto read = parse_incident_json(text);
        return read ? std::string("read") : read.error().what;
    };
    EXPECT_THAT(wrong(""), HasSubstr("not JSON"));
    EXPECT_THAT(wrong("{"), HasSubstr("not JSON"));
    EXPECT_THAT(wrong("[]"), HasSubstr("is not an object"));
    EXPECT_EQ(wrong("{}"), "it has no id");
    EXPECT_EQ(wrong(R"({"id":7})"), "id is not a text");
    EXPECT_EQ(wrong(R"({"id":"x","hours":[{},{"start":"noon"}]})"),
              "hours[1].start is not a time (RFC 3339)");
    EXPECT_EQ(wrong(R"({"id":"x","state":"ajar"})"), "state is not open, quiet, closed");
    EXPECT_EQ(wrong(R"({"id":"x","counts":{"stopped":-1}})"), "counts.stopped is not a count");
    EXPECT_EQ(wrong(R"({"id":"x","alarms":5000000000})"), "alarms is not a smaller count");
    EXPECT_EQ(wrong(R"({"id":"x","timeline":{}})"), "timeline is not a list");
    EXPECT_EQ(wrong(R"({"id":"x","of_later":[1],"closed":null})"), "read");
    EXPECT_THAT(wrong(std::string(5000, '[')), HasSubstr("not JSON"));
}

// ---- Markdown

TEST(IncidentMarkdown, HasEveryPart) {
    const std::string text = incident_markdown(full(), with_names);
    for (const char* part :
         {"# Guessing at customers' passwords\n", "Incident 2024-03-11-1, closed.",
          "| Noticed | Mon 11 Mar 12:00 (40 seconds later) |", "| Over | Mon 11 Mar 13:00 (after 1 hour) |",
          "5,000 hostile attempts over IMAP and POP3 came from about 3,000 addresses",
          "aimed at the account `shop@example.org`, with 50.0 % of the hostile attempts",
          ("| Mon 11 Mar 12:00 (90.0 % watched) | 8,460 | 3,600 ± 36 | +135 % ± 2 | +134 % ± 0.8 | - | - | - "
           "|"),
          "refused: 3, of these 1 from a place", "came again: 2, the last after 75 seconds",
          "40 attempts of about 30 accounts; 38 of these were caused by restarts",
          "takeovers of accounts: 1.", "block: the worst networks (and 3 more like it) † |",
          "† Other actions lie within", "83.5 → 83.5 → -", "41.5 ms → 41.5 ms → -",
          "| `mx1` | Mon 11 Mar 12:01 | Mon 11 Mar 12:03 | 38 | 30 |",
          "An attack 98.0 %, a fault of our own 1.5 %, trouble outside 0.5 %.",
          "| many addresses came | +6.0 dB | +0.0 dB | +0.0 dB |", "* 3 actions did not fit"})
        EXPECT_THAT(text, HasSubstr(part));
}

TEST(IncidentMarkdown, HasNoNamesUnlessAsked) {
    const std::string text = incident_markdown(full());
    EXPECT_THAT(text, Not(HasSubstr("shop")));
    EXPECT_THAT(text, HasSubstr("aimed at the account 3f2a91"));
    EXPECT_THAT(text, HasSubstr("| account 3f2a91 called |"));
}

TEST(IncidentMarkdown, EveryRowHasItsCellsWhateverIsWritten) {
    Incident incident = full();
    incident.title = incident.id = hostile_name;
    incident.timeline[0].text = incident.timeline[0].who = incident.timeline[0].account.name = hostile_name;
    incident.targets[0].account.name = incident.targets[1].name = hostile_name;
    incident.actions[0].text = incident.actions[0].who = hostile_name;
    incident.restarts[0].node = incident.notes[0] = incident.cause.reasons[0].text = hostile_name;
    const std::string hostile = incident_markdown(incident, with_names),
                      tame = incident_markdown(full(), with_names);
    const auto bars = [](const std::string& text) { return std::ranges::count(text, '|'); };
    EXPECT_EQ(bars(hostile), bars(tame));
    EXPECT_EQ(std::ranges::count(hostile, '\n'), std::ranges::count(tame, '\n'));
    for (const char* harm : {"<", "`x`", "](", "**", "://", "\x1b", "\u202e", "\xff"})
        EXPECT_THAT(hostile, Not(HasSubstr(harm))) << harm;
}

TEST(IncidentMarkdown, AnEmptyIncidentIsStillARecord) {
    EXPECT_THAT(incident_markdown({}), HasSubstr("No whole hour was watched yet"));
}

TEST(IncidentMarkdown, AnUnsureExpectationGivesNoPercentage) {
    Incident incident = full();
    incident.hours[0].standard_error = 3000;
    EXPECT_THAT(incident_markdown(incident), HasSubstr("| 3,600 ± 3,000 | not known |"));
}

TEST(AboveNormal, HasASignAndNoNegativeNothing) {
    EXPECT_EQ(above_normal(307.6, 3.7), "+308 % ± 4");
    EXPECT_EQ(above_normal(-0.3, 0.4), "+0 % ± 0.4");
    EXPECT_EQ(above_normal(-12.4, 2), "-12 % ± 2");
}

TEST(MarkdownText, ComesOutAsText) {
    EXPECT_EQ(markdown_text("plain words, 5 % (so)."), "plain words, 5 % (so).");
    EXPECT_EQ(markdown_text("a|b"), "a&#124;b");
    EXPECT_EQ(markdown_text("\\|"), "&#92;&#124;");
    EXPECT_EQ(markdown_text("a\nb\r\tc"), "a b  c");
    EXPECT_EQ(markdown_text("see https://x.example.com"), "see https&#58;//x.example.com");
    EXPECT_EQ(markdown_text("www.example.com"), "www&#46;example.com");
    EXPECT_EQ(markdown_text("&lt;"), "&#38;lt;");
    EXPECT_EQ(markdown_name("shop@example.org"), "`shop@example.org`");
    EXPECT_EQ(markdown_name("a`b"), "a&#96;b");
    EXPECT_EQ(markdown_name(""), "");
}

}  // namespace
}  // namespace tidegate::tell
