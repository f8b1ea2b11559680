#include "edge/admission/silence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "moments.h"

namespace tidegate::edge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto doubtful = ClientClass::doubtful;

// Floods are of 20 connections in ten seconds here, whatever the pressure.
SilenceRules rules() {
    return {.flood_calm = 20, .flood_full = 20};
}

class Quiet {
public:
    explicit Quiet(const SilenceRules& with = rules()) : silence(with, log) {}

    /// How many of so many connections are answered, the first at `when`, one every 10 ms.
    int answered(double when, int connections, const char* from = "198.51.100.7",
                 ClientClass which = doubtful, double pressure = 0) {
        int count = 0;
        for (int i = 0; i < connections; ++i)
            count += silence.answers(at(when + 0.01 * i), *Address::parse(from), which, pressure) ? 1 : 0;
        return count;
    }
    std::vector<SilenceOrder> orders() {
        std::vector<SilenceOrder> out;
        silence.drain(out);
        return out;
    }
    [[nodiscard]] double silent_for(double when, const char* who = "198.51.100.7") const {
        return seconds_of(silence.silent_until(at(when), *Address::parse(who)) - at(when));
    }
    std::vector<LimitReason> reasons() {
        std::vector<LimitChange> changes;
        log.drain(changes);
        std::vector<LimitReason> out;
        for (const LimitChange& each : changes) out.push_back(each.reason);
        return out;
    }

    LimitLog log;
    Silence silence;
};

TEST(Silence, AFloodIsNotAnsweredAnyMore) {
    Quiet quiet;
    EXPECT_EQ(quiet.answered(0, 100), 19);
    EXPECT_THAT(quiet.orders(), ElementsAre(SilenceOrder{*Prefix::parse("198.51.100.0/24"),
                                                         at(0.19) + std::chrono::seconds(30)}));
    EXPECT_EQ(quiet.answered(1, 1, "198.51.100.200"), 0) << "the whole network";
    EXPECT_EQ(quiet.answered(1, 1, "198.51.101.7"), 1) << "and no other";
    EXPECT_NEAR(quiet.silent_for(2), 28.19, 0.001);
    EXPECT_THAT(quiet.orders(), IsEmpty());
}

TEST(Silence, WorksForIpv6) {
    Quiet quiet;
    EXPECT_EQ(quiet.answered(0, 30, "2001:db8:7:1::1"), 19);
    EXPECT_EQ(quiet.answered(1, 1, "2001:db8:7:ffff::2"), 0);
    EXPECT_EQ(quiet.answered(1, 1, "2001:db8:8::2"), 1);
    const auto orders = quiet.orders();
    ASSERT_EQ(orders.size(), 1U);
    EXPECT_EQ(orders[0].network.text(), "2001:db8:7::/48");
}

struct WhoCase {
    ClientClass which;
    int answered;  // of 100
};

TEST(Silence, OnlyTheDoubtfulAndListedFlood) {
    for (const auto& [which, expected] : {WhoCase{ClientClass::familiar, 100},
                                          {ClientClass::known_sender, 100},
                                          {ClientClass::fresh, 100},
                                          {ClientClass::doubtful, 19},
                                          {ClientClass::listed, 19}}) {
        Quiet quiet;
        EXPECT_EQ(quiet.answered(0, 100, "198.51.100.7", which), expected) << name(which);
    }
}

TEST(Silence, SlowOnesAreNoFlood) {
    Quiet quiet;
    for (int i = 0; i < 1000; ++i) EXPECT_EQ(quiet.answered(i, 1), 1);  // ten in ten seconds
    EXPECT_THAT(quiet.orders(), IsEmpty());
}

TEST(Silence, PressureMakesItStricter) {
    for (const auto& [pressure, expected] : {std::pair{0.0, 199}, {0.5, 54}, {1.0, 14}}) {
        Quiet quiet(SilenceRules{});
        EXPECT_EQ(quiet.answered(0, 300, "198.51.100.7", doubtful, pressure), expected);
    }
}

