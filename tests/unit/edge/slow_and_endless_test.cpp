// Words without an end, and words byte by byte, at every point before the log-in and in every protocol:
// limits end the first, the deadline the second, and neither is put off by what comes.

#include "edge_world.h"
#include "imap_world.h"

namespace tidegate::edge {
namespace {

using namespace std::chrono_literals;
using net::WireClient;

/// Where a client stands when it begins: it has sent these.
struct Opening {
    Protocol protocol = Protocol::imap;
    std::string words;
    bool behind_balancer = false;
};

std::string without_line_ends(std::string words) {
    std::erase_if(words, [](char c) { return c == '\r'; });
    std::ranges::replace(words, '\n', '|');
    return words;
}

void PrintTo(const Opening& opening, std::ostream* out) {
    *out << name(service_of(opening.protocol)) << " '" << without_line_ends(opening.words) << "'";
}

class FromEveryPoint : public EdgeWorld, public testing::WithParamInterface<Opening> {
protected:
    FromEveryPoint() {
        rules_.name = "any";
        rules_.protocol = GetParam().protocol;
        rules_.offer.host = "mail.example.org";
        rules_.offer.mechanisms = {"PLAIN", "LOGIN"};
        rules_.offer.plain_without_tls = true;
        rules_.mx.greeting_delay = 0ms;
        rules_.log_in = rules_.mx.handshake = rules_.mx.command = 600s;
        if (GetParam().behind_balancer) rules_.balancers = {*Prefix::parse("127.0.0.0/8")};
    }
    [[nodiscard]] std::string told(const Event& /*event*/) const override { return {}; }
    [[nodiscard]] WireClient there() const {
        WireClient out(endpoint_);
        out.send(GetParam().words);
        return out;
    }
};

TEST_P(FromEveryPoint, WhatHasNoEndIsEnded) {
    open();
    for (const std::string& kind :
         {std::string(65'536, 'x'), std::string(65'536, '\0'), std::string(65'536, '\n')}) {
        WireClient user = there();
        std::size_t pieces = 0;
        constexpr std::size_t most = 1024;  // 64 MiB, far more than the sockets between hold
        while (pieces < most && user.send(kind)) ++pieces;
        EXPECT_LT(pieces, most) << "a byte " << static_cast<int>(kind.front());
        EXPECT_TRUE(are_all_gone());
    }
    EXPECT_EQ(edge_->counts().late, 0U);
}

TEST_P(FromEveryPoint, WhoSaysItByteByByteHasNoMoreTime) {
    rules_.log_in = rules_.mx.handshake = rules_.mx.command = 400ms;
    open();
    WireClient user = there();
    const auto until = std::chrono::steady_clock::now() + net::patience;
    while (user.send("x") && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(20ms);  // that is how slow it is
    EXPECT_TRUE(are_all_gone());
    EXPECT_EQ(edge_->counts().late, 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Protocols, FromEveryPoint,
    testing::Values(Opening{Protocol::imap, ""}, Opening{Protocol::imap, "a1 LOGIN "},
                    Opening{Protocol::imap, "a1 LOGIN \""}, Opening{Protocol::imap, "a1 LOGIN {900}\r\n"},
                    Opening{Protocol::imap, "a1 LOGIN {900+}\r\n"},
                    Opening{Protocol::imap, "a1 ID (\"name\" \""},
                    Opening{Protocol::imap, "a1 ID ({900}\r\n"},
                    Opening{Protocol::imap, "a1 AUTHENTICATE PLAIN\r\n"},
                    Opening{Protocol::imap, "a1 AUTHENTICATE LOGIN\r\nYm9i\r\n"},
                    Opening{Protocol::imap, "PROXY TCP4 192.0.2.1 ", true},
                    Opening{Protocol::imap, std::string("\r\n\r\n\0\r\nQUIT\n\x21\x11\x01\x00", 16), true},
                    Opening{Protocol::pop3, ""}, Opening{Protocol::pop3, "USER "},
                    Opening{Protocol::pop3, "USER bob\r\nPASS "}, Opening{Protocol::pop3, "AUTH PLAIN\r\n"},
                    Opening{Protocol::managesieve, ""}, Opening{Protocol::managesieve, "AUTHENTICATE \""},
                    Opening{Protocol::managesieve, "AUTHENTICATE \"PLAIN\"\r\n"},
                    Opening{Protocol::managesieve, "AUTHENTICATE \"PLAIN\" {900+}\r\n"},
                    Opening{Protocol::submission, ""}, Opening{Protocol::submission, "EHLO client\r\nAUTH "},
                    Opening{Protocol::submission, "EHLO client\r\nAUTH PLAIN\r\n"},
                    Opening{Protocol::submission, "EHLO client\r\nAUTH LOGIN\r\nYm9i\r\n"},
                    Opening{Protocol::smtp, ""}, Opening{Protocol::smtp, "EHLO client\r\nMAIL FROM:<"},
                    Opening{Protocol::smtp, "PROXY TCP4 192.0.2.1 ", true}));

// ---- handshakes

struct NoHello {
    std::string_view name, bytes;
};

class InTheHandshake : public TlsSession {
protected:
    InTheHandshake() { rules_.security = Security::implicit; }
};

TEST_F(InTheHandshake, WhatIsNoneEndsIt) {
    const std::vector<NoHello> all{
        {"another protocol", "GET / HTTP/1.1\r\nHost: mail.example.org\r\n\r\n"},
        {"zeros", std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16)},
        {"a record beyond all length", std::string_view("\x16\x03\x01\xff\xff\x01\x00\x00\x00", 9)},
        {"data before all", std::string_view("\x17\x03\x03\x00\x05hello", 10)},
        {"an alert", std::string_view("\x15\x03\x01\x00\x02\x02\x28", 7)},
        {"a hello of version 2", std::string_view("\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10", 11)},
        {"a hello that is empty", std::string_view("\x16\x03\x01\x00\x04\x01\x00\x00\x00", 9)},
        {"a hello that says it is longer than its record",
         std::string_view("\x16\x03\x01\x00\x2e\x01\xff\xff\xff\x03\x03"
                          "0123456789abcdef0123456789abcdef\x00\x00\x02\x13\x01\x01\x00\x00",
                          51)},
    };
    open();
    for (const auto& [name, bytes] : all) {
        WireClient user(endpoint_);
        user.send(bytes);
        user.half_close();
        EXPECT_FALSE(user.read_to_end().contains("* OK")) << name;
        EXPECT_TRUE(are_all_gone()) << name;
    }
    EXPECT_EQ(edge_->counts().handshakes_failed, all.size());
    const WireClient good(endpoint_);
    EXPECT_THAT(line_of(*secured(good)), testing::StartsWith("* OK "));
}

TEST_F(InTheHandshake, WhatHasNoEndIsEndedOrLate) {
    rules_.log_in = 1s;
    open();
    WireClient user(endpoint_);
    // Hellos in pieces: each record is a good one, and the message has no end.
    std::string record("\x16\x03\x01\x40\x00", 5);
    record += std::string("\x01\xff\xff\xff", 4) + std::string(0x4000 - 4, 'x');
    while (user.send(record)) record.replace(5, 4, "xxxx");
    EXPECT_TRUE(are_all_gone());
    EXPECT_EQ(edge_->counts().handshakes_failed, 1U);
}

TEST_F(InTheHandshake, HalfOfOneHasNoMoreTime) {
    rules_.log_in = 400ms;
    open();
    const std::string_view half("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
    WireClient silent(endpoint_), slow(endpoint_);
    silent.send(half);
    slow.send(half);
    const auto until = std::chrono::steady_clock::now() + net::patience;
    while (slow.send("x") && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(20ms);
    EXPECT_TRUE(are_all_gone());
    EXPECT_EQ(edge_->counts().late, 2U);
    EXPECT_TRUE(silent.is_closed());
}

TEST_F(InTheHandshake, NonsenseBehindItEndsTheSession) {
    open();
    WireClient user(endpoint_);
    const auto tls = secured(user);
    EXPECT_THAT(line_of(*tls), testing::StartsWith("* OK "));
    user.send(
        std::string_view("\x17\x03\x03\x00\x20"
                         "0123456789abcdef0123456789abcdef",
                         37));
    EXPECT_TRUE(are_all_gone());
}

}  // namespace
}  // namespace tidegate::edge
