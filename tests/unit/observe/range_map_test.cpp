#include "observe/range_map.h"

#include <gtest/gtest.h>

#include <random>

namespace tidegate::observe {
namespace {

Address at(std::string_view text) {
    return *Address::parse(text);
}

RangeMap::Range range(std::string_view first, std::string_view last, std::uint32_t value) {
    return {at(first), at(last), value};
}

TEST(RangeMap, FindsNothingInNothing) {
    const RangeMap map = RangeMap::build({});
    EXPECT_EQ(map.find(at("192.0.2.1")), 0U);
    EXPECT_EQ(map.find(at("2001:db8::1")), 0U);
}

TEST(RangeMap, HoldsItsEndsAndNotTheirNeighbours) {
    const RangeMap map = RangeMap::build({range("192.0.2.10", "192.0.2.20", 7)});
    EXPECT_EQ(map.find(at("192.0.2.9")), 0U);
    EXPECT_EQ(map.find(at("192.0.2.10")), 7U);
    EXPECT_EQ(map.find(at("192.0.2.20")), 7U);
    EXPECT_EQ(map.find(at("192.0.2.21")), 0U);
}

TEST(RangeMap, ReachesBothEndsOfTheAddresses) {
    const RangeMap map = RangeMap::build(
        {range("0.0.0.0", "255.255.255.255", 4), range("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 6)});
    EXPECT_EQ(map.find(at("0.0.0.0")), 4U);
    EXPECT_EQ(map.find(at("255.255.255.255")), 4U);
    EXPECT_EQ(map.find(at("2001:db8::1")), 6U);
    EXPECT_EQ(map.find(at("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")), 6U);
}

TEST(RangeMap, NarrowerWinsWhereverItComes) {
    const RangeMap map =
        RangeMap::build({range("10.1.0.0", "10.1.255.255", 2), range("10.0.0.0", "10.255.255.255", 1),
                         range("10.1.2.0", "10.1.2.255", 0)});
    EXPECT_EQ(map.find(at("10.0.0.1")), 1U);
    EXPECT_EQ(map.find(at("10.1.0.1")), 2U);
    EXPECT_EQ(map.find(at("10.1.2.3")), 0U);
    EXPECT_EQ(map.find(at("10.1.3.0")), 2U);
    EXPECT_EQ(map.find(at("10.2.0.0")), 1U);
}

TEST(RangeMap, OfEquallyWideRangesTheLaterWins) {
    const RangeMap map =
        RangeMap::build({range("10.0.0.0", "10.0.0.255", 1), range("10.0.0.0", "10.0.0.255", 2)});
    EXPECT_EQ(map.find(at("10.0.0.1")), 2U);
}

TEST(RangeMap, LooksFarBackForAWideRange) {
    // The look-up starts at the address's own block of 65,536, in which this range has no entry.
    const RangeMap map =
        RangeMap::build({range("10.0.0.0", "10.200.0.0", 5), range("2001:db8::", "2fff::", 6)});
    EXPECT_EQ(map.find(at("10.150.3.4")), 5U);
    EXPECT_EQ(map.find(at("2a00::1")), 6U);
    EXPECT_EQ(map.find(at("3000::")), 0U);
}

TEST(RangeMap, NoRangeOfOneFamilyReachesIntoTheOther) {
    const Prefix all6 = *Prefix::parse("::/0");
    const Prefix nat64 = *Prefix::parse("64:ff9b::1:0:0/64");  // begins where NAT64's addresses of IPv4 do
    for (const Prefix& wide : {all6, nat64}) {
        const RangeMap map = RangeMap::build({{wide.address(), wide.last(), 6},
                                              range("192.0.2.1", "192.0.2.1", 4),
                                              range("192.0.2.9", "192.0.2.9", 4)});
        EXPECT_EQ(map.size(), 3U);
        EXPECT_EQ(map.find(at("192.0.2.1")), 4U);
        for (const auto* out : {"0.0.0.1", "192.0.2.2", "203.0.113.1"})
            EXPECT_EQ(map.find(at(out)), 0U) << out;
        EXPECT_EQ(map.find(at("64:ff9b::2:0:0")), 6U);
    }
}

/// What the contract says, the slow way.
std::uint32_t expected(const std::vector<RangeMap::Range>& ranges, Address address) {
    const RangeMap::Range* best = nullptr;
    const auto width = [](const RangeMap::Range& it) { return it.last.low() - it.first.low(); };
    for (const auto& it : ranges)
        if (it.first <= address && address <= it.last && (best == nullptr || width(it) <= width(*best)))
            best = &it;
    return best == nullptr ? 0 : best->value;
}

TEST(RangeMap, AgreesWithTheSlowWay) {
    std::mt19937 random(1);
    for (int round = 0; round < 200; ++round) {
        std::vector<RangeMap::Range> ranges;
        for (unsigned i = 0; i < 1 + random() % 20; ++i) {
            const std::uint32_t a = 0x0a000000 + static_cast<std::uint32_t>(random() % 300);
            const std::uint32_t b = 0x0a000000 + static_cast<std::uint32_t>(random() % 300);
            ranges.push_back({Address::v4(std::min(a, b)), Address::v4(std::max(a, b)),
                              static_cast<std::uint32_t>(random() % 4)});
        }
        const RangeMap map = RangeMap::build(ranges);
        for (std::uint32_t i = 0; i < 302; ++i) {
            const Address address = Address::v4(0x0a000000 + i - 1);
            ASSERT_EQ(map.find(address), expected(ranges, address))
                << "round " << round << " " << address.text();
        }
    }
}

}  // namespace
}  // namespace tidegate::observe
