#include "edge/handshakes.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <string>
#include <vector>

namespace tidegate::edge {
namespace {

using namespace std::chrono_literals;
using Pass = HandshakeLimits::Pass;
using Moment = HandshakeLimits::Moment;

constexpr Moment start{1h};

Address address(std::string_view text) {
    return Address::parse(text).value();
}

/// Small bounds, so that each can be reached alone.
HandshakeRules small() {
    return {.host = {.per_second = 1, .burst = 4, .under_way = 3},
            .network = {.per_second = 2, .burst = 8, .under_way = 6},
            .all = {.per_second = 10, .burst = 40, .under_way = 20},
            .reserved = 0.25,
            .resumed_cost = 0.5};
}

class Handshakes : public testing::Test {
protected:
    // How many of `tries` are let in and done at once.
    unsigned let_in(unsigned tries, const std::vector<std::string>& sources, bool familiar = false,
                    bool resumed = false) {
        unsigned out = 0;
        for (unsigned i = 0; i < tries; ++i) {
            auto pass = limits_.begin(address(sources[i % sources.size()]), familiar, now_);
            if (!pass) continue;
            pass->done(resumed);
            ++out;
        }
        return out;
    }
    // Different hosts of different networks.
    static std::vector<std::string> everywhere(unsigned count) {
        std::vector<std::string> out;
        for (unsigned i = 0; i < count; ++i) out.push_back(Address::v4(0x0a00'0001 + (i << 8)).text());
        return out;
    }

    Moment now_ = start;
    HandshakeLimits limits_{small()};
};

struct Bounded {
    std::string name;
    std::vector<std::string> sources;
    unsigned burst, per_ten_seconds;
    std::uint64_t HandshakeCounts::* counted;
};
class HandshakeBounds : public Handshakes, public testing::WithParamInterface<Bounded> {};

TEST_P(HandshakeBounds, LetInABurstAndThenARate) {
    const Bounded& row = GetParam();
    EXPECT_EQ(let_in(100, row.sources), row.burst);
    EXPECT_EQ(limits_.counts().*row.counted, 100 - row.burst);
    unsigned later = 0;
    for (int i = 0; i < 100; ++i) {
        now_ += 100ms;
        later += let_in(10, row.sources);
    }
    EXPECT_EQ(later, row.per_ten_seconds);
}

std::vector<std::string> hosts_of(const std::string& prefix, int count) {
    std::vector<std::string> out;
    for (int i = 1; i <= count; ++i) out.push_back(prefix + std::to_string(i));
    return out;
}

INSTANTIATE_TEST_SUITE_P(
    Of, HandshakeBounds,
    testing::Values(Bounded{"one_host", {"192.0.2.1"}, 4, 10, &HandshakeCounts::refused_host},
                    Bounded{"one_64", hosts_of("2001:db8:0:1::", 9), 4, 10, &HandshakeCounts::refused_host},
                    Bounded{"a_24", hosts_of("192.0.2.", 50), 8, 20, &HandshakeCounts::refused_network}),
    [](const auto& row) { return row.param.name; });

TEST_F(Handshakes, TheHostsOfA48ShareABound) {
    std::vector<std::string> hosts;
    for (int i = 1; i <= 50; ++i) hosts.push_back("2001:db8:0:" + std::to_string(i) + "::1");
    EXPECT_EQ(let_in(50, hosts), 8U);
    EXPECT_EQ(let_in(1, {"2001:db8:1::1"}), 1U);
}

TEST_F(Handshakes, AllTogetherAreBoundedAndTheFamiliarHaveAPart) {
    const auto sources = everywhere(60);
    EXPECT_EQ(let_in(60, sources), 30U) << "three quarters of the burst";
    EXPECT_EQ(limits_.counts().refused_all, 30U);
    EXPECT_EQ(let_in(60, sources, true), 10U) << "the rest";
    // While strangers ask for everything that becomes free, the familiar get what they ask for.
    unsigned familiar = 0;
    for (int i = 0; i < 100; ++i) {
        now_ += 100ms;
        let_in(60, sources);
        familiar += let_in(1, {sources[static_cast<std::size_t>(i) % 60]}, true);
    }
    EXPECT_EQ(familiar, 100U);
}

TEST_F(Handshakes, AFamiliarClientIsNotHeldToItsNetworks) {
    EXPECT_EQ(let_in(60, hosts_of("192.0.2.", 30)), 8U);
    EXPECT_EQ(let_in(1, {"192.0.2.200"}), 0U);
    EXPECT_EQ(let_in(1, {"192.0.2.200"}, true), 1U);
    EXPECT_EQ(let_in(10, {"192.0.2.201"}, true), 4U) << "but to its own";
    now_ += 10s;
    EXPECT_EQ(let_in(60, hosts_of("192.0.2.", 30)), 8U) << "and takes nothing from the others";
}

TEST_F(Handshakes, ThoseUnderWayAreBounded) {
    std::deque<Pass> under_way;
    const auto begin = [&](const std::string& source, bool familiar = false) {
        auto pass = limits_.begin(address(source), familiar, now_);
        now_ += 10s;  // whatever the rates say
        if (pass) under_way.push_back(std::move(*pass));
        return pass.has_value();
    };
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(begin("192.0.2.1"));
    EXPECT_FALSE(begin("192.0.2.1")) << "of the host";
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(begin("192.0.2.2"));
    EXPECT_FALSE(begin("192.0.2.3")) << "of the network";
    for (const std::string& source : everywhere(9)) EXPECT_TRUE(begin(source));
    EXPECT_FALSE(begin("198.51.100.1")) << "of all strangers";
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(begin("198.51.100.1", true));
    EXPECT_EQ(limits_.counts().under_way, 18U);
    under_way.clear();
    EXPECT_EQ(limits_.counts().under_way, 0U);
    EXPECT_EQ(limits_.counts().full, 18U);
    EXPECT_TRUE(begin("192.0.2.1"));
}

TEST_F(Handshakes, AResumedOneCostsHalf) {
    EXPECT_EQ(let_in(100, {"192.0.2.1"}, false, true), 7U)
        << "the last must be paid in full before it is known";
    EXPECT_EQ(limits_.counts().resumed, 7U);
    EXPECT_EQ(limits_.counts().full, 0U);
}

TEST_F(Handshakes, WhoLeavesInSilenceIsNotCharged) {
    for (int i = 0; i < 100; ++i) {
        auto pass = limits_.begin(address("192.0.2.1"), false, now_);
        ASSERT_TRUE(pass) << i;
        pass->left();
    }
    EXPECT_EQ(limits_.counts().left, 100U);
    EXPECT_EQ(let_in(100, {"192.0.2.1"}), 4U);
}

TEST_F(Handshakes, APassEndsOnceAndIsMovedOn) {
    auto first = limits_.begin(address("192.0.2.1"), false, now_);
    auto second = limits_.begin(address("192.0.2.2"), false, now_);
    ASSERT_TRUE(first && second);
    *first = std::move(*second);
    EXPECT_EQ(limits_.counts().under_way, 1U);
    EXPECT_EQ(limits_.counts().full, 1U);
    const Pass third = std::move(*first);
    EXPECT_EQ(limits_.counts().under_way, 1U);
}

TEST(HandshakeCrowds, AFloodFromEverywhereDoesNotUseUpTheInnocent) {
    HandshakeLimits limits({});
    std::mt19937 random(7);
    Moment now = start;
    for (int i = 0; i < 500'000; ++i, now += 20us)  // 50,000 a second
        if (auto pass = limits.begin(Address::v4(static_cast<std::uint32_t>(random())), false, now))
            pass->done(false);
    EXPECT_GT(limits.counts().full, 20'000U);
    EXPECT_LT(limits.counts().full, 2'000U + 20'100U);
    unsigned let_in = 0;
    for (std::uint32_t i = 0; i < 100; ++i) {
        now += 10ms;
        auto pass = limits.begin(Address::v4(0xc633'6400 + (i << 8)), true, now);
        let_in += pass ? 1U : 0U;
        if (pass) pass->done(false);
    }
    EXPECT_EQ(let_in, 100U);
}

// Whoever shares one counter with somebody who has used up his own has another.
TEST(HandshakeCrowds, TheInnocentDoNotPayForTheirNeighboursByChance) {
    HandshakeLimits limits({.all = {.per_second = 1e6, .burst = 1e6, .under_way = 1000}});
    const auto ask = [&](std::uint32_t network) {
        auto pass = limits.begin(Address::v4(0x0a00'0001 + (network << 8)), false, start);
        if (pass) pass->done(false);
        return pass.has_value();
    };
    for (std::uint32_t host = 0; host < 1000; ++host)
        for (int i = 0; i < 31; ++i) static_cast<void>(ask(host));
    unsigned refused = 0;
    for (std::uint32_t host = 1000; host < 3000; ++host) refused += ask(host) ? 0U : 1U;
    EXPECT_LE(refused, 15U) << "2 are to be expected; with one row it would be 60";
}

TEST(HandshakeCrowds, NothingIsLeftOverAfterAnyMixture) {
    HandshakeLimits limits(small());
    std::mt19937 random(11);
    std::vector<Pass> under_way;
    Moment now = start;
    for (int i = 0; i < 100'000; ++i, now += 10ms) {
        const auto client = Address::v4(0xc000'0200 + static_cast<std::uint32_t>(random() % 64));
        auto pass = limits.begin(client, random() % 4 == 0, now);
        if (pass) under_way.push_back(std::move(*pass));
        if (under_way.empty() || random() % 2 == 0) continue;
        std::swap(under_way[random() % under_way.size()], under_way.back());
        if (random() % 3 == 0)
            under_way.back().done(random() % 2 == 0);
        else if (random() % 3 == 0)
            under_way.back().left();
        under_way.pop_back();
    }
    under_way.clear();
    EXPECT_EQ(limits.counts().under_way, 0U);
    now += 1h;
    unsigned burst = 0;
    for (int i = 0; i < 100; ++i)
        if (auto pass = limits.begin(address("192.0.2.1"), false, now)) pass->done(false), ++burst;
    EXPECT_EQ(burst, 4U);
}

}  // namespace
}  // namespace tidegate::edge
