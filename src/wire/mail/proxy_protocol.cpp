#include "wire/mail/proxy_protocol.h"

#include <algorithm>
#include <array>
#include <utility>

#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t most_v1_bytes = 107;  // 2.1, with CRLF
constexpr std::string_view v1_signature = "PROXY ";
constexpr std::string_view v2_signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t v2_head_bytes = 16;

enum Command : std::uint8_t { local_command = 0x20, proxy_command = 0x21 };  // with the version
enum Family : std::uint8_t { unspecified_family = 0, inet = 1, inet6 = 2, unix_family = 3 };
enum Transport : std::uint8_t { unspecified_transport = 0, stream = 1, datagram = 2 };
enum Type : std::uint8_t {
    authority_type = 0x02,
    crc32c_type = 0x03,
    ssl_type = 0x20,
    ssl_version_type = 0x21,
    ssl_cipher_type = 0x23,
};

constexpr std::size_t ssl_head_bytes = 5;  // client, verify
constexpr std::uint8_t client_ssl = 0x01;

ProxyRead none() {
    return {.state = ProxyRead::State::none, .used = 0, .header = {}};
}
ProxyRead whole(std::size_t used, ProxyHeader header) {
    return {.state = ProxyRead::State::whole, .used = used, .header = std::move(header)};
}

// Whether `bytes` begin with `word` or can still become it.
bool agrees(std::string_view bytes, std::string_view word) {
    return word.starts_with(bytes.substr(0, word.size()));
}

// ---- Version 1 ----

// No leading zeros (2.1).
std::optional<std::uint16_t> read_port(std::string_view text) {
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    Scan scan(text);
    const auto number = scan.number();
    if (!number || !scan.done() || *number > 0xffff) return std::nullopt;
    return static_cast<std::uint16_t>(*number);
}

std::optional<Address> read_address(std::string_view text, bool is_v6) {
    if (text.contains(':') != is_v6) return std::nullopt;
    return Address::parse(text);
}

// SOURCE DESTINATION SOURCE-PORT DESTINATION-PORT, one blank between each.
std::optional<ProxyHeader> read_v1_addresses(Scan scan, bool is_v6) {
    const auto source = scan.until(' '), destination = scan.until(' '), port = scan.until(' ');
    if (!source || !destination || !port) return std::nullopt;
    const auto from = read_address(*source, is_v6), to = read_address(*destination, is_v6);
    const auto from_port = read_port(*port), to_port = read_port(scan.rest());
    if (!from || !to || !from_port || !to_port) return std::nullopt;
    ProxyHeader header;
    header.source = *from;
    header.destination = *to;
    header.source_port = *from_port;
    header.destination_port = *to_port;
    return header;
}

// Without "PROXY " and CRLF. Of UNKNOWN anything may follow, which says nothing (2.1).
std::optional<ProxyHeader> read_v1_line(std::string_view line) {
    Scan scan(line);
    if (scan.skip("TCP4 ")) return read_v1_addresses(scan, false);
    if (scan.skip("TCP6 ")) return read_v1_addresses(scan, true);
    if (!scan.skip("UNKNOWN") || (!scan.done() && scan.peek() != ' ')) return std::nullopt;
    ProxyHeader header;
    header.local = true;
    return header;
}

ProxyRead read_v1(std::string_view bytes) {
    constexpr std::size_t last_cr = most_v1_bytes - 2;
    const auto rest = bytes.substr(std::min(bytes.size(), v1_signature.size()));
    if (!agrees(rest, "TCP4 ") && !agrees(rest, "TCP6 ") && !agrees(rest, "UNKNOWN")) return none();
    const auto end = bytes.substr(0, last_cr + 1).find_first_of("\r\n");
    if (end == npos) return bytes.size() > last_cr ? none() : ProxyRead{};
    if (!agrees(bytes.substr(end), "\r\n")) return none();
    if (end + 2 > bytes.size()) return {};
    auto header = read_v1_line(bytes.substr(v1_signature.size(), end - v1_signature.size()));
    return header ? whole(end + 2, std::move(*header)) : none();
}

// ---- Version 2 ----

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
    return value;
}
void append_big_endian(std::uint64_t value, unsigned bytes, std::string& out) {
    while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes) & 0xff);
}
std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint8_t>(bytes[at]);
}

