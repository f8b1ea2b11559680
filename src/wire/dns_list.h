#pragma once
// DNS block lists (RFC 5782) without I/O: the names that are asked, and what an answer means.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"

namespace tidegate::wire {

/// Dot-separated labels of letters, digits, `-` and `_`, short enough to stand behind an IPv6 address and a
/// key.
[[nodiscard]] bool is_dns_zone(std::string_view zone);
/// One such label.
[[nodiscard]] bool is_dns_label(std::string_view label);

/// "2.2.0.192.zone", or 32 nibbles of an IPv6 address (RFC 5782 2.1, 2.4). Where `key` is not empty it is the
/// label before the zone (Spamhaus DQS). Requires is_dns_zone(zone) and, of a key, is_dns_label(key).
[[nodiscard]] std::string dns_list_name(const Address& address, std::string_view key, std::string_view zone);

/// What every list must name, and what none may (RFC 5782 5).
enum class ListTest : std::uint8_t { v4_named, v4_not_named, v6_named, v6_not_named };
/// The name asked for it, as dns_list_name().
[[nodiscard]] std::string dns_list_name(ListTest test, std::string_view key, std::string_view zone);

/// Is it an address of the open Internet? Public lists know nothing of others, and they are none of their
/// business (RFC 6890: private, loopback, documentation, multicast and reserved ones).
[[nodiscard]] bool is_open_internet(const Address& address);

/// What a name server sent, as far as a list needs it.
struct ListPacket {
    enum class Kind : std::uint8_t {
        addresses,   // the name exists, with these A records
        nothing,     // it does not exist, or has no A record
        failed,      // SERVFAIL
        refused,     // REFUSED
        unreadable,  // any other error, a cut or broken packet
        silent,      // none came: no read_list_packet() says so
    };
    Kind kind = Kind::unreadable;
    std::vector<std::uint32_t> addresses;  // in host order, at most `most_addresses`
    std::uint32_t seconds = 0;             // that it may be kept; 0: not at all

    static constexpr std::size_t most_addresses = 64;
};

/// Reads a DNS message. How long "no" may be kept is the lower of the SOA's TTL and its minimum (RFC 2308 5).
/// Cost: linear in the packet.  Fails: never; see ListPacket::Kind.
[[nodiscard]] ListPacket read_list_packet(std::span<const unsigned char> packet);

/// Why a zone does not answer as a list should.
enum class ListFault : std::uint8_t {
    none,
    silent,           // no answer came
    server_failed,    // SERVFAIL
    refused,          // REFUSED
    unreadable,       // an answer that is none
    wrong_name,       // 127.255.255.252, 127.0.1.255: asked under a name that is not right
    public_resolver,  // 127.255.255.254
    too_many,         // 127.255.255.255
    other_refusal,    // others of 127.255.255.0/24
    no_list,          // an address outside 127.0.0.0/8: somebody else answers for the zone
};
/// For people: "asked through a public resolver, or from an address without a name of its own
/// (127.255.255.254)".
[[nodiscard]] std::string_view words(ListFault fault);

/// What it says of an address.
struct ListReading {
    ListFault fault = ListFault::none;
    bool any = false;         // it is named, with whatever code; never where there is a fault
    std::uint32_t codes = 0;  // bit i: with the i-th of the accepted codes
};

/// `accepted`: the A records that count, at most 32. Others are no reason to think ill of anybody: the same
/// zone names dial-up networks, and refusals to answer.
[[nodiscard]] ListReading read_list_answer(const ListPacket& packet, std::span<const std::uint32_t> accepted);

}  // namespace tidegate::wire
