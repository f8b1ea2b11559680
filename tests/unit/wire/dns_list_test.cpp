#include "wire/dns_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::wire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Kind = ListPacket::Kind;

// ---- names

TEST(DnsListName, Addresses) {
    const auto name = [](const char* address, std::string_view key = "") {
        return dns_list_name(Address::parse(address).value_or(Address{}), key, "list.example.org");
    };
    EXPECT_EQ(name("192.0.2.99"), "99.2.0.192.list.example.org");
    EXPECT_EQ(name("127.0.0.1", "k3y"), "1.0.0.127.k3y.list.example.org");
    EXPECT_EQ(name("2001:db8:1:2:3:4:567:89ab"),
              "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.list.example.org")
        << "the example of RFC 5782 2.4";
    EXPECT_EQ(name("::ffff:192.0.2.99"), "99.2.0.192.list.example.org");
}

TEST(DnsListName, Tests) {
    const std::string v6 =
        ".0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.key.list.example.org";
    const auto name = [](ListTest test) { return dns_list_name(test, "key", "list.example.org"); };
    EXPECT_EQ(name(ListTest::v4_named), "2.0.0.127.key.list.example.org");
    EXPECT_EQ(name(ListTest::v4_not_named), "1.0.0.127.key.list.example.org");
    EXPECT_EQ(name(ListTest::v6_named), "2" + v6);
    EXPECT_EQ(name(ListTest::v6_not_named), "1" + v6);
}

TEST(DnsListName, Zones) {
    for (const std::string& good : {std::string("example.org"), std::string("a"), std::string("_x-1.Example"),
                                    std::string(63, 'a') + "." + std::string(61, 'b')})
        EXPECT_TRUE(is_dns_zone(good)) << good;
    for (const std::string& bad :
         {std::string(), std::string("."), std::string("example.org."), std::string(".org"),
          std::string("a..b"), std::string("a b"), std::string("a/b"), std::string("\xc3\xa4.org"),
          std::string(64, 'a'), std::string(63, 'a') + "." + std::string(62, 'b'), std::string("a\0b", 3)})
        EXPECT_FALSE(is_dns_zone(bad)) << bad;
    const std::string longest = std::string(63, 'a') + "." + std::string(61, 'b');
    EXPECT_LE(dns_list_name(Address::parse("2001:db8::1").value_or(Address{}), std::string(63, 'k'), longest)
                  .size(),
              253U);
}

TEST(DnsListName, WhatIsTheOpenInternet) {
    for (const auto* text :
         {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.0.0.1", "128.0.0.1",
          "172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.255.255", "192.169.0.0", "198.17.0.1",
          "198.20.0.1", "223.255.255.255", "2000::1", "2a00::1"})
        EXPECT_TRUE(is_open_internet(Address::parse(text).value_or(Address{}))) << text;
    for (const auto* text :
         {"0.0.0.1",     "10.1.2.3",       "100.64.0.1",      "127.0.0.1",    "169.254.1.1",
          "172.16.0.1",  "172.31.255.255", "192.0.0.1",       "192.0.2.5",    "192.88.99.1",
          "192.168.1.1", "198.18.0.1",     "198.19.255.255",  "198.51.100.1", "203.0.113.1",
          "224.0.0.1",   "240.0.0.1",      "255.255.255.255", "::1",          "fc00::1",
          "fe80::1",     "ff02::1",        "2001:db8::1",     "3fff::1",      "64:ff9b:1::1"})
        EXPECT_FALSE(is_open_internet(Address::parse(text).value_or(Address{}))) << text;
}

// ---- packets

void put16(std::vector<unsigned char>& out, unsigned number) {
    out.push_back(static_cast<unsigned char>(number >> 8));
    out.push_back(static_cast<unsigned char>(number));
}
void put32(std::vector<unsigned char>& out, std::uint32_t number) {
    put16(out, number >> 16);
    put16(out, number & 0xffff);
}

