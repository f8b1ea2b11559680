#include "wire/tls/client_hello.h"

#include <gtest/gtest.h>

#include <initializer_list>

namespace tidegate::wire {
namespace {

std::string number(std::size_t value, std::size_t size) {
    std::string out;
    for (std::size_t i = size; i-- > 0;) out += static_cast<char>(value >> 8 * i & 0xffU);
    return out;
}
std::string sized(std::size_t size_of_size, const std::string& content) {
    return number(content.size(), size_of_size) + content;
}
std::string pairs(std::initializer_list<unsigned> values) {
    std::string out;
    for (const unsigned value : values) out += number(value, 2);
    return out;
}
std::string extension(unsigned type, const std::string& content = "") {
    return number(type, 2) + sized(2, content);
}
std::string hello(const std::string& ciphers, const std::string& rest) {
    return "\x01" + sized(3, number(0x0303, 2) + std::string(32, 'r') + sized(1, std::string(32, 's')) +
                                 sized(2, ciphers) + sized(1, std::string(1, '\0')) + rest);
}
std::string host(const std::string& name) {
    return sized(2, number(0, 1) + sized(2, name));
}

// A browser's, of the fingerprint's own documentation, in an order of today and with GREASE in it.
std::string browser() {
    const std::string extensions =
        extension(0x1a1a) + extension(0x001b) + extension(0, host("imap.example.org")) + extension(0x0033) +
        extension(0x0010, sized(2, sized(1, "h2") + sized(1, "http/1.1"))) + extension(0x4469) +
        extension(0x0017) + extension(0x002d) +
        extension(0x000d, sized(2, pairs({0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}))) +
        extension(0x0005) + extension(0x0023) + extension(0x0012) +
        extension(0x002b, sized(1, pairs({0x2a2a, 0x0304, 0x0303}))) + extension(0xff01) + extension(0x000b) +
        extension(0x000a) + extension(0x0015) + extension(0xfafa, std::string(1, '\0'));
    return hello(pairs({0x0a0a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8,
                        0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035}),
                 sized(2, extensions));
}

TEST(ClientHello, HasTheFingerprintOfItsDocumentation) {
    const auto read = read_client_hello(browser());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->server_name, "imap.example.org");
    EXPECT_EQ(read->alpn, "h2");
    EXPECT_EQ(read->version, 0x0304);
    EXPECT_EQ(ja4(*read), "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

TEST(ClientHello, DoesNotDependOnTheOrderOfCiphers) {
    const auto one = read_client_hello(hello(pairs({0x1301, 0xc02b}), ""));
    const auto other = read_client_hello(hello(pairs({0xc02b, 0x1301}), ""));
    ASSERT_TRUE(one && other);
    EXPECT_EQ(ja4(*one), ja4(*other));
    EXPECT_TRUE(ja4(*one).starts_with("t12i020000_")) << ja4(*one);
    EXPECT_TRUE(ja4(*one).ends_with("_000000000000")) << ja4(*one);
}

TEST(ClientHello, WritesAProtocolThatIsNoWordInHexadecimal) {
    const auto with = [](const std::string& protocol) {
        const auto read = read_client_hello(
            hello(pairs({0x1301}), sized(2, extension(0x0010, sized(2, sized(1, protocol))))));
        return read ? ja4(*read).substr(8, 2) : "";
    };
    EXPECT_EQ(with("imap"), "ip");
    EXPECT_EQ(with("x"), "xx");
    EXPECT_EQ(with("\xab"), "ab");
    EXPECT_EQ(with("\x30\xcd"), "3d");
}

TEST(ClientHello, CountsUpToNinetyNine) {
    std::string many;
    for (unsigned i = 0; i < 150; ++i) many += number(0x2000 + i, 2);
    const auto read = read_client_hello(hello(many, ""));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->ciphers.size(), 150U);
    EXPECT_EQ(ja4(*read).substr(4, 2), "99");
}

TEST(ClientHello, IsNothingThatIsCutOrHasMoreBehindIt) {
    const std::string whole = browser();
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(read_client_hello(whole.substr(0, size))) << size;
    EXPECT_FALSE(read_client_hello(whole + "x"));
    EXPECT_FALSE(read_client_hello("\x02" + whole.substr(1)));
}

}  // namespace
}  // namespace tidegate::wire
