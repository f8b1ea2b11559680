#include "rehearse/sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace tidegate::rehearse {
namespace {

drill::Guest guest(std::uint32_t address, std::uint32_t as_number = 0, std::uint32_t lists = 0) {
    return {.address = Address::v4(address), .as_number = as_number, .lists = lists};
}

TEST(Sources, WhoSharesANetworkSharesOneHere) {
    Sources sources;
    const Address a = sources.give(guest(0xf000'0105)), b = sources.give(guest(0xf000'0106)),
                  c = sources.give(guest(0xf000'0205));
    EXPECT_EQ(a.network_key(), b.network_key());
    EXPECT_NE(a.network_key(), c.network_key());
    EXPECT_NE(a, b);
    EXPECT_EQ(a.v4_bits() & 0xff, 5U);
    EXPECT_EQ(sources.give(guest(0xf000'0105)), a);
    EXPECT_EQ(sources.networks(), 2);
    EXPECT_EQ(sources.addresses(), 3);
}

TEST(Sources, LieIn127AndLeaveRoomForServers) {
    Sources sources;
    std::set<std::uint32_t> networks;
    constexpr std::uint32_t count = 60'000;
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t here = sources.give(guest(0xf000'0001U + (i << 8))).v4_bits();
        ASSERT_GE(here, 0x7f01'0000U);
        ASSERT_LT(here, 0x7fff'0000U);
        networks.insert(here >> 8);
    }
    EXPECT_EQ(networks.size(), count);
}

TEST(Sources, TheDaemonIsToldOfNetworksAndLists) {
    Sources sources;
    const std::string first = sources.give(guest(0xf000'0105, 4'200'000'001, 0b01)).text(),
                      second = sources.give(guest(0xf000'0205, 0, 0b10)).text();
    const std::string net = first.substr(0, first.rfind('.'));
    EXPECT_EQ(sources.as_table(), net + ".0\t" + net + ".255\t4200000001\tZZ\tAS4200000001\n");
    EXPECT_EQ(sources.named_by(0), first + "\n");
    EXPECT_EQ(sources.named_by(1), second + "\n");
    EXPECT_EQ(sources.named_by(2), "");
}

}  // namespace
}  // namespace tidegate::rehearse