TEST(Silence, EachPeriodIsTwiceAsLongUpToTheBound) {
    Quiet quiet;
    EXPECT_EQ(quiet.answered(0, 30), 19);
    double when = 0.19;
    double period = 30;
    for (int i = 0; i < 10; ++i) {
        const auto orders = quiet.orders();
        ASSERT_EQ(orders.size(), 1U);
        EXPECT_NEAR(seconds_of(orders[0].until - at(when)), period, 1e-6);
        when += period;
        EXPECT_EQ(quiet.answered(when - 0.1, 9), 0) << "until the very end";
        EXPECT_EQ(quiet.answered(when, 10), 3) << "a few are answered, to see";
        when += 0.03;
        period = std::min(2 * period, 3600.0);
    }
    EXPECT_EQ(period, 3600);
    EXPECT_EQ(quiet.reasons().back(), LimitReason::persistent);
}

TEST(Silence, WhoGaveUpIsWatchedAgain) {
    Quiet quiet;
    quiet.answered(0, 30);
    EXPECT_EQ(quiet.answered(31, 3), 3);
    EXPECT_EQ(quiet.answered(42, 19), 19) << "the probe is over";
    EXPECT_EQ(quiet.silent_for(43), 0);
    // Who starts again has not been forgiven yet.
    EXPECT_EQ(quiet.answered(43, 30), 0) << "the twentieth within ten seconds";
    EXPECT_NEAR(quiet.silent_for(43), 60, 0.01);
}

TEST(Silence, QuietIsForgiven) {
    Quiet quiet;
    quiet.answered(0, 30);   // 30 s
    quiet.answered(31, 30);  // 60 s, until about 91
    EXPECT_EQ(quiet.answered(91 + 60 + 30 + 5, 100), 19) << "quiet for as long as both periods together";
    EXPECT_NEAR(quiet.silent_for(186.19), 30, 0.01);
    Quiet sooner;
    sooner.answered(0, 30);
    sooner.answered(31, 30);
    EXPECT_EQ(sooner.answered(91 + 65, 100), 19) << "for as long as the last one";
    EXPECT_NEAR(sooner.silent_for(156.19), 60, 0.01);
}

TEST(Silence, FreshClientsOfASilentNetworkWaitToo) {
    Quiet quiet;
    quiet.answered(0, 30);
    EXPECT_EQ(quiet.answered(1, 1, "198.51.100.9", ClientClass::fresh), 0);
    EXPECT_EQ(quiet.answered(31, 100, "198.51.100.9", ClientClass::known_sender), 100);
    EXPECT_EQ(quiet.answered(33, 10, "198.51.100.9", ClientClass::fresh), 3) << "in a probe everybody counts";
}

TEST(Silence, WhoWasSentElsewhereCountsLittleAndIsSilencedIfItGoesOn) {
    const auto silenced_after = [](ClientClass which) {
        Quiet quiet;
        for (int i = 0; i < 1000; ++i) {
            quiet.silence.sent_elsewhere(at(0.001 * i), *Address::parse("198.51.100.7"), which, 0);
            if (quiet.silent_for(1) > 0) return i + 1;
        }
        return 0;
    };
    EXPECT_EQ(silenced_after(ClientClass::fresh), 20 + 8);
    EXPECT_EQ(silenced_after(ClientClass::known_sender), 20 + 8);
    EXPECT_EQ(silenced_after(ClientClass::doubtful), 20) << "it is bad for other reasons";
    EXPECT_EQ(silenced_after(ClientClass::listed), 20);
    Quiet quiet;
    quiet.silence.familiar(at(0), *Address::parse("198.51.100.7"));
    for (int i = 0; i < 1000; ++i)
        quiet.silence.sent_elsewhere(at(1), *Address::parse("198.51.100.7"), ClientClass::fresh, 1);
    EXPECT_EQ(quiet.silent_for(2), 0) << "a network whose mail was taken lately";
}

TEST(Silence, WhoInsistsAfterHeWasSentElsewhereIsAFloodHoweverMuchRoomThereIs) {
    LimitLog log;
    Silence silence({.flood_calm = 200, .flood_full = 15}, log);
    std::vector<SilenceOrder> orders;
    int asked = 0;
    for (; asked < 100 && orders.empty(); ++asked) {
        silence.sent_elsewhere(at(0.001 * asked), *Address::parse("198.51.100.7"), ClientClass::fresh, 0);
        silence.drain(orders);
    }
    EXPECT_EQ(asked, 8 + 15);
}

