#include "app/serve/alerting.h"

#include <gtest/gtest.h>

#include <vector>

namespace tidegate::app {
namespace {

using tell::AlertKind;
using tell::Thing;

constexpr Time noon = time_of_unix(1'785'931'200);

std::optional<tell::Alert> alert(Thing thing, std::vector<tell::Field> fields) {
    return alert_of(thing, fields, noon);
}

TEST(Alerting, WhatIsWorthAnAlert) {
    struct Case {
        Thing thing;
        std::vector<tell::Field> fields;
        AlertKind kind;
        std::string_view about;
        bool over;
    };
    const Case cases[] = {
        {Thing::alarm,
         {{"series", "failures at imap"}, {"state", "open"}, {"text", "812 instead of 41"}},
         AlertKind::anomaly,
         "failures at imap",
         false},
        {Thing::alarm,
         {{"series", "failures at imap"}, {"state", "over"}, {"text", "as usual again"}},
         AlertKind::anomaly,
         "failures at imap",
         true},
        {Thing::takeover_suspected,
         {{"account", "bob@example.org"}, {"address", "192.0.2.7"}, {"sum", 31.5}},
         AlertKind::takeover,
         "bob@example.org",
         false},
        {Thing::list_suspended,
         {{"list", "zen"}, {"why", "refused"}},
         AlertKind::list_suspended,
         "zen",
         false},
        {Thing::list_back, {{"list", "zen"}, {"why", ""}}, AlertKind::list_suspended, "zen", true},
        {Thing::firewall_trouble,
         {{"state", "trouble"}, {"error", "no right"}},
         AlertKind::ban_failed,
         "firewall",
         false},
        {Thing::firewall_trouble,
         {{"state", "full"}, {"count", std::int64_t{7}}},
         AlertKind::ban_failed,
         "room",
         false},
        {Thing::incident_opened,
         {{"id", "2026-08-05-1"}, {"again", "no"}, {"since", "2026-08-05T12:00:00Z"}, {"title", "Guessing"}},
         AlertKind::incident,
         "2026-08-05-1",
         false},
        {Thing::incident_closed,
         {{"id", "2026-08-05-1"}, {"author", "ada"}, {"title", "Guessing"}},
         AlertKind::incident,
         "2026-08-05-1",
         true},
        {Thing::firewall_well, {{"state", "well"}}, AlertKind::ban_failed, "firewall", true},
        {Thing::journal_trouble,
         {{"state", "full"}, {"error", "no space"}},
         AlertKind::disk_full,
         "journal",
         false},
        {Thing::journal_well, {{"lost", std::int64_t{3}}}, AlertKind::disk_full, "journal", true},
        {Thing::log_trouble,
         {{"source", "/var/log/mail.log"}, {"error", "no right"}},
         AlertKind::log_trouble,
         "/var/log/mail.log",
         false},
        {Thing::server_out,
         {{"server", "store1"}, {"state", "down"}, {"why", "Connection refused"}, {"author", ""}},
         AlertKind::server_down,
         "store1",
         false},
        {Thing::server_out,
         {{"server", "store1"}, {"state", "quarantined"}, {"why", "lies"}, {"author", "alice"}},
         AlertKind::server_down,
         "store1",
         false},
        {Thing::server_changed,
         {{"server", "store1"}, {"state", "slow start"}, {"why", ""}, {"author", ""}},
         AlertKind::server_down,
         "store1",
         true},
        {Thing::queue_backed_up,
         {{"queue", "relay"},
          {"late", std::int64_t{4000}},
          {"usual", "3.5"},
          {"waiting", std::int64_t{4210}}},
         AlertKind::queue,
         "relay",
         false},
        {Thing::queue_well, {{"queue", "relay"}, {"late", std::int64_t{2}}}, AlertKind::queue, "relay", true},
        {Thing::queue_unread,
         {{"queue", "relay"}, {"error", "hangs"}},
         AlertKind::queue_unread,
         "relay",
         false},
        {Thing::queue_read, {{"queue", "relay"}}, AlertKind::queue_unread, "relay", true},
    };
    for (const Case& each : cases) {
        const auto found = alert(each.thing, each.fields);
        ASSERT_TRUE(found) << tell::row_of(each.thing).name;
        EXPECT_EQ(found->kind, each.kind);
        EXPECT_EQ(found->about, each.about);
        EXPECT_EQ(found->over, each.over) << each.about;
        EXPECT_EQ(found->since, noon);
        EXPECT_FALSE(found->subject.empty());
        EXPECT_FALSE(found->todo.empty());
    }
}

TEST(Alerting, AQueueIsToldOfWithItsFigures) {
    const auto found = alert(Thing::queue_backed_up, {{"queue", "relay"},
                                                      {"late", std::int64_t{4000}},
                                                      {"usual", "3.5"},
                                                      {"waiting", std::int64_t{4210}},
                                                      {"oldest", "11 minutes"},
                                                      {"domains", "example.org (4000)"}});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->severity, tell::Severity::warning);
    EXPECT_EQ(found->subject, "the queue relay is backed up");
    EXPECT_EQ(
        found->text,
        "4000 messages are late, where 3.5 usually are; 4210 wait in all, the oldest for 11 minutes. Most of "
        "them for example.org (4000).");
    EXPECT_EQ(alert(Thing::queue_unread, {{"queue", "relay"}, {"error", "hangs"}})->severity,
              tell::Severity::notice);
}

TEST(Alerting, ACaseIsOneWhereServicesOpenedItAlone) {
    const auto opened = [](const char* id, const char* author) {
        return alert(Thing::case_opened, {{"id", id}, {"author", author}, {"title", "IMAP: disturbed"}});
    };
    const auto of_services = opened("case-7", "Tidegate");
    ASSERT_TRUE(of_services);
    EXPECT_EQ(of_services->kind, AlertKind::incident);
    EXPECT_EQ(of_services->about, "case-7");
    EXPECT_EQ(of_services->subject, "case case-7: IMAP: disturbed");
    EXPECT_FALSE(of_services->lasts);
    EXPECT_FALSE(opened("2026-08-05-1", "Tidegate")) << "the incident has one";
    EXPECT_FALSE(opened("case-7", "ada")) << "she knows";
}

TEST(Alerting, WhatIsNot) {
    EXPECT_FALSE(alert(Thing::refused, {{"account", "bob@example.org"}}));
    EXPECT_FALSE(alert(Thing::started, {}));
    EXPECT_TRUE(alert(Thing::log_followed, {{"source", "/var/log/mail.log"}, {"position", "its end"}})->over);
    EXPECT_FALSE(alert(Thing::journal_trouble, {{"state", "damaged"}, {"error", "of long ago"}}));
    EXPECT_FALSE(alert(Thing::firewall_changed, {{"state", "spared"}, {"address", "192.0.2.7"}}));
}

TEST(Alerting, ATakeoversNameStandsWhereItCanBeLeftOut) {
    const auto found =
        alert(Thing::takeover_suspected, {{"account", "bob@example.org"}, {"address", "192.0.2.7"}});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->account, "bob@example.org");
    for (const std::string* text : {&found->subject, &found->text, &found->todo}) {
        EXPECT_EQ(text->find("bob"), std::string::npos) << *text;
        EXPECT_NE(text->find("{account}"), std::string::npos) << *text;
    }
}

TEST(Alerting, WhatAClientWroteEndsNoLine) {
    const auto found = alert(Thing::takeover_suspected,
                             {{"account", "eve\r\nBcc: all@example.org"}, {"address", "192.0.2.7"}});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->account.find('\n'), std::string::npos);
    EXPECT_EQ(found->about.find('\r'), std::string::npos);
}

}  // namespace
}  // namespace tidegate::app