// CRC-32C (RFC 4960 appendix B), reflected, as a table of what each byte does.
constexpr auto crc32c_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f6'3b78U : 0U);
        table[byte] = crc;
    }
    return table;
}();
std::uint32_t crc32c_step(std::uint32_t crc, std::string_view bytes) {
    for (const char c : bytes) crc = crc32c_table[(crc ^ static_cast<unsigned char>(c)) & 0xff] ^ crc >> 8;
    return crc;
}
// Of the whole header, as if the checksum's own bytes were zeros (2.2.3).
bool is_crc32c_right(std::string_view all, std::string_view checksum) {
    const auto at = static_cast<std::size_t>(checksum.data() - all.data());
    std::uint32_t crc = crc32c_step(0xffff'ffff, all.substr(0, at));
    crc = crc32c_step(crc, "\0\0\0\0"sv);
    crc = crc32c_step(crc, all.substr(at + checksum.size()));
    return ~crc == big_endian(checksum);
}

// Gives each TLV's type and value to `take`. False: one is cut short, or `take` says so.
template <typename Take>
bool each_tlv(std::string_view bytes, const Take& take) {
    constexpr std::size_t head_bytes = 3;
    while (!bytes.empty()) {
        if (bytes.size() < head_bytes) return false;
        const std::size_t length = big_endian(bytes.substr(1, 2));
        if (bytes.size() - head_bytes < length) return false;
        if (!take(byte_at(bytes, 0), bytes.substr(head_bytes, length))) return false;
        bytes.remove_prefix(head_bytes + length);
    }
    return true;
}

struct Tlvs {
    std::optional<std::string_view> checksum, ssl, authority;

    std::optional<std::string_view>* of(std::uint8_t type) {
        return type == ssl_type         ? &ssl
               : type == crc32c_type    ? &checksum
               : type == authority_type ? &authority
                                        : nullptr;
    }
};
// Two of one kind contradict each other, or could.
std::optional<Tlvs> read_tlvs(std::string_view bytes) {
    Tlvs tlvs;
    const auto take = [&](std::uint8_t type, std::string_view value) {
        auto* place = tlvs.of(type);
        if (place == nullptr) return true;
        if (*place || (type == crc32c_type && value.size() != 4)) return false;
        *place = value;
        return true;
    };
    if (!each_tlv(bytes, take)) return std::nullopt;
    return tlvs;
}

bool is_visible(std::string_view text, std::size_t most_bytes) {
    return text.size() <= most_bytes && std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}
bool is_version_text(std::string_view text) {
    return is_visible(text, 15);
}
bool is_cipher_text(std::string_view text) {
    return is_visible(text, 63);
}
bool is_authority(std::string_view text) {
    return is_visible(text, 255);
}
bool read_ssl(std::string_view value, ProxyHeader& header) {
    if (value.size() < ssl_head_bytes) return false;
    header.tls = (byte_at(value, 0) & client_ssl) != 0;
    return each_tlv(value.substr(ssl_head_bytes), [&](std::uint8_t type, std::string_view text) {
        if (*header.tls && type == ssl_version_type && is_version_text(text)) header.tls_version = text;
        if (*header.tls && type == ssl_cipher_type && is_cipher_text(text)) header.tls_cipher = text;
        return true;
    });
}

// Where the addresses are as long as 2.2 says.
std::optional<std::size_t> address_bytes(std::uint8_t family) {
    switch (family) {
        case unspecified_family:
            return 0;
        case inet:
            return 12;
        case inet6:
            return 36;
        case unix_family:
            return 216;
        default:
            return std::nullopt;
    }
}

Address read_v6(std::string_view bytes) {
    return Address::v6(big_endian(bytes.substr(0, 8)), big_endian(bytes.substr(8, 8)));
}
Address read_v4(std::string_view bytes) {
    return Address::v4(static_cast<std::uint32_t>(big_endian(bytes.substr(0, 4))));
}
void read_addresses(std::string_view block, std::uint8_t family, ProxyHeader& header) {
    const std::size_t width = family == inet ? 4 : 16;
    const auto read = family == inet ? read_v4 : read_v6;
    header.source = read(block);
    header.destination = read(block.substr(width));
    header.source_port = static_cast<std::uint16_t>(big_endian(block.substr(2 * width, 2)));
    header.destination_port = static_cast<std::uint16_t>(big_endian(block.substr(2 * width + 2, 2)));
}

// Nobody need read what is in a LOCAL block (2.2), but a checksum in it must be right.
bool is_local_right(std::string_view all, std::uint8_t family) {
    const auto block = all.substr(v2_head_bytes);
    const auto skip = address_bytes(family).value_or(0);
    if (block.size() < skip) return true;
    const auto tlvs = read_tlvs(block.substr(skip));
    return !tlvs || !tlvs->checksum || is_crc32c_right(all, *tlvs->checksum);
}

std::optional<ProxyHeader> read_v2_proxy(std::string_view all, std::uint8_t family, std::uint8_t transport) {
    const auto block = all.substr(v2_head_bytes);
    const auto length = address_bytes(family);
    if (!length || block.size() < *length) return std::nullopt;
    const auto tlvs = read_tlvs(block.substr(*length));
    if (!tlvs || (tlvs->checksum && !is_crc32c_right(all, *tlvs->checksum))) return std::nullopt;
    ProxyHeader header;
    header.local = transport != stream || (family != inet && family != inet6);
    if (!header.local) read_addresses(block, family, header);
    if (tlvs->ssl && !read_ssl(*tlvs->ssl, header)) return std::nullopt;
    if (tlvs->authority && is_authority(*tlvs->authority)) header.authority = *tlvs->authority;
    return header;
}

ProxyRead read_v2_whole(std::string_view all) {
    const std::uint8_t kind = byte_at(all, 13), family = kind >> 4, transport = kind & 15;
    if (byte_at(all, 12) == local_command) {
        ProxyHeader header;
        header.local = true;
        return is_local_right(all, family) ? whole(all.size(), std::move(header)) : none();
    }
    if (transport > datagram) return none();
    auto header = read_v2_proxy(all, family, transport);
    return header ? whole(all.size(), std::move(*header)) : none();
}

ProxyRead read_v2(std::string_view bytes) {
    if (bytes.size() <= v2_signature.size()) return {};
    const auto command = byte_at(bytes, v2_signature.size());
    if (command != local_command && command != proxy_command) return none();
    if (bytes.size() < v2_head_bytes) return {};
    const std::size_t size = v2_head_bytes + big_endian(bytes.substr(14, 2));
    if (size > most_v2_bytes) return none();
    return bytes.size() < size ? ProxyRead{} : read_v2_whole(bytes.substr(0, size));
}

// Where an end is not known the other's family holds: a server takes ::ffff:0:0/96 for IPv6.
bool can_be_v4(Address address) {
    return address.is_v4() || address.is_none();
}
bool are_v4(Address a, Address b) {
    return can_be_v4(a) && can_be_v4(b) && (a.is_v4() || b.is_v4());
}

void append_address(Address address, bool as_v4, std::string& out) {
    if (as_v4) return append_big_endian(address.is_v4() ? address.v4_bits() : 0, 4, out);
    append_big_endian(address.high(), 8, out);
    append_big_endian(address.low(), 8, out);
}

void append_tlv(std::uint8_t type, std::string_view value, std::string& out) {
    append_big_endian(type, 1, out);
    append_big_endian(value.size(), 2, out);
    out += value;
}

// A certificate was not verified (`verify` is not 0), for none was asked for. The version belongs there with
// TLS (2.2.6).
void append_ssl(const ProxyHeader& header, std::string& out) {
    const bool tls = header.tls.value_or(false);
    std::string value;
    append_big_endian(tls ? client_ssl : 0, 1, value);
    append_big_endian(1, 4, value);
    if (tls && !header.tls_version.empty() && is_version_text(header.tls_version))
        append_tlv(ssl_version_type, header.tls_version, value);
    if (tls && !header.tls_cipher.empty() && is_cipher_text(header.tls_cipher))
        append_tlv(ssl_cipher_type, header.tls_cipher, value);
    append_tlv(ssl_type, value, out);
}

void append_block(const ProxyHeader& header, bool as_v4, std::string& out) {
    append_address(header.source, as_v4, out);
    append_address(header.destination, as_v4, out);
    append_big_endian(header.source_port, 2, out);
    append_big_endian(header.destination_port, 2, out);
    if (header.tls) append_ssl(header, out);
    if (!header.authority.empty() && is_authority(header.authority))
        append_tlv(authority_type, header.authority, out);
}

}  // namespace

ProxyRead read_proxy_header(std::string_view bytes) {
    if (bytes.empty()) return {};
    if (agrees(bytes, v2_signature)) return read_v2(bytes);
    return agrees(bytes, v1_signature) ? read_v1(bytes) : none();
}

void write_proxy_header(const ProxyHeader& header, std::string& out) {
    const bool as_v4 = are_v4(header.source, header.destination);
    std::string block;
    if (!header.local) append_block(header, as_v4, block);
    const int family = header.local ? unspecified_family : as_v4 ? inet : inet6;
    const int transport = header.local ? unspecified_transport : stream;
    out += v2_signature;
    out += static_cast<char>(header.local ? local_command : proxy_command);
    out += static_cast<char>(family << 4 | transport);
    append_big_endian(block.size(), 2, out);
    out += block;
}

}  // namespace tidegate::wire