TEST(Silence, ConnectionsThatCameToNothingAreAFloodWhoeverTheirClientsAre) {
    Quiet quiet;
    const Address bot = *Address::parse("198.51.100.7");
    const auto come_to_nothing = [&](double when, int connections) {
        for (int i = 0; i < connections; ++i) quiet.silence.in_vain(at(when + 0.01 * i), bot, 0);
    };
    come_to_nothing(0, 19);
    EXPECT_EQ(quiet.answered(1, 100, "198.51.100.9", ClientClass::fresh), 100);
    come_to_nothing(2, 1);
    EXPECT_EQ(quiet.answered(3, 1, "198.51.100.9", ClientClass::fresh), 0);
    EXPECT_NEAR(quiet.silent_for(3), 29, 0.01);
    come_to_nothing(4, 50);
    EXPECT_NEAR(quiet.silent_for(5), 27, 0.01) << "those that were there before change nothing";
    EXPECT_EQ(quiet.answered(33, 3), 3);
    come_to_nothing(34, 50);
    EXPECT_EQ(quiet.silent_for(35), 0) << "of a probe they were counted when they came";
}

TEST(Silence, WhereSomebodyIsFamiliarNothingIsInVain) {
    Quiet quiet;
    quiet.silence.familiar(at(0), *Address::parse("198.51.100.99"));
    for (int i = 0; i < 100; ++i) quiet.silence.in_vain(at(1), *Address::parse("198.51.100.7"), 1);
    EXPECT_EQ(quiet.silent_for(2), 0);
}

TEST(Silence, AFamiliarClientEndsItForAll) {
    Quiet quiet;
    quiet.answered(0, 30);
    quiet.orders();
    quiet.silence.familiar(at(5), *Address::parse("198.51.100.99"));
    EXPECT_THAT(quiet.orders(), ElementsAre(SilenceOrder{*Prefix::parse("198.51.100.0/24"), at(5)}));
    EXPECT_EQ(quiet.answered(6, 1000), 1000);
    EXPECT_THAT(quiet.orders(), IsEmpty());
    EXPECT_THAT(quiet.reasons(), ElementsAre(LimitReason::familiar));
    const double month = 31 * 86400.0;
    EXPECT_EQ(quiet.answered(month, 100), 19) << "not for ever";
}

TEST(Silence, OrdersAreBoundedAndNoneIsLost) {
    SilenceRules few = rules();
    few.orders_most = 5;
    Quiet quiet(few);
    const auto flood = [&](unsigned network) {
        int answered = 0;
        for (int i = 0; i < 30; ++i)
            answered +=
                quiet.silence.answers(at(1), Address::v4(10U << 24 | network << 8), doubtful, 0) ? 1 : 0;
        return answered;
    };
    for (unsigned network = 0; network < 5; ++network) EXPECT_EQ(flood(network), 19);
    EXPECT_EQ(flood(5), 30) << "nobody would tell the kernel";
    EXPECT_EQ(quiet.orders().size(), 5U);
    EXPECT_EQ(flood(5), 0);
    EXPECT_EQ(quiet.orders().size(), 1U);
}

// Tens of thousands of networks that come now and then do not push out the one that floods.
TEST(Silence, ATableThatIsFullKeepsTheWorst) {
    SilenceRules small = rules();
    small.table_bytes = 1 << 15;  // a thousand networks
    Quiet quiet(small);
    EXPECT_EQ(quiet.answered(0, 30, "192.0.2.1"), 19);
    for (std::uint32_t i = 0; i < 200'000; ++i)
        static_cast<void>(
            quiet.silence.answers(at(1 + i * 1e-4), Address::v4(10U << 24 | (i & 0xffff) << 8), doubtful, 0));
    EXPECT_EQ(quiet.answered(21.5, 1, "192.0.2.1"), 0);
}

TEST(Silence, FamiliarNetworksOutliveAFlood) {
    SilenceRules small = rules();
    small.table_bytes = small.familiar_table_bytes = 1 << 15;
    Quiet quiet(small);
    quiet.silence.familiar(at(0), *Address::parse("192.0.2.1"));
    for (std::uint32_t i = 0; i < 200'000; ++i)
        static_cast<void>(
            quiet.silence.answers(at(1 + i * 1e-4), Address::v4(10U << 24 | (i & 0xffff) << 8), doubtful, 0));
    EXPECT_EQ(quiet.answered(30, 100, "192.0.2.7"), 100);
}

}  // namespace
}  // namespace tidegate::edge
