// What is kept is read as it was, whatever texts hold; what is not ours is refused.
#include "tell/cases/kept.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "made_book.h"
#include "tell/cases/post_mortem.h"

namespace tidegate::tell {
namespace {

using testing::HasSubstr;
using testing::Not;

MadeBook& full(MadeBook& it) {
    const std::string id = it.attack();
    it.pass(1min);
    static_cast<void>(it.book.note(id, {.time = it.now, .who = "ada", .text = "quote \" and \\ and \x01"}));
    static_cast<void>(it.book.add_check(id, "look"));
    static_cast<void>(it.book.tick_off(id, 1, "ada", it.now));
    static_cast<void>(it.book.owe(id, "authority", noon + 24h));
    static_cast<void>(it.book.count_support(
        id, {.time = it.now, .who = "ada", .calls = 7, .mean_seconds = 90.5, .longest_seconds = 600}));
    static_cast<void>(it.book.write_post_mortem(id, "# x", "ada", it.now));
    static_cast<void>(it.book.promise(id, noon + 5h, "ada", it.now));
    PublicWork plan;
    plan.title = "disks";
    plan.from = noon + 1h;
    plan.until = noon + 2h;
    static_cast<void>(it.book.announce(plan, "ada", it.now));
    return it;
}

TEST(Kept, IsReadAsItWas) {
    MadeBook it;
    const CaseState& state = full(it).book.state();
    const std::string text = case_state_text(state);
    EXPECT_EQ(read_case_state(text).value(), state);
    EXPECT_EQ(read_case_state(case_state_text({})).value(), CaseState{});
}

TEST(Kept, LaterFieldsAreIgnoredAndMissingOnesStayAsTheyBegin) {
    const auto state = read_case_state(
        R"({"version":1,"later":{},"cases":[{"id":"case-1","title":"x","colour":"blue"}],"work":[]})");
    ASSERT_TRUE(state);
    EXPECT_EQ(state->cases.at(0).title, "x");
    EXPECT_EQ(state->cases.at(0).state, PublicState::investigating);
}

TEST(Kept, WhatIsNotOursIsRefused) {
    for (const std::string_view text :
         {"", "[]", "{}", R"({"version":2})", R"({"version":0})", R"({"version":1,"cases":{}})",
          R"({"version":1,"cases":[{"id":7}]})", R"({"version":1,"cases":[{"opened":"yesterday"}]})",
          R"({"version":1,"cases":[{"state":"sleepy"}]})", R"({"version":1,"next_number":-1})",
          R"({"version":1,"cases":[{"updates":[{"stage":"published"}]}]})",
          R"({"version":1,"cases":[{"updates":[{"stage":"held","pending":["mail"]}]}]})",
          R"({"version":1,"cases":[{"updates":[{"next_in":-5}]}]})", R"({"version":1,"cases":[)"})
        EXPECT_FALSE(read_case_state(text)) << text;
    EXPECT_THAT(read_case_state(R"({"version":1,"cases":[{"id":7}]})").error().what, HasSubstr("cases: id"));
}

TEST(Kept, DaysOfServices) {
    using std::chrono::year_month_day;
    const std::vector<PublicService> services{
        {.name = "imap",
         .label = "IMAP",
         .now = ServiceState::slow,
         .days = {{.day = year_month_day(std::chrono::floor<std::chrono::days>(noon)),
                   .worst = ServiceState::down,
                   .minutes_hurt = 7,
                   .minutes_down = 3}}}};
    EXPECT_EQ(read_service_days(service_days_text(services)).value(), services);
    for (const std::string_view day : {"2026-02-30", "2026-2-3", "20260203", "", "2026-13-01"})
        EXPECT_FALSE(read_service_days(std::string(R"({"version":1,"services":[{"days":[{"day":")") +
                                       std::string(day) + R"("}]}]})"))
            << day;
}

TEST(Kept, HostileTextsStayTexts) {
    MadeBook it;
    const std::string id = it.attack();
    const std::string hostile = "</script><b>\xff\xc3\"\\\x1b[2J\xc2\x9b" + std::string(1, '\0') + "end";
    ASSERT_TRUE(it.book.publish(id, 0, {.text = hostile, .who = hostile}, it.now));
    const std::string json = public_record_json(it.page());
    EXPECT_NO_THROW(static_cast<void>(boost::json::parse(json)));
    EXPECT_THAT(json, Not(HasSubstr("\x1b")));
    const CaseState again = read_case_state(case_state_text(it.book.state())).value();
    EXPECT_EQ(case_state_text(again), case_state_text(it.book.state()));
}

TEST(PostMortem, IsDraftedFromTheRecord) {
    MadeBook it;
    full(it);
    Incident incident;
    incident.counts.hostile = 1234;
    incident.counts.stopped = 1200;
    for (int hour = 0; hour < 3; ++hour)
        for (const std::string volume : {"successes", "failures"})
            incident.hours.push_back({.start = noon + std::chrono::hours(hour),
                                      .series = {.volume = volume},
                                      .observed = 100.0 * (hour + 1),
                                      .expected = 90});
    incident.actions.push_back(
        {.time = noon, .kind = ActionKind::block, .who = "ada", .text = "a <b>block</b>", .before = {}});
    const std::string text = post_mortem_draft(it.one(), &incident, it.book.rules());
    for (const std::string_view each :
         {"# Many attempts", "1,234 hostile attempts", "## Hour by hour", "| Wed 5 Aug 12:00 | 100 | ",
          "## Calls to support\n\n7 calls.", "## What we said", "## What was done", "(to be written)"})
        EXPECT_THAT(text, HasSubstr(std::string(each)));
    EXPECT_THAT(text, Not(HasSubstr("<b>")));
    const std::string plot = post_mortem_plot(incident, Zone("UTC"));
    EXPECT_TRUE(plot.starts_with("<svg xmlns=")) << plot;
    EXPECT_TRUE(plot.ends_with("</svg>\n"));
    for (const std::string_view each :
         {">Log-ins by the hour</text>", ">normal log-ins</text>", ">12:00</text>", ">0</text>"})
        EXPECT_THAT(plot, HasSubstr(std::string(each)));
    EXPECT_EQ(post_mortem_plot(Incident{}, Zone("UTC")), "");
}

}  // namespace
}  // namespace tidegate::tell
