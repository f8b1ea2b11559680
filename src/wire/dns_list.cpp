#include "wire/dns_list.h"

#include <arpa/nameser.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/check.h"

namespace tidegate::wire {
namespace {

constexpr std::size_t most_label = 63;  // RFC 1035 2.3.4
constexpr std::size_t most_name = 253;
constexpr std::size_t v6_part = 64;  // 32 nibbles and their dots

constexpr bool is_label_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::string with_zone(std::string name, std::string_view key, std::string_view zone) {
    CHECK(is_dns_zone(zone) && (key.empty() || is_dns_label(key)));
    if (!key.empty()) name.append(key).push_back('.');
    return name.append(zone);
}

std::string reversed_octets(std::uint32_t bits) {
    std::string name;
    for (int i = 0; i < 4; ++i, bits >>= 8) name.append(std::to_string(bits & 0xff)).push_back('.');
    return name;
}

void append_nibbles(std::uint64_t bits, std::string& name) {
    for (int i = 0; i < 16; ++i, bits >>= 4) {
        name.push_back("0123456789abcdef"[bits & 0xf]);
        name.push_back('.');
    }
}

// Not by way of Address, which takes ::ffff:7f00:2 for the IPv4 address that it stands for.
std::string reversed_nibbles(std::uint64_t high, std::uint64_t low) {
    std::string name;
    name.reserve(most_name);
    append_nibbles(low, name);
    append_nibbles(high, name);
    return name;
}

struct Special {
    std::uint32_t bits;
    unsigned length;
};
// RFC 6890 and its successors in IANA's registry; 192.0.0.0/24 and 192.88.99.0/24 among them.
constexpr auto special_v4 = std::to_array<Special>({{0x0000'0000, 8},
                                                    {0x0a00'0000, 8},
                                                    {0x6440'0000, 10},
                                                    {0x7f00'0000, 8},
                                                    {0xa9fe'0000, 16},
                                                    {0xac10'0000, 12},
                                                    {0xc000'0000, 24},
                                                    {0xc000'0200, 24},
                                                    {0xc058'6300, 24},
                                                    {0xc0a8'0000, 16},
                                                    {0xc612'0000, 15},
                                                    {0xc633'6400, 24},
                                                    {0xcb00'7100, 24},
                                                    {0xe000'0000, 3}});

// ---- packets

struct Records {
    std::vector<std::uint32_t> addresses;
    std::uint32_t seconds = UINT32_MAX;
};

// RFC 2181 8: a TTL with the highest bit set is 0.
std::uint32_t seconds_of(const ns_rr& record) {
    const auto ttl = static_cast<std::uint32_t>(ns_rr_ttl(record));
    return ttl >> 31 != 0 ? 0 : ttl;
}

// A records and the aliases that lead to them; nothing where the section is broken.
std::optional<Records> read_answers(ns_msg& message) {
    Records out;
    for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
        ns_rr record;
        if (ns_parserr(&message, ns_s_an, i, &record) < 0) return {};
        out.seconds = std::min(out.seconds, seconds_of(record));
        if (ns_rr_type(record) != ns_t_a || ns_rr_class(record) != ns_c_in) continue;
        if (ns_rr_rdlen(record) != 4) return {};
        if (out.addresses.size() < ListPacket::most_addresses)
            out.addresses.push_back(static_cast<std::uint32_t>(ns_get32(ns_rr_rdata(record))));
    }
    return out;
}

// How long "no" holds: 0 where no SOA says so (RFC 2308 5).
std::optional<std::uint32_t> negative_seconds(ns_msg& message) {
    constexpr int least_soa = 22;  // two names of one byte, five numbers of four
    for (int i = 0; i < ns_msg_count(message, ns_s_ns); ++i) {
        ns_rr record;
        if (ns_parserr(&message, ns_s_ns, i, &record) < 0) return {};
        if (ns_rr_type(record) != ns_t_soa) continue;
        const int size = ns_rr_rdlen(record);
        if (size < least_soa) return {};
        const auto minimum = static_cast<std::uint32_t>(ns_get32(ns_rr_rdata(record) + size - 4));
        return std::min(seconds_of(record), minimum >> 31 != 0 ? 0 : minimum);
    }
    return 0;
}

ListPacket of_kind(ListPacket::Kind kind) {
    ListPacket packet;
    packet.kind = kind;
    return packet;
}

ListPacket read_names(ns_msg& message, bool exists) {
    auto records = read_answers(message);
    if (!records) return of_kind(ListPacket::Kind::unreadable);
    ListPacket packet;
    if (exists && !records->addresses.empty()) {
        packet.kind = ListPacket::Kind::addresses;
        packet.addresses = std::move(records->addresses);
        packet.seconds = records->seconds;
        return packet;
    }
    const auto seconds = negative_seconds(message);
    if (!seconds) return packet;
    packet.kind = ListPacket::Kind::nothing;
    packet.seconds = std::min(*seconds, records->seconds);
    return packet;
}

// ---- meaning

ListFault fault_of(ListPacket::Kind kind) {
    using Kind = ListPacket::Kind;
    switch (kind) {
        case Kind::addresses:
        case Kind::nothing:
            return ListFault::none;
        case Kind::failed:
            return ListFault::server_failed;
        case Kind::refused:
            return ListFault::refused;
        case Kind::silent:
            return ListFault::silent;
        case Kind::unreadable:
            break;
    }
    return ListFault::unreadable;
}

ListFault fault_of(std::uint32_t address) {
    if (address >> 24 != 127) return ListFault::no_list;
    if (address == 0x7f00'01ff) return ListFault::wrong_name;
    if (address >> 8 != 0x7fffff) return ListFault::none;
    switch (address & 0xff) {
        case 252:
            return ListFault::wrong_name;
        case 254:
            return ListFault::public_resolver;
        case 255:
            return ListFault::too_many;
        default:
            return ListFault::other_refusal;
    }
}

}  // namespace

bool is_dns_label(std::string_view label) {
    return !label.empty() && label.size() <= most_label && std::ranges::all_of(label, is_label_character);
}

bool is_dns_zone(std::string_view zone) {
    if (zone.size() > most_name - v6_part - most_label - 1) return false;
    for (;;) {
        const std::size_t dot = zone.find('.');
        if (!is_dns_label(zone.substr(0, dot))) return false;
        if (dot == zone.npos) return true;
        zone.remove_prefix(dot + 1);
    }
}

std::string dns_list_name(const Address& address, std::string_view key, std::string_view zone) {
    return with_zone(address.is_v4() ? reversed_octets(address.v4_bits())
                                     : reversed_nibbles(address.high(), address.low()),
                     key, zone);
}

std::string dns_list_name(ListTest test, std::string_view key, std::string_view zone) {
    const bool named = test == ListTest::v4_named || test == ListTest::v6_named;
    const std::uint32_t bits = named ? 0x7f00'0002 : 0x7f00'0001;
    const bool v4 = test == ListTest::v4_named || test == ListTest::v4_not_named;
    return with_zone(v4 ? reversed_octets(bits) : reversed_nibbles(0, 0xffff'0000'0000ULL | bits), key, zone);
}

bool is_open_internet(const Address& address) {
    if (!address.is_v4()) {
        const bool documentation = address.high() >> 32 == 0x2001'0db8 || address.high() >> 44 == 0x3fff0;
        return address.high() >> 61 == 1 && !documentation;  // 2000::/3 (RFC 4291 2.4, RFC 9637)
    }
    const std::uint32_t bits = address.v4_bits();
    return std::ranges::none_of(
        special_v4, [&](const Special& each) { return (bits ^ each.bits) >> (32 - each.length) == 0; });
}

ListPacket read_list_packet(std::span<const unsigned char> packet) {
    ns_msg message;
    if (packet.size() > NS_MAXMSG ||
        ns_initparse(packet.data(), static_cast<int>(packet.size()), &message) < 0)
        return {};
    if (ns_msg_getflag(message, ns_f_qr) == 0 || ns_msg_getflag(message, ns_f_tc) != 0) return {};
    switch (ns_msg_getflag(message, ns_f_rcode)) {
        case ns_r_noerror:
            return read_names(message, true);
        case ns_r_nxdomain:
            return read_names(message, false);
        case ns_r_servfail:
            return of_kind(ListPacket::Kind::failed);
        case ns_r_refused:
            return of_kind(ListPacket::Kind::refused);
        default:
            return {};
    }
}

std::string_view words(ListFault fault) {
    switch (fault) {
        case ListFault::none:
            return "no fault";
        case ListFault::silent:
            return "no answer comes";
        case ListFault::server_failed:
            return "the name server says that it failed (SERVFAIL)";
        case ListFault::refused:
            return "the name server refuses to answer (REFUSED)";
        case ListFault::unreadable:
            return "what comes back is no answer";
        case ListFault::wrong_name:
            return "the zone's name is not right (127.255.255.252 or 127.0.1.255)";
        case ListFault::public_resolver:
            return "it is asked through a public resolver, or from an address without a name of its own "
                   "(127.255.255.254)";
        case ListFault::too_many:
            return "too many questions were asked (127.255.255.255)";
        case ListFault::other_refusal:
            return "the list answers with an error (127.255.255.0/24)";
        case ListFault::no_list:
            break;
    }
    return "answers lie outside 127.0.0.0/8: somebody else answers for this name";
}

ListReading read_list_answer(const ListPacket& packet, std::span<const std::uint32_t> accepted) {
    CHECK(accepted.size() <= 32);
    ListReading reading{fault_of(packet.kind), false, 0};
    for (const std::uint32_t address : packet.addresses) {
        if (const ListFault fault = fault_of(address); fault != ListFault::none)
            return ListReading{fault, false, 0};
        const auto found = std::ranges::find(accepted, address);
        if (found != accepted.end()) reading.codes |= 1U << (found - accepted.begin());
        reading.any = true;
    }
    return reading;
}

}  // namespace tidegate::wire
