#include "act/ranges.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "act/ban.h"
#include "addresses.h"

namespace tidegate::act {
namespace {

struct Case {
    std::vector<std::string> these, those, rest;
};

TEST(Ranges, Without) {
    const Case cases[] = {
        {{}, {"10.0.0.0/8"}, {}},
        {{"192.0.2.0/24"}, {}, {"192.0.2.0/24"}},
        {{"192.0.2.0/24"}, {"192.0.2.0/24"}, {}},
        {{"192.0.2.0/24"}, {"192.0.0.0/16"}, {}},
        {{"192.0.2.0/24"}, {"192.0.2.0/25"}, {"192.0.2.128/25"}},
        {{"192.0.2.0/24"}, {"192.0.2.128/25"}, {"192.0.2.0/25"}},
        {{"192.0.2.0/30"}, {"192.0.2.1"}, {"192.0.2.0", "192.0.2.2/31"}},
        {{"192.0.2.0/29"},
         {"192.0.2.1", "192.0.2.6"},
         {"192.0.2.0", "192.0.2.2/31", "192.0.2.4/31", "192.0.2.7"}},
        {{"192.0.2.0/25", "198.51.100.0/24"}, {"192.0.2.0/24"}, {"198.51.100.0/24"}},
        {{"0.0.0.0/0"}, {"0.0.0.0/1"}, {"128.0.0.0/1"}},
        {{"0.0.0.0/0"}, {"128.0.0.0/1"}, {"0.0.0.0/1"}},
        {{"::/0"}, {"::/1"}, {"8000::/1"}},
        {{"::/0"}, {"10.0.0.0/8"}, {"::/0"}},  // families have nothing to do with each other
        {{"2001:db8::/32"},
         {"2001:db8:0:0:8000::/65"},
         {"2001:db8::/65",        "2001:db8:0:1::/64",    "2001:db8:0:2::/63",    "2001:db8:0:4::/62",
          "2001:db8:0:8::/61",    "2001:db8:0:10::/60",   "2001:db8:0:20::/59",   "2001:db8:0:40::/58",
          "2001:db8:0:80::/57",   "2001:db8:0:100::/56",  "2001:db8:0:200::/55",  "2001:db8:0:400::/54",
          "2001:db8:0:800::/53",  "2001:db8:0:1000::/52", "2001:db8:0:2000::/51", "2001:db8:0:4000::/50",
          "2001:db8:0:8000::/49", "2001:db8:1::/48",      "2001:db8:2::/47",      "2001:db8:4::/46",
          "2001:db8:8::/45",      "2001:db8:10::/44",     "2001:db8:20::/43",     "2001:db8:40::/42",
          "2001:db8:80::/41",     "2001:db8:100::/40",    "2001:db8:200::/39",    "2001:db8:400::/38",
          "2001:db8:800::/37",    "2001:db8:1000::/36",   "2001:db8:2000::/35",   "2001:db8:4000::/34",
          "2001:db8:8000::/33"}},
    };
    for (const Case& test : cases)
        EXPECT_EQ(ranges(test.these).without(ranges(test.those)), ranges(test.rest)) << test.these[0];
}

// Every address, against every prefix alone.
TEST(Ranges, AreWhatTheirPrefixesAre) {
    std::mt19937 dice(1);
    for (int round = 0; round < 200; ++round) {
        const auto some = [&] {
            std::vector<Prefix> out;
            for (unsigned i = dice() % 8; i != 0; --i)
                out.emplace_back(Address::v4(0xc000'0200 | dice() % 256), 24 + dice() % 9);
            return out;
        };
        const auto these = some();
        const auto those = some();
        const Ranges left = Ranges(these).without(Ranges(those));
        const Ranges both = Ranges(these).with(Ranges(those));
        for (std::uint32_t i = 0; i < 256; ++i) {
            const Address address = Address::v4(0xc000'0200 | i);
            const auto in = [&](const std::vector<Prefix>& list) {
                return std::ranges::any_of(list,
                                           [&](const Prefix& prefix) { return prefix.contains(address); });
            };
            ASSERT_EQ(left.contains(address), in(these) && !in(those));
            ASSERT_EQ(both.contains(address), in(these) || in(those));
            ASSERT_EQ(both.touches(address.host_key()), in(these) || in(those));
        }
        for (std::size_t i = 1; i < both.v4().size(); ++i)
            ASSERT_GT(both.v4()[i].first.low, both.v4()[i - 1].last.low + 1) << "they touch";
    }
}

TEST(Ranges, ABanOfA64TouchesWhateverIsInIt) {
    const Ranges spared = ranges({"2001:db8::17", "2001:db8:1::/48", "198.51.100.7"});
    const auto touches = [&](std::string_view text) { return spared.touches(address(text).host_key()); };
    EXPECT_TRUE(touches("2001:db8::1"));
    EXPECT_FALSE(touches("2001:db8:0:1::1"));
    EXPECT_TRUE(touches("2001:db8:1:7::1"));
    EXPECT_TRUE(touches("198.51.100.7"));
    EXPECT_TRUE(touches("::ffff:198.51.100.7"));
    EXPECT_FALSE(touches("198.51.100.8"));
    EXPECT_FALSE(spared.contains(address("2001:db8::1")));
    EXPECT_TRUE(spared.contains(address("2001:db8::17")));
}

TEST(Ban, KeysAndAddresses) {
    for (const char* text : {"192.0.2.7", "0.0.0.0", "255.255.255.255", "2001:db8:1:2::", "2001:db8::"}) {
        const Address parsed = address(text);
        EXPECT_EQ(address_of_key(parsed.host_key()), parsed);
        EXPECT_EQ(is_v4_key(parsed.host_key()), parsed.is_v4());
    }
    EXPECT_FALSE(is_client_key(Address().host_key()));
    EXPECT_FALSE(is_client_key(0x0064'ff9b'0000'0000));
    EXPECT_TRUE(is_client_key(Address::v4(0).host_key()));
}

}  // namespace
}  // namespace tidegate::act
