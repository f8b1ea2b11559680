#include "tell/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "stream.h"

namespace tidegate::tell {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

void expect_near_percent(double value, double expected, double percent) {
    EXPECT_NEAR(value, expected, expected * percent / 100);
}

TEST(Report, FindsTwoCampaignsWithTheirTruth) {
    Stream stream;
    stream.customers(monday, monday + 4 * days, 20'000);
    const std::int64_t first = monday + 2 * days + 3 * hours;
    const std::int64_t second = monday + 3 * days + 9 * hours;
    stream.attack(first, first + 20 * hours, 30'000, 0xf000'0000, 90);
    stream.attack(second, second + 40 * minutes, 6'000, 0xf800'0000, 60);
    const Report report = stream.report();

    ASSERT_EQ(report.campaigns.size(), 2U);
    const Campaign& slow = report.campaigns[0];
    EXPECT_NEAR(static_cast<double>(unix_seconds(slow.start)), static_cast<double>(first), 60);
    EXPECT_NEAR(static_cast<double>(unix_seconds(slow.end)), static_cast<double>(first + 20 * hours), 60);
    EXPECT_EQ(slow.attempts, 30'000U);
    EXPECT_EQ(slow.stopped, 27'000U);
    EXPECT_EQ(slow.unknown_account, 7'500U);
    EXPECT_EQ(slow.services[static_cast<std::size_t>(Service::imap)], 30'000U);
    expect_near_percent(slow.addresses, 30'000, 5);
    expect_near_percent(slow.networks, 3'750, 7);
    expect_near_percent(slow.accounts, 1'000, 7);
    ASSERT_FALSE(slow.evidence.empty());
    EXPECT_EQ(slow.evidence[0].kind, EvidenceKind::network_rate);

    const Campaign& quick = report.campaigns[1];
    EXPECT_EQ(quick.attempts, 6'000U);
    EXPECT_EQ(quick.stopped, 3'600U);
    EXPECT_EQ(unix_seconds(quick.start), second);
    EXPECT_EQ(report.totals.guesses, 36'000U);
    EXPECT_EQ(report.tidegate.guesses_stopped, 30'600U);
    EXPECT_EQ(report.baseline, Baseline::hour_of_day);
    EXPECT_EQ(report.refused_count, 0U);
    for (const Defence& peer : report.peers)
        EXPECT_EQ(peer.guesses_stopped, 0U) << peer.name << " sees one try an address";
    EXPECT_THAT(summary_text(report),
                StartsWith("2 attacks in 4 days, the largest with 30,000 attempts from about"));
}

TEST(Report, TheFirstLineOfAQuietLogSaysSo) {
    Stream stream;
    stream.customers(monday, monday + 4 * days, 5'000);
    for (int i = 0; i < 400; ++i)
        stream.failure(monday + i * 860, Address::v4(0xcb00'7100U + static_cast<std::uint32_t>(i % 200)),
                       "info@example.org");
    const Report report = stream.report();
    EXPECT_TRUE(report.campaigns.empty());
    expect_near_percent(report.background_a_day, 100, 3);
    EXPECT_THAT(summary_text(report), StartsWith("A quiet log: "));
    EXPECT_THAT(page_html(report, false), HasSubstr("<h1>A quiet log: "));
}

TEST(Report, ShortLogsAreJudgedWithoutABaseline) {
    Stream attacked;
    attacked.customers(monday, monday + 10 * minutes, 40'000);
    attacked.attack(monday, monday + 10 * minutes, 2'000);
    const Report report = attacked.report();
    ASSERT_EQ(report.campaigns.size(), 1U) << "the attack is all that the log holds";
    EXPECT_EQ(report.campaigns[0].attempts, 2'000U);
    EXPECT_EQ(report.baseline, Baseline::too_short);
    EXPECT_THAT(summary_text(report), HasSubstr("too short to know what is normal"));

    Stream calm;
    calm.customers(monday, monday + 10 * minutes, 40'000);
    for (int i = 0; i < 10; ++i)
        calm.failure(monday + i * minutes, Address::v4(0x0a00'0007), "customer0@example.org");
    EXPECT_TRUE(calm.report().campaigns.empty());
}

TEST(Report, FindsTheBurstInAnHour) {
    Stream stream;
    stream.customers(monday, monday + hours, 40'000);
    stream.attack(monday + 20 * minutes, monday + 30 * minutes, 3'000);
    const Report report = stream.report();
    ASSERT_EQ(report.campaigns.size(), 1U);
    EXPECT_EQ(report.campaigns[0].attempts, 3'000U);
    EXPECT_EQ(unix_seconds(report.campaigns[0].start), monday + 20 * minutes);
}

TEST(Report, FindsTheSlowAndNarrowAttack) {
    Stream stream;
    stream.customers(monday, monday + 3 * days, 1'000);
    for (int i = 0; i < 600; ++i)
        stream.failure(monday + days + i * minutes, Address::v4(0xcb00'7107), "info@example.org");
    const Report report = stream.report();
    ASSERT_EQ(report.campaigns.size(), 1U);
    EXPECT_EQ(report.campaigns[0].attempts, 600U);
    ASSERT_FALSE(report.campaigns[0].top_networks.empty());
    EXPECT_EQ(report.campaigns[0].top_networks[0].text, "203.0.113.0/24");
    EXPECT_EQ(report.campaigns[0].top_networks[0].attempts, 600U);
    EXPECT_THAT(summary_text(report, {.width = 200}),
                HasSubstr("100 % from 203.0.113.0/24, 100 % on info@example.org"));
}

TEST(Report, ADayThatIsAllAttackIsNoBackground) {
    Stream stream;
    stream.customers(monday, monday + days, 100'000);
    stream.attack(monday, monday + days, 150'000);
    const Report report = stream.report();
    ASSERT_EQ(report.campaigns.size(), 1U);
    EXPECT_EQ(report.campaigns[0].attempts, 150'000U);
}

TEST(Report, CountsSixAsOneClientBySixtyFour) {
    Stream stream;
    for (std::uint64_t i = 0; i < 500; ++i) {
        stream.failure(monday + static_cast<std::int64_t>(i) * 2,
                       Address::v6(0x2001'0db8'0007'0000 + i % 50, i), "info@example.org");
    }
    const Report report = stream.report();
    EXPECT_NEAR(report.addresses, 50, 3);
    ASSERT_EQ(report.networks.size(), 1U);
    EXPECT_EQ(report.networks[0].text, "2001:db8:7::/48");
    EXPECT_NEAR(report.networks[0].addresses, 50, 10);
    EXPECT_GT(report.peers[0].guesses_stopped, 0U) << "each /64 tries every hundred seconds";
}

TEST(Report, CountsTriesAsTheDesignSays) {
    Stream stream;
    const Address from = Address::v4(0xcb00'7107);
    for (int i = 0; i < 3; ++i) stream.failure(monday + i, from, "anna@example.org").event.guess = 77;
    Told& other = stream.failure(monday + 5, from, "anna@example.org");
    other.event.guess = 78;
    Stream::stop(other);
    Told& three = stream.failure(monday + 6, from, "otto@example.org");
    three.event.attempts = 3;
    Stream::stop(three);
    stream.failure(monday + 7, from, "otto@example.org", Reason::internal).event.attempts = 40;
    stream.failure(monday + 8, from, "otto@example.org", Reason::tls);
    const Report report = stream.report();
    EXPECT_EQ(report.totals.attempts, 48U);
    EXPECT_EQ(report.totals.guesses, 5U) << "one of 77, one of 78, three unknown ones";
    EXPECT_EQ(report.tidegate.guesses_stopped, 4U);
    EXPECT_EQ(report.totals.internal, 40U);
    EXPECT_EQ(report.totals.unchecked, 1U);
}

TEST(Report, TellsOfRefusedCustomersAndTakeovers) {
    Stream stream;
    const Address from = Address::v4(0xc633'6409);
    Stream::stop(stream.login(monday, from, "anna@example.org"));
    Stream::stop(stream.login(monday + 60, from, "anna@example.org"));
    Stream::stop(stream.login(monday + 100, from, "otto@example.org"));
    stream.login(monday + 105, from, "otto@example.org");
    Told& taken = stream.login(monday + 200, from, "berta@example.org");
    taken.verdict.suspected_takeover = true;
    const Report report = stream.report();
    EXPECT_EQ(report.logins, 3U);
    EXPECT_EQ(report.refused_count, 1U) << "Otto got in after five seconds";
    ASSERT_EQ(report.refused.size(), 1U);
    EXPECT_EQ(report.refused[0].account.name, "anna@example.org");
    EXPECT_EQ(report.refused[0].address, "198.51.100.9");
    ASSERT_EQ(report.refused[0].reasons.size(), 2U);
    EXPECT_EQ(report.refused[0].reasons[0].kind, EvidenceKind::network_rate);
    EXPECT_EQ(report.takeover_count, 2U);
    ASSERT_EQ(report.takeovers.size(), 2U);
    EXPECT_EQ(report.takeovers[1].account.name, "berta@example.org");
    const std::string text = summary_text(report);
    EXPECT_THAT(text, HasSubstr("Customers who would have been refused: 1"));
    EXPECT_THAT(text, HasSubstr("anna@example.org from 198.51.100.9"));
}

TEST(Report, FamiliarFailuresAreNotHostile) {
    Stream stream;
    for (int i = 0; i < 200; ++i)
        stream.failure(monday + i * 5, Address::v4(0xcb00'7107), "anna@example.org").verdict.familiar = true;
    const Report report = stream.report();
    EXPECT_TRUE(report.campaigns.empty()) << "a phone with an old password";
    EXPECT_EQ(report.totals.hostile, 0U);
    EXPECT_EQ(report.totals.familiar_failures, 200U);
}

TEST(Report, CountsDaysByItsClock) {
    Stream stream;
    for (std::uint32_t i = 0; i < 100; ++i)
        stream.login(monday + i, Address::v4(0x0a00'0000 + i), "a@example.org");
    for (std::uint32_t i = 0; i < 300; ++i)
        stream.failure(monday + days + i, Address::v4(0x0a00'0000 + i), "b@example.org");
    const Report report = stream.report();
    ASSERT_EQ(report.days.size(), 2U);
    EXPECT_EQ(report.days[0].date, "2024-03-11");
    expect_near_percent(report.days[0].addresses, 100, 3);
    expect_near_percent(report.days[1].addresses, 300, 3);
    expect_near_percent(report.days[1].hostile_addresses, 300, 3);
    expect_near_percent(report.addresses, 300, 3);
    EXPECT_EQ(report.days[1].hostile, 300U);
}

TEST(Report, OneLineWithAWrongYearSpoilsNothing) {
    Stream stream;
    stream.login(1'000'000, Address::v4(0x0a00'0001), "a@example.org");
    stream.customers(monday, monday + hours, 40'000);
    stream.attack(monday + 20 * minutes, monday + 30 * minutes, 3'000);
    stream.login(2'114'380'800, Address::v4(0x0a00'0001), "a@example.org");
    const Report report = stream.report();
    ASSERT_EQ(report.campaigns.size(), 1U);
    EXPECT_EQ(unix_seconds(report.campaigns[0].start), monday + 20 * minutes);
    EXPECT_LE(report.bins.size(), 61U);
    EXPECT_FALSE(report.notes.empty());
}

TEST(Report, AClockThatJumpsSpoilsNothing) {
    Tally tally({.zone = "UTC", .as_name = {}});
    Event event;
    const auto tell = [&](std::int64_t at, std::uint32_t from, Outcome outcome) {
        event.time = time_of_unix(at);
        event.address = Address::v4(0xf000'0000 + from);
        event.outcome = outcome;
        tally.add(event, Verdict{});
    };
    for (std::uint32_t i = 0; i < 4 * 1440; ++i) {
        const std::int64_t at = monday + i * minutes;
        if (i == 100) tell(2'114'380'800, 1, Outcome::success);  // 2037
        if (i == 200) tell(1'000'000, 1, Outcome::success);      // 1970
        tell(at, i % 500, Outcome::success);
        for (std::uint32_t k = 0; i >= 2880 && i < 2940 && k < 60; ++k)
            tell(at + k, 1000 + k * 60 + i, Outcome::failure);
    }
    const Report report = tally.finish({});
    ASSERT_EQ(report.campaigns.size(), 1U);
    EXPECT_EQ(unix_seconds(report.campaigns[0].start), monday + 2 * days);
    EXPECT_EQ(report.campaigns[0].attempts, 3'600U);
    ASSERT_EQ(report.days.size(), 6U);
    for (std::size_t day = 1; day < 5; ++day)
        EXPECT_NEAR(static_cast<double>(report.days[day].logins), 1'440, 2);
    expect_near_percent(report.days[1].addresses, 500, 3);
    EXPECT_EQ(report.bins.size(), 180U);
}

TEST(Report, OfNothingIsAReport) {
    Stream stream;
    ReadFacts read;
    read.lines = 12;
    const Report report = stream.report(read);
    EXPECT_THAT(summary_text(report), StartsWith("No log-in attempts in 12 lines."));
    EXPECT_TRUE(boost::json::parse(summary_json(report, true)).is_object());
    EXPECT_THAT(page_html(report, true), HasSubstr("No log-in attempts in 12 lines."));
}

TEST(Report, IsTheSameTwice) {
    const auto page = [] {
        Stream stream;
        stream.customers(monday, monday + 2 * hours, 40'000);
        stream.attack(monday + 20 * minutes, monday + 30 * minutes, 3'000);
        const Report report = stream.report();
        return page_html(report, false) + summary_json(report, false);
    };
    EXPECT_EQ(page(), page());
}

TEST(Report, MemoryStaysBoundedOverMillionsOfAddressesAndAccounts) {
    Tally tally({.zone = "UTC", .as_name = {}});
    std::string account;
    Event event;
    event.outcome = Outcome::failure;
    for (std::uint32_t i = 0; i < 1'000'000; ++i) {
        account = std::to_string(i) + "@example.org";
        event.account = account;
        event.time = time_of_unix(monday + i / 10);
        event.address = Address::v4(0xf000'0000 + i * 16);
        tally.add(event, Verdict{});
    }
    const Report report = tally.finish({});
    EXPECT_EQ(report.totals.guesses, 1'000'000U);
    expect_near_percent(report.addresses, 1'000'000, 3);
    EXPECT_FALSE(report.notes.empty()) << "says that tables were full";
    for (const auto& target : report.targets) EXPECT_LE(target.at_least, 1U) << "none came twice";
}

}  // namespace
}  // namespace tidegate::tell