struct Record {
    unsigned type = 1, of_class = 1;
    std::uint32_t ttl = 300;
    std::vector<unsigned char> content;
};
Record a_record(std::uint32_t address, std::uint32_t ttl = 300) {
    Record record{1, 1, ttl, {}};
    put32(record.content, address);
    return record;
}
Record soa(std::uint32_t ttl, std::uint32_t minimum) {
    Record record{6, 1, ttl, {0, 0}};
    for (int i = 0; i < 4; ++i) put32(record.content, 7);
    put32(record.content, minimum);
    return record;
}

std::vector<unsigned char> packet(unsigned flags, const std::vector<Record>& answers,
                                  const std::vector<Record>& authority = {}) {
    std::vector<unsigned char> out;
    put16(out, 0x1234);
    put16(out, flags);
    put16(out, 1);
    put16(out, static_cast<unsigned>(answers.size()));
    put16(out, static_cast<unsigned>(authority.size()));
    put16(out, 0);
    for (const char c : std::string_view("\x01x\x03org\0", 7)) out.push_back(static_cast<unsigned char>(c));
    put32(out, 0x0001'0001);
    for (const auto* section : {&answers, &authority})
        for (const Record& record : *section) {
            put16(out, 0xc00c);
            put16(out, record.type);
            put16(out, record.of_class);
            put32(out, record.ttl);
            put16(out, static_cast<unsigned>(record.content.size()));
            out.insert(out.end(), record.content.begin(), record.content.end());
        }
    return out;
}

constexpr unsigned answer = 0x8180;

TEST(DnsListPacket, Addresses) {
    const auto read = read_list_packet(packet(answer, {a_record(0x7f000002, 60), a_record(0x7f000009, 30)}));
    EXPECT_EQ(read.kind, Kind::addresses);
    EXPECT_THAT(read.addresses, ElementsAre(0x7f000002U, 0x7f000009U));
    EXPECT_EQ(read.seconds, 30U);
}

TEST(DnsListPacket, AnAliasBoundsTheTimeToo) {
    const Record alias{5, 1, 10, {0}};
    const auto read = read_list_packet(packet(answer, {alias, a_record(0x7f000002, 60)}));
    EXPECT_EQ(read.kind, Kind::addresses);
    EXPECT_EQ(read.seconds, 10U);
}

TEST(DnsListPacket, No) {
    struct Case {
        const char* what;
        std::vector<unsigned char> bytes;
        std::uint32_t seconds;
    };
    const Case cases[] = {
        {"no such name", packet(answer | 3, {}, {soa(600, 50)}), 50},
        {"no such name", packet(answer | 3, {}, {soa(40, 50)}), 40},
        {"no such record", packet(answer, {}, {soa(600, 50)}), 50},
        {"another record", packet(answer, {Record{16, 1, 300, {1, 'x'}}}, {soa(600, 50)}), 50},
        {"another class", packet(answer, {Record{1, 3, 300, {127, 0, 0, 2}}}, {soa(600, 50)}), 50},
        {"no SOA", packet(answer | 3, {}), 0},
        {"name servers before the SOA", packet(answer | 3, {}, {Record{2, 1, 9, {0}}, soa(600, 50)}), 50},
        {"a TTL beyond all bounds", packet(answer | 3, {}, {soa(0x8000'0000, 50)}), 0},
        {"a minimum beyond all bounds", packet(answer | 3, {}, {soa(50, 0xffff'ffff)}), 0},
        {"addresses of a name that does not exist",
         packet(answer | 3, {a_record(0x7f000002)}, {soa(600, 50)}), 50},
    };
    for (const auto& [what, bytes, seconds] : cases) {
        const auto read = read_list_packet(bytes);
        EXPECT_EQ(read.kind, Kind::nothing) << what;
        EXPECT_THAT(read.addresses, IsEmpty()) << what;
        EXPECT_EQ(read.seconds, seconds) << what;
    }
}

TEST(DnsListPacket, Troubles) {
    EXPECT_EQ(read_list_packet(packet(answer | 2, {})).kind, Kind::failed);
    EXPECT_EQ(read_list_packet(packet(answer | 5, {})).kind, Kind::refused);
    for (const unsigned flags : {answer | 1, answer | 4, answer | 9, answer | 0x0200, 0x0180U})
        EXPECT_EQ(read_list_packet(packet(flags, {a_record(0x7f000002)})).kind, Kind::unreadable) << flags;
    EXPECT_EQ(read_list_packet(packet(answer, {Record{1, 1, 300, {127, 0, 0}}})).kind, Kind::unreadable);
    EXPECT_EQ(read_list_packet(packet(answer | 3, {}, {Record{6, 1, 300, {0, 0, 1}}})).kind,
              Kind::unreadable);
    EXPECT_EQ(read_list_packet({}).kind, Kind::unreadable);
}

TEST(DnsListPacket, EveryCutIsUnreadable) {
    for (const auto& whole : {packet(answer, {a_record(0x7f000002), a_record(0x7f000003)}),
                              packet(answer | 3, {}, {soa(600, 50)})})
        for (std::size_t size = 0; size < whole.size(); ++size)
            EXPECT_EQ(read_list_packet(std::span(whole).first(size)).kind, Kind::unreadable) << size;
}

TEST(DnsListPacket, KeepsABoundedNumberOfAddresses) {
    const std::vector<Record> many(500, a_record(0x7f000002));
    EXPECT_THAT(read_list_packet(packet(answer, many)).addresses, SizeIs(ListPacket::most_addresses));
}

// ---- meaning

TEST(DnsListAnswer, Meaning) {
    constexpr std::uint32_t base = 0x7f00'0000;
    const std::vector<std::uint32_t> zen{base + 2, base + 3, base + 4, base + 9};
    struct Case {
        std::vector<std::uint32_t> addresses;
        ListFault fault;
        bool any;
        std::uint32_t codes;
    };
    const Case cases[] = {
        {{base + 4}, ListFault::none, true, 0b100},
        {{base + 2, base + 9}, ListFault::none, true, 0b1001},
        {{base + 4, base + 11}, ListFault::none, true, 0b100},
        {{base + 4, base + 4}, ListFault::none, true, 0b100},
        {{base + 10}, ListFault::none, true, 0},  // PBL
        {{base + 11}, ListFault::none, true, 0},
        {{0x7f00'0102}, ListFault::none, true, 0},
        {{base + 0xff}, ListFault::none, true, 0},
        {{0x7f00'01ff}, ListFault::wrong_name, false, 0},
        {{0x7fff'fffc}, ListFault::wrong_name, false, 0},
        {{0x7fff'fffe}, ListFault::public_resolver, false, 0},
        {{0x7fff'ffff}, ListFault::too_many, false, 0},
        {{0x7fff'fffd}, ListFault::other_refusal, false, 0},
        {{0x7fff'ff00}, ListFault::other_refusal, false, 0},
        {{0x7fff'fe00}, ListFault::none, true, 0},
        {{0xc000'0201}, ListFault::no_list, false, 0},
        {{base + 4, 0x7fff'fffe}, ListFault::public_resolver, false, 0},  // an error is never an accusation
        {{0xc000'0201, base + 4}, ListFault::no_list, false, 0},
    };
    for (const auto& [addresses, fault, any, codes] : cases) {
        const ListPacket packet{Kind::addresses, addresses, 60};
        const auto reading = read_list_answer(packet, zen);
        EXPECT_EQ(reading.fault, fault) << testing::PrintToString(addresses);
        EXPECT_EQ(reading.any, any) << testing::PrintToString(addresses);
        EXPECT_EQ(reading.codes, codes) << testing::PrintToString(addresses);
    }
}

TEST(DnsListAnswer, Kinds) {
    const auto fault = [](Kind kind) { return read_list_answer(ListPacket{kind, {}, 0}, {}).fault; };
    EXPECT_EQ(fault(Kind::nothing), ListFault::none);
    EXPECT_EQ(fault(Kind::failed), ListFault::server_failed);
    EXPECT_EQ(fault(Kind::refused), ListFault::refused);
    EXPECT_EQ(fault(Kind::silent), ListFault::silent);
    EXPECT_EQ(fault(Kind::unreadable), ListFault::unreadable);
}

}  // namespace
}  // namespace tidegate::wire
