#include "base/address.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace tidegate {
namespace {

TEST(Address, ReadsAndWritesDottedQuads) {
    for (const char* text : {"0.0.0.0", "192.0.2.1", "198.51.100.255", "255.255.255.255", "1.20.255.9"}) {
        const auto address = Address::parse(text);
        ASSERT_TRUE(address) << text;
        EXPECT_TRUE(address->is_v4()) << text;
        EXPECT_EQ(address->text(), text);
    }
    EXPECT_EQ(Address::parse("192.0.2.1")->v4_bits(), 0xc0000201U);
}

TEST(Address, RefusesWhatIsNoAddress) {
    for (const char* text : {"",
                             "1",
                             "1.2.3",
                             "1.2.3.4.5",
                             "1.2.3.4.",
                             ".1.2.3.4",
                             "256.1.1.1",
                             "1.1.1.256",
                             "01.2.3.4",
                             "1.2.3.00",
                             "1.2.3.4 ",
                             " 1.2.3.4",
                             "1..2.3",
                             "1.2.3.a",
                             "1.2.3.1000",
                             "-1.2.3.4",
                             ":",
                             ":::",
                             "1::2::3",
                             "12345::",
                             "1:2:3:4:5:6:7",
                             "1:2:3:4:5:6:7:8:9",
                             "1:2:3:4:5:6:7:",
                             ":1:2:3:4:5:6:7",
                             "::g",
                             "[::1]",
                             "fe80::1%eth0",
                             "::1.2.3",
                             "::1.2.3.4:5",
                             "1:2:3:4:5:6:7:1.2.3.4",
                             "::ffff:1.2.3.04",
                             "1::2:",
                             "::1:",
                             "1:2:3:4:5:6:7:8::",
                             "1:2:3:4::5:6:7:8",
                             "::12345"})
        EXPECT_FALSE(Address::parse(text)) << text;
    EXPECT_FALSE(Address::parse(std::string_view("1.2.3.4\0", 8)));
    EXPECT_FALSE(Address::parse(std::string(1 << 20, ':')));
    EXPECT_FALSE(Address::parse(std::string(1 << 20, '1')));
}

// Examples of RFC 5952, section 4, and its corner cases.
TEST(Address, WritesCanonicalIpv6) {
    const std::pair<const char*, const char*> cases[] = {
        {"2001:0db8::0001", "2001:db8::1"},
        {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:DB8::ABCD", "2001:db8::abcd"},
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"0:0:0:0:0:0:0:0", "::"},
        {"2001:db8::192.0.2.33", "2001:db8::c000:221"},
        {"1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"},
        {"1:0:0:4:5:6:7:8", "1::4:5:6:7:8"},
        {"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
        {"64:ff9b:1::192.0.2.1", "64:ff9b:1::c000:201"},  // RFC 8215: not the well-known prefix
    };
    for (const auto& [written, canonical] : cases) {
        const auto address = Address::parse(written);
        ASSERT_TRUE(address) << written;
        EXPECT_EQ(address->text(), canonical);
    }
}

TEST(Address, FoldsMappedAndNat64ToIpv4) {
    const Address client = Address::v4(0xc0000205);
    for (const char* text : {"::ffff:192.0.2.5", "::FFFF:c000:205", "0:0:0:0:0:ffff:192.0.2.5",
                             "64:ff9b::192.0.2.5", "64:ff9b::c000:205"}) {
        const auto address = Address::parse(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(*address, client) << text;
        EXPECT_EQ(address->host_key(), client.host_key());
    }
    EXPECT_FALSE(Address::parse("64:ff9b::1:0:0")->is_v4());
}

TEST(Address, KeysAreByHostNetworkAndRegion) {
    const auto a = *Address::parse("2001:db8:1:2::3");
    EXPECT_EQ(a.host_key(), Address::parse("2001:db8:1:2:ffff::")->host_key());
    EXPECT_NE(a.host_key(), Address::parse("2001:db8:1:3::3")->host_key());
    EXPECT_EQ(a.network_key(), Address::parse("2001:db8:1:3::3")->network_key());
    EXPECT_EQ(a.region_key(), Address::parse("2001:db8:ffff::")->region_key());
    const auto b = *Address::parse("198.51.100.7");
    EXPECT_NE(b.host_key(), Address::parse("198.51.100.8")->host_key());
    EXPECT_EQ(b.network_key(), Address::parse("198.51.100.8")->network_key());
    EXPECT_EQ(b.region_key(), Address::parse("198.51.0.1")->region_key());
    EXPECT_FALSE(b.is_none());
    EXPECT_TRUE(Address().is_none());
}

TEST(Address, RoundTripsAnyValue) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 20'000; ++i) {
        std::uint64_t high = random();
        std::uint64_t low = random();
        for (int shift = 0; shift < 64; shift += 16) {  // many zero groups, where the text is hardest
            if (random() % 2 == 0) high &= ~(0xffffULL << shift);
            if (random() % 2 == 0) low &= ~(0xffffULL << shift);
        }
        const Address address =
            i % 4 == 0 ? Address::v4(static_cast<std::uint32_t>(low)) : Address::v6(high, low);
        const std::string text = address.text();
        ASSERT_LE(text.size(), 45U);
        const auto again = Address::parse(text);
        ASSERT_TRUE(again) << text;
        ASSERT_EQ(*again, address) << text;
    }
}

TEST(Prefix, ReadsAndClearsHostBits) {
    const std::pair<const char*, const char*> cases[] = {
        {"192.0.2.0/24", "192.0.2.0/24"},
        {"192.0.2.77/24", "192.0.2.0/24"},
        {"192.0.2.1", "192.0.2.1/32"},
        {"0.0.0.0/0", "0.0.0.0/0"},
        {"255.255.255.255/1", "128.0.0.0/1"},
        {"2001:db8::/32", "2001:db8::/32"},
        {"2001:db8:ffff::1/33", "2001:db8:8000::/33"},
        {"2001:db8::1", "2001:db8::1/128"},
        {"::/0", "::/0"},
        {"2001:db8::ffff/113", "2001:db8::8000/113"},
        {"2001:db8:0:1::/64", "2001:db8:0:1::/64"},
        {"::ffff:192.0.2.77/120", "192.0.2.0/24"},
        {"64:ff9b::1:0:0/64", "64:ff9b::/64"},
    };
    for (const auto& [written, canonical] : cases) {
        const auto prefix = Prefix::parse(written);
        ASSERT_TRUE(prefix) << written;
        EXPECT_EQ(prefix->text(), canonical);
    }
}

TEST(Prefix, RefusesWhatIsNone) {
    for (const char* text : {"192.0.2.0/33", "192.0.2.0/", "192.0.2.0/024", "192.0.2.0/+8", "192.0.2/24",
                             "/24", "2001:db8::/129", "2001:db8::/1280", "192.0.2.0/24/8", "192.0.2.0/-1",
                             "::ffff:0:0/96", "64:ff9b::/96", "::ffff:192.0.2.1/24"})
        EXPECT_FALSE(Prefix::parse(text)) << text;
}

TEST(Prefix, ContainsItsAddressesOnly) {
    const auto v4 = *Prefix::parse("198.51.100.0/23");
    EXPECT_TRUE(v4.contains(*Address::parse("198.51.101.255")));
    EXPECT_FALSE(v4.contains(*Address::parse("198.51.102.0")));
    EXPECT_FALSE(v4.contains(*Address::parse("2001:db8::1")));
    EXPECT_EQ(v4.last().text(), "198.51.101.255");
    const auto v6 = *Prefix::parse("2001:db8::/33");
    EXPECT_TRUE(v6.contains(*Address::parse("2001:db8:7fff:ffff::1")));
    EXPECT_FALSE(v6.contains(*Address::parse("2001:db8:8000::")));
    EXPECT_EQ(v6.last().text(), "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff");
    EXPECT_EQ(Prefix::parse("2001:db8::/100")->last().text(), "2001:db8::fff:ffff");
    EXPECT_EQ(Prefix::parse("0.0.0.0/0")->last().text(), "255.255.255.255");
    EXPECT_TRUE(Prefix::parse("0.0.0.0/0")->contains(*Address::parse("192.0.2.1")));
    EXPECT_FALSE(Prefix::parse("::/0")->contains(*Address::parse("192.0.2.1")));
    EXPECT_TRUE(Prefix::parse("192.0.2.1")->contains(*Address::parse("192.0.2.1")));
}

}  // namespace
}  // namespace tidegate
