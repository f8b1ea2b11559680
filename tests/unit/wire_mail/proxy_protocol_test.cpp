#include "wire/mail/proxy_protocol.h"

#include <gtest/gtest.h>

#include <utility>

namespace tidegate::wire {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using State = ProxyRead::State;

std::string port_text(Address address, std::uint16_t port) {
    return address.text() + " " + std::to_string(port);
}
std::string line_of(const ProxyRead& read) {
    if (read.state == State::more) return "more";
    if (read.state == State::none) return "none";
    const auto& header = read.header;
    std::string line = std::to_string(read.used) + " ";
    if (header.local) {
        line += "local";
        EXPECT_TRUE(header.source.is_none() && header.destination.is_none());
    } else {
        line += port_text(header.source, header.source_port) + " > " +
                port_text(header.destination, header.destination_port);
    }
    if (header.tls) line += *header.tls ? " tls" : " clear";
    for (const auto& text : {header.tls_version, header.tls_cipher, header.authority})
        if (!text.empty()) line += " " + text;
    return line;
}
/// Of the bytes as they are and with a client's behind them; before they are whole: more.
std::string line_of(std::string_view bytes) {
    auto line = line_of(read_proxy_header(bytes));
    EXPECT_EQ(line_of(read_proxy_header(std::string(bytes) + "a NOOP\r\n")), line);
    if (line == "none") return line;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        EXPECT_EQ(line_of(read_proxy_header(bytes.substr(0, i))), "more");
    return line;
}

// ---- version 1

TEST(ProxyV1, Read) {
    EXPECT_EQ(line_of("PROXY TCP4 192.0.2.1 198.51.100.2 56324 143\r\n"sv),
              "45 192.0.2.1 56324 > 198.51.100.2 143");
    EXPECT_EQ(line_of("PROXY TCP6 2001:db8::1 2001:DB8:0::2 0 65535\r\n"sv),
              "46 2001:db8::1 0 > 2001:db8::2 65535");
    EXPECT_EQ(line_of("PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 1 25\r\n"sv),
              "46 192.0.2.1 1 > 2001:db8::2 25");
    EXPECT_EQ(line_of("PROXY UNKNOWN\r\n"sv), "15 local");
    EXPECT_EQ(line_of("PROXY UNKNOWN \x01what ever \r\n"sv), "27 local");
    const auto longest =
        "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n"sv;
    EXPECT_EQ(line_of(longest), "107 local");
    EXPECT_EQ(line_of("PROXY TCP4 127.0.0.1 127.0.0.1 52528 39001\r\n"sv),
              "44 127.0.0.1 52528 > 127.0.0.1 39001")
        << "of HAProxy 2.6";
}

TEST(ProxyV1, None) {
    for (const auto line : {"PROXY TCP4 192.0.2.1 198.51.100.2 56324 143\n"sv,
                            "PROXY TCP4 192.0.2.1 198.51.100.2 56324 143\r \n"sv,
                            "PROXY TCP4 192.0.2.1 198.51.100.2 56324\n143\r\n"sv,
                            "PROXY TCP4  192.0.2.1 198.51.100.2 56324 143\r\n"sv,
                            "PROXY TCP4 192.0.2.1 198.51.100.2 56324 143 \r\n"sv,
                            "PROXY TCP4 192.0.2.1 198.51.100.2 56324\r\n"sv,
                            "PROXY TCP4 192.0.2.1 198.51.100.2\r\n"sv,
                            "PROXY TCP4 192.0.2.1\r\n"sv,
                            "PROXY TCP4\r\n"sv,
                            "PROXY TCP4 192.0.2.1 198.51.100.2 56324 65536\r\n"sv,
                            "PROXY TCP4 192.0.2.1 198.51.100.2 056 143\r\n"sv,
                            "PROXY TCP4 192.0.2.1 198.51.100.2 00 143\r\n"sv,
                            "PROXY TCP4 192.0.2.1 198.51.100.2 -1 143\r\n"sv,
                            "PROXY TCP4 192.0.2.1 198.51.100.2 +1 143\r\n"sv,
                            "PROXY TCP4 192.0.2.1 198.51.100.2 1 \r\n"sv,
                            "PROXY TCP4 192.0.2.01 198.51.100.2 1 143\r\n"sv,
                            "PROXY TCP4 192.0.2 198.51.100.2 1 143\r\n"sv,
                            "PROXY TCP4 2001:db8::1 198.51.100.2 1 143\r\n"sv,
                            "PROXY TCP6 2001:db8::1 198.51.100.2 1 143\r\n"sv,
                            "PROXY TCP6 192.0.2.1 198.51.100.2 1 143\r\n"sv,
                            "PROXY TCP6 [2001:db8::1] 2001:db8::2 1 143\r\n"sv,
                            "PROXY TCP6 2001:db8::1%eth0 2001:db8::2 1 143\r\n"sv,
                            "PROXY TCP5 192.0.2.1 198.51.100.2 1 143\r\n"sv,
                            "PROXY tcp4 192.0.2.1 198.51.100.2 1 143\r\n"sv,
                            "PROXY UNKNOWNS\r\n"sv,
                            "PROXY UNKNOWN\n"sv,
                            "PROXY UNKNOWN \ra\r\n"sv,
                            "PROXY UDP4 192.0.2.1 198.51.100.2 1 143\r\n"sv,
                            "proxy UNKNOWN\r\n"sv,
                            "PROXY\tUNKNOWN\r\n"sv,
                            "PROXY\r\n"sv,
                            "PROXY \r\n"sv,
                            "a NOOP\r\n"sv,
                            "EHLO x\r\n"sv,
                            "\n"sv,
                            "PROXY TCP4 192.0.2.1\0 198.51.100.2 1 143\r\n"sv,
                            "PROXY UNKNOWNPROXY UNKNOWN\r\n"sv})
        EXPECT_EQ(line_of(line), "none") << line;
    EXPECT_EQ(line_of("PROXY UNKNOWN " + std::string(92, 'x') + "\r\n"), "none") << "108 bytes";
}

TEST(ProxyV1, NobodyWaitsForWhatCannotCome) {
    for (const auto bytes : {"a"sv, "Q"sv, "PROXZ"sv, "PROXY x"sv, "PROXY TCP7"sv, "PROXY TCP4 \n"sv,
                             "\r\r"sv, "\r\n\r\n\0\r\nQUIT\r"sv, "PROXY TCP4 \rx"sv})
        EXPECT_EQ(line_of(read_proxy_header(bytes)), "none") << bytes;
    const std::string endless = "PROXY UNKNOWN " + std::string(10'000, 'x');
    EXPECT_EQ(line_of(read_proxy_header(std::string_view(endless).substr(0, 105))), "more");
    EXPECT_EQ(line_of(read_proxy_header(std::string_view(endless).substr(0, 106))), "none");
    EXPECT_EQ(line_of(read_proxy_header(endless)), "none");
    EXPECT_EQ(line_of(read_proxy_header("")), "more");
}

// ---- version 2

constexpr std::string_view signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::string_view ipv4 =
    "\xc0\x00\x02\x01\xc6\x33\x64\x02\xdc\x04\x00\x8f"sv;  // 192.0.2.1 198.51.100.2
constexpr std::string_view ipv6 =
    "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02\xdc\x04\x00\x8f"sv;

std::string v2(int command, int family, std::string_view block, std::string_view tlvs = "") {
    const std::size_t length = block.size() + tlvs.size();
    std::string bytes(signature);
    bytes += static_cast<char>(command);
    bytes += static_cast<char>(family);
    bytes += static_cast<char>(length >> 8);
    bytes += static_cast<char>(length);
    return bytes.append(block).append(tlvs);
}

TEST(ProxyV2, Addresses) {
    EXPECT_EQ(line_of(v2(0x21, 0x11, ipv4)), "28 192.0.2.1 56324 > 198.51.100.2 143");
    EXPECT_EQ(line_of(v2(0x21, 0x21, ipv6)), "52 2001:db8::1 56324 > 2001:db8::2 143");
    const auto mapped = "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x01"s;
    EXPECT_EQ(line_of(v2(0x21, 0x21, mapped + mapped + "\0\1\0\2"s)), "52 192.0.2.1 1 > 192.0.2.1 2");
    for (const int family : {0x11, 0x12}) EXPECT_EQ(line_of(v2(0x21, family, ipv4.substr(1))), "none");
    for (const int family : {0x21, 0x22}) EXPECT_EQ(line_of(v2(0x21, family, ipv6.substr(1))), "none");
    EXPECT_EQ(line_of(v2(0x21, 0x21, ipv4)), "none");
}

TEST(ProxyV2, Local) {
    EXPECT_EQ(line_of(v2(0x20, 0x00, "")), "16 local");
    EXPECT_EQ(line_of(v2(0x20, 0x11, ipv4)), "28 local");
    EXPECT_EQ(line_of(v2(0x20, 0xff, "anything")), "24 local") << "the family is ignored";
    EXPECT_EQ(line_of(v2(0x20, 0x11, "")), "16 local");
    EXPECT_EQ(line_of(v2(0x20, 0x00, "", "\x20\0\x05\x01\0\0\0\0"sv)), "24 local") << "no client, no TLS";
    EXPECT_EQ(line_of(v2(0x21, 0x00, "")), "16 local");
    EXPECT_EQ(line_of(v2(0x21, 0x01, "")), "16 local");
    EXPECT_EQ(line_of(v2(0x21, 0x10, ipv4)), "28 local");
    EXPECT_EQ(line_of(v2(0x21, 0x12, ipv4)), "28 local") << "UDP";
    EXPECT_EQ(line_of(v2(0x21, 0x31, std::string(216, 's'))), "232 local");
    EXPECT_EQ(line_of(v2(0x21, 0x32, std::string(216, 's'))), "232 local");
    EXPECT_EQ(line_of(v2(0x21, 0x31, std::string(215, 's'))), "none");
    EXPECT_EQ(line_of(v2(0x21, 0x31, std::string(216, 's'), "\x20\0\x05\x01\0\0\0\0"sv)), "240 local tls");
}

TEST(ProxyV2, None) {
    for (const int command : {0x11, 0x22, 0x2f, 0x31, 0x01, 0x00, 0xff, 0x0a})
        EXPECT_EQ(line_of(v2(command, 0x11, ipv4)), "none");
    for (const int family : {0x13, 0x1f, 0x41, 0x03, 0xf1, 0xff})
        EXPECT_EQ(line_of(v2(0x21, family, ipv4)), "none");
    EXPECT_EQ(line_of(read_proxy_header(v2(0x21, 0x11, "").substr(0, 12) + "\x22")), "none") << "at once";
}

TEST(ProxyV2, Length) {
    const auto noop = [](std::size_t bytes) {
        return "\x04"s + static_cast<char>(bytes >> 8) + static_cast<char>(bytes) + std::string(bytes, '\0');
    };
    EXPECT_EQ(line_of(v2(0x21, 0x11, ipv4, noop(4096 - 16 - 12 - 3))),
              "4096 192.0.2.1 56324 > 198.51.100.2 143");
    EXPECT_EQ(line_of(v2(0x21, 0x11, ipv4, noop(4096 - 16 - 12 - 2))), "none");
    const auto head = std::string(signature) + "\x21\x11\xff\xff";
    EXPECT_EQ(line_of(read_proxy_header(head)), "none") << "nobody waits for it";
}

TEST(ProxyV2, Ssl) {
    constexpr std::string_view until_port = "192.0.2.1 56324 > 198.51.100.2 143";
    const auto line = [&](std::string_view tlvs) {
        const auto whole = line_of(v2(0x21, 0x11, ipv4, tlvs));
        const auto at = whole.find(until_port);
        return at == std::string::npos ? whole : whole.substr(at + until_port.size());
    };
    EXPECT_EQ(line("\x20\0\x05\x01\0\0\0\0"sv), " tls");
    EXPECT_EQ(line("\x20\0\x05\x07\0\0\0\x01"sv), " tls");
    EXPECT_EQ(line("\x20\0\x05\0\0\0\0\x01"sv), " clear");
    EXPECT_EQ(line("\x20\0\x05\x02\0\0\0\x01"sv), " clear");
    EXPECT_EQ(line("\x01\0\x04imap\x20\0\x0f\x01\0\0\0\0\x21\0\x07TLSv1.3\x30\0\0"sv), " tls TLSv1.3");
    EXPECT_EQ(line("\x20\0\x0f\0\0\0\0\0\x21\0\x07TLSv1.3"sv), " clear");
    EXPECT_EQ(line("\x20\0\x0f\x01\0\0\0\0\x21\0\x07TLS\nv13"sv), " tls") << "not for people";
    EXPECT_EQ(line("\xe0\0\x02xx\x05\0\0\x04\0\0\x02\0\x01y"sv), " y");
    EXPECT_EQ(line("\x20\0\x04\x01\0\0\0"sv), "none");
    EXPECT_EQ(line("\x20\0\x06\x01\0\0\0\0\x21"sv), "none");
    EXPECT_EQ(line("\x20\0\x08\x01\0\0\0\0\x21\0\x01"sv), "none");
    EXPECT_EQ(line("\x20\0\x05\x01\0\0\0\0\x20\0\x05\0\0\0\0\0"sv), "none") << "which of the two?";
    EXPECT_EQ(line("\x20\0\x06\x01\0\0\0\0"sv), "none");
    EXPECT_EQ(line("\x04\0"sv), "none");
    EXPECT_EQ(line("\x04"sv), "none");
}

// What HAProxy 2.6 sent: a check; a client; a client with TLS.
constexpr std::string_view checked = "\r\n\r\n\0\r\nQUIT\n \0\0\x07\x03\0\x04\xa9\xb8~\x8f"sv;
constexpr std::string_view client =
    "\r\n\r\n\0\r\nQUIT\n!\x11\0\x13\x7f\0\0\x01\x7f\0\0\x01\xb9\x1c\x98Z\x03\0\x04G\xbc\xaf\xd4"sv;
constexpr std::string_view client_with_tls =
    "\r\n\r\n\0\r\nQUIT\n!\x11\0%\x7f\0\0\x01\x7f\0\0\x01\xdc\x06\x98[\x03\0\x04\x81[B\x8f "
    "\0\x0f\x01\0\0\0\0!\0\x07"
    "TLSv1.3"sv;

TEST(ProxyV2, Haproxy) {
    EXPECT_EQ(line_of(checked), "23 local");
    EXPECT_EQ(line_of(client), "35 127.0.0.1 47388 > 127.0.0.1 39002");
    EXPECT_EQ(line_of(client_with_tls), "53 127.0.0.1 56326 > 127.0.0.1 39003 tls TLSv1.3");
}

TEST(ProxyV2, ChecksumThatIsWrong) {
    for (const auto header : {client, client_with_tls}) {
        for (std::size_t bit = 0; bit < 8 * header.size(); ++bit) {
            std::string bytes(header);
            bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ 1 << bit % 8);
            const auto read = read_proxy_header(bytes + std::string(70'000, 'x'));
            // Without the checksum's own type there is none; LOCAL's block need not be one of TLVs.
            const bool without_checksum = read.state == State::whole && (bit / 8 == 28 || bytes[12] == ' ');
            EXPECT_TRUE(read.state == State::none || without_checksum) << bit;
        }
    }
    std::string bytes(checked);
    bytes.back() ^= 1;
    EXPECT_EQ(line_of(bytes), "none");
    EXPECT_EQ(line_of(v2(0x21, 0x11, ipv4, "\x03\0\x03xyz"sv)), "none");
    EXPECT_EQ(line_of(v2(0x21, 0x11, ipv4, "\x03\0\x05xyzzz"sv)), "none");
}

// ---- written

ProxyHeader header_of(const char* source, const char* destination, std::optional<bool> tls = std::nullopt) {
    ProxyHeader header;
    header.source = Address::parse(source).value_or(Address{});
    header.destination = Address::parse(destination).value_or(Address{});
    header.source_port = 56324;
    header.destination_port = 143;
    header.tls = tls;
    return header;
}
std::string written(const ProxyHeader& header) {
    std::string out = "before";
    write_proxy_header(header, out);
    EXPECT_TRUE(out.starts_with("before"));
    return out.substr(6);
}

TEST(ProxyWritten, Bytes) {
    EXPECT_EQ(written(header_of("192.0.2.1", "198.51.100.2")), v2(0x21, 0x11, ipv4));
    EXPECT_EQ(written(header_of("2001:db8::1", "2001:db8::2")), v2(0x21, 0x21, ipv6));
    EXPECT_EQ(written(header_of("192.0.2.1", "198.51.100.2", true)),
              v2(0x21, 0x11, ipv4, "\x20\0\x05\x01\0\0\0\x01"sv));
    EXPECT_EQ(written(header_of("192.0.2.1", "198.51.100.2", false)),
              v2(0x21, 0x11, ipv4, "\x20\0\x05\0\0\0\0\x01"sv));
    auto header = header_of("192.0.2.1", "198.51.100.2", true);
    header.tls_version = "TLSv1.3";
    EXPECT_EQ(written(header), v2(0x21, 0x11, ipv4, "\x20\0\x0f\x01\0\0\0\x01\x21\0\x07TLSv1.3"sv));
    header.local = true;
    EXPECT_EQ(written(header), v2(0x20, 0x00, ""));
}

TEST(ProxyWritten, ReadAgain) {
    const auto again = [](const char* source, const char* destination) {
        return line_of(written(header_of(source, destination, true)));
    };
    EXPECT_EQ(again("192.0.2.1", "2001:db8::2"), "60 192.0.2.1 56324 > 2001:db8::2 143 tls");
    EXPECT_EQ(again("2001:db8::1", "198.51.100.2"), "60 2001:db8::1 56324 > 198.51.100.2 143 tls");
    EXPECT_EQ(again("192.0.2.1", "::"), "36 192.0.2.1 56324 > 0.0.0.0 143 tls") << "not known: still IPv4";
    EXPECT_EQ(again("2001:db8::1", "::"), "60 2001:db8::1 56324 > :: 143 tls");
    auto header = header_of("192.0.2.1", "198.51.100.2", true);
    header.tls_version = std::string(100'000, 'x');
    EXPECT_EQ(line_of(written(header)), "36 192.0.2.1 56324 > 198.51.100.2 143 tls") << "no version";
    header.tls_version = "TLSv1.3";
    header.tls_cipher = "TLS_AES_128_GCM_SHA256";
    header.authority = "imap.example.org";
    EXPECT_EQ(line_of(written(header)),
              "90 192.0.2.1 56324 > 198.51.100.2 143 tls TLSv1.3 TLS_AES_128_GCM_SHA256 imap.example.org");
    for (const auto& text : {std::string(256, 'x'), "a b"s, "a\nb"s, ""s}) {
        header.tls_cipher = header.authority = text;
        EXPECT_EQ(line_of(written(header)), "46 192.0.2.1 56324 > 198.51.100.2 143 tls TLSv1.3") << text;
    }
    header.tls = false;
    header.tls_cipher = "NONE";
    EXPECT_EQ(line_of(written(header)), "36 192.0.2.1 56324 > 198.51.100.2 143 clear");
}

}  // namespace
}  // namespace tidegate::wire
