#include "wire/mail/recipient.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tidegate::wire {
namespace {

struct Case {
    std::string line, domain, mailbox;
};

std::string long_name(std::size_t bytes) {
    std::string out;
    while (out.size() + 50 < bytes) out += std::string(49, 'a') + '.';
    return out + std::string(bytes - out.size(), 'b');
}

TEST(Recipient, IsReadAsServersReadIt) {
    const std::vector<Case> cases{
        {"RCPT TO:<user@example.net>", "example.net", "user@example.net"},
        {"rcpt to:<User@EXAMPLE.Net>", "example.net", "user@example.net"},
        {"RCPT TO: <user@example.net>", "example.net", "user@example.net"},
        {"RCPT TO:<user@example.net> NOTIFY=NEVER ORCPT=rfc822;x@example.org", "example.net",
         "user@example.net"},
        {"RCPT TO:user@example.net", "example.net", "user@example.net"},
        {"RCPT TO:user@example.net NOTIFY=NEVER", "example.net", "user@example.net"},
        {"RCPT TO:<user@example.net.>", "example.net", "user@example.net"},
        {"RCPT TO:<user+tag@example.net>", "example.net", "user+tag@example.net"},
        {"RCPT TO:<user@localhost>", "localhost", "user@localhost"},
        {"RCPT TO:<a%example.net@example.org>", "example.org", "a%example.net@example.org"},
        {"RCPT TO:<a@example.net@example.org>", "example.org", "a@example.net@example.org"},
        {"RCPT TO:<\"a@example.net\"@example.org>", "example.org", "\"a@example.net\"@example.org"},
        {"RCPT TO:<\"a>b\"@example.org>", "example.org", "\"a>b\"@example.org"},
        {"RCPT TO:<\"a\\\"@example.net>\"@example.org>", "example.org", "\"a\\\"@example.net>\"@example.org"},
        {"RCPT TO:<\"a b\"@example.org>", "example.org", "\"a b\"@example.org"},
        {"RCPT TO:<@example.com:user@example.net>", "example.net", "user@example.net"},
        {"RCPT TO:<@example.com,@example.org:user@example.net>", "example.net", "user@example.net"},
        {"RCPT TO:<@[IPv6:2001:db8::1],@example.org:user@example.net>", "example.net", "user@example.net"},
        {"RCPT TO:<user@b\xc3\xbc"
         "cher.example.net>",
         "b\xc3\xbc"
         "cher.example.net",
         "user@b\xc3\xbc"
         "cher.example.net"},
        {"RCPT TO:<user@xn--bcher-kva.example.net>", "xn--bcher-kva.example.net",
         "user@xn--bcher-kva.example.net"},
    };
    for (const Case& each : cases) {
        EXPECT_EQ(recipient_domain(each.line), each.domain) << each.line;
        EXPECT_EQ(recipient_mailbox(each.line), each.mailbox) << each.line;
    }
}

TEST(Recipient, IsNoneWhereThereIsNone) {
    using namespace std::string_literals;
    const std::vector<std::string> lines{
        "",
        "RCPT",
        "RCPT TO:",
        "RCPT TO:<>",
        "RCPT TO:<@>",
        "RCPT TO:<",
        "RCPT TO:<user@example.net",
        "RCPT TO:user@example.net>",
        "RCPT TO:<user@example.net>NOTIFY=NEVER",
        "RCPT TO:<<user@example.net>>",
        "RCPT FROM:<user@example.net>",
        "MAIL FROM:<user@example.net>",
        "RCPT TO:<postmaster>",
        "RCPT TO:<user@>",
        "RCPT TO:<user@.>",
        "RCPT TO:<user@..example.net>",
        "RCPT TO:<user@example..net>",
        "RCPT TO:<user@-example.net>",
        "RCPT TO:<user@example-.net>",
        "RCPT TO:<user@exam ple.net>",
        "RCPT TO:<user@example.net(comment)>",
        "RCPT TO:<user@[192.0.2.1]>",
        "RCPT TO:<user@[IPv6:2001:db8::1]>",
        "RCPT TO:<@example.com user@example.net>",
        "RCPT TO:<@[IPv6:2001:db8::1>",
        "RCPT TO:<\"user@example.net>",
        "RCPT TO:<\"user\\",
        "RCPT TO:<user@exa\0mple.net>"s,
        "RCPT TO:<user@exa\x7fmple.net>",
        "RCPT TO:<us\r\ner@example.net>",
        "RCPT TO:<user@" + std::string(64, 'a') + ".example.net>",
        "RCPT TO:<user@" + long_name(256) + ">",
    };
    for (const std::string& each : lines) {
        EXPECT_EQ(recipient_domain(each), "") << each;
        EXPECT_EQ(recipient_mailbox(each), "") << each;
    }
}

TEST(Recipient, HasADomainAlsoWithoutAMailbox) {
    EXPECT_EQ(recipient_domain("RCPT TO:<@example.net>"), "") << "a route that leads nowhere";
    const std::string most = "RCPT TO:<" + std::string(64, 'u') + "@example.net>";
    EXPECT_EQ(recipient_mailbox(most), std::string(64, 'u') + "@example.net");
    const std::string more = "RCPT TO:<" + std::string(65, 'u') + "@example.net>";
    EXPECT_EQ(recipient_domain(more), "example.net") << "or one could hide behind it";
    EXPECT_EQ(recipient_mailbox(more), "");
    EXPECT_EQ(recipient_domain("RCPT TO:<\"\"@example.net>"), "example.net");
    EXPECT_EQ(recipient_domain("RCPT TO:<user@" + long_name(255) + ">"), long_name(255));
}

// Every prefix and every single byte in the midst: nothing but a domain comes out.
TEST(Recipient, GivesOnlyDomainsWhateverIsSaid) {
    const std::string good = "RCPT TO:<@example.com:\"a@b\"@example.net> NOTIFY=NEVER";
    for (std::size_t at = 0; at < good.size(); ++at)
        for (int byte = 0; byte < 256; ++byte) {
            std::string line = good;
            line[at] = static_cast<char>(byte);
            for (const std::string& each : {line, line.substr(0, at + 1)}) {
                const std::string domain = recipient_domain(each), mailbox = recipient_mailbox(each);
                EXPECT_EQ(domain.find_first_of(" \t<>@\"[]()\r\n,:;"), std::string::npos) << each;
                EXPECT_TRUE(mailbox.empty() || mailbox.ends_with('@' + domain)) << each;
            }
        }
}

}  // namespace
}  // namespace tidegate::wire
