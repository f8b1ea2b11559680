#include "wire/door/postfix_policy.h"

#include "doors.h"

namespace tidegate::wire {
namespace {

// As Debian's Postfix 3.7 sent them.
constexpr std::string_view at_connect =
    "request=smtpd_access_policy\nprotocol_state=CONNECT\nprotocol_name=SMTP\nclient_address=198.51.100.9\n"
    "client_name=unknown\nclient_port=39257\nreverse_client_name=unknown\nserver_address=192.0.2.1\n"
    "server_port=587\nhelo_name=\nsender=\nrecipient=\nrecipient_count=0\nqueue_id=\ninstance=\nsize=0\n"
    "etrn_domain=\nstress=\nsasl_method=\nsasl_username=\nsasl_sender=\nccert_subject=\nccert_issuer=\n"
    "ccert_fingerprint=\nccert_pubkey_fingerprint=\nencryption_protocol=\nencryption_cipher=\n"
    "encryption_keysize=0\npolicy_context=\n\n";
constexpr std::string_view at_data =
    "request=smtpd_access_policy\nprotocol_state=DATA\nprotocol_name=ESMTP\nclient_address=198.51.100.9\n"
    "client_name=unknown\nclient_port=46271\nreverse_client_name=unknown\nserver_address=192.0.2.1\n"
    "server_port=587\nhelo_name=client.example.com\nsender=alice@example.org\nrecipient=bob@example.org\n"
    "recipient_count=1\nqueue_id=7D399AAC94B\ninstance=b2.6b03cbd1.7b84f.0\nsize=17\netrn_domain=\nstress=\n"
    "sasl_method=CRAM-MD5\nsasl_username=alice@example.org\nsasl_sender=\nccert_subject=\nccert_issuer=\n"
    "ccert_fingerprint=\nccert_pubkey_fingerprint=\nencryption_protocol=TLSv1.3\n"
    "encryption_cipher=TLS_AES_256_GCM_SHA384\nencryption_keysize=256\npolicy_context=\n\n";

/// All requests in `bytes`, given in pieces of `piece` bytes.
std::string read(std::string_view bytes, std::size_t piece) {
    PolicyReader reader;
    std::string out;
    while (!bytes.empty()) {
        std::string_view part = bytes.substr(0, piece);
        bytes.remove_prefix(part.size());
        while (!part.empty()) {
            const auto request = reader.next(part);
            if (!request) return out + "error: " + request.error().what;
            if (*request) out += line_of((*request)->question) + "\n";
        }
    }
    return out;
}

TEST(PostfixPolicy, AnySplitReadsTheSame) {
    const std::string bytes = std::string(at_connect) + std::string(at_data) + std::string(at_connect);
    const std::string whole = read(bytes, bytes.size());
    EXPECT_EQ(
        whole,
        "connect address=198.51.100.9:39257 service=submission\n"
        "mail address=198.51.100.9:46271 service=submission account=<alice@example.org> method=CRAM-MD5 "
        "session=b2.6b03cbd1.7b84f.0 ehlo=client.example.com tls\n"
        "connect address=198.51.100.9:39257 service=submission\n");
    for (std::size_t piece = 1; piece < bytes.size(); ++piece) ASSERT_EQ(read(bytes, piece), whole) << piece;
}

TEST(PostfixPolicy, StatesAndClients) {
    const auto one = [](std::string_view more) {
        return read("request=smtpd_access_policy\n" + std::string(more) + "\n\n", 7);
    };
    EXPECT_EQ(one("protocol_state=CONNECT\nclient_address=unknown\nclient_port=unknown"), "nothing\n");
    EXPECT_EQ(one("protocol_state=CONNECT\nclient_address="), "nothing\n");
    EXPECT_EQ(one("protocol_state=CONNECT\nclient_address=2001:db8::1\nserver_port=25"),
              "connect address=2001:db8::1 service=smtp\n");
    EXPECT_EQ(one("protocol_state=EHLO\nclient_address=192.0.2.1\nhelo_name=a=b"),
              "connect address=192.0.2.1 ehlo=a=b\n");
    EXPECT_EQ(one("protocol_state=RCPT\nclient_address=192.0.2.1\nsasl_username=u"),
              "mail address=192.0.2.1 account=<u>\n");
    EXPECT_EQ(one("protocol_state=VRFY\nclient_address=192.0.2.1"), "nothing address=192.0.2.1\n");
    EXPECT_EQ(one("protocol_state=NEW\nclient_address=192.0.2.1"), "nothing address=192.0.2.1\n");
}

TEST(PostfixPolicy, GarbageIsRefusedForGood) {
    const std::string good(at_connect);
    const std::vector<std::pair<std::string, std::string>> cases{
        {"\n", "error: no request=smtpd_access_policy"},
        {"GET / HTTP/1.0\r\n\r\n\n\n", "error: NUL or a carriage return"},
        {"a=b\n\n", "error: no request=smtpd_access_policy"},
        {"request=junk\n\n", "error: no request=smtpd_access_policy"},
        {"request=smtpd_access_policy\nx\n\n", "error: a line without a name and '='"},
        {"request=smtpd_access_policy\n=x\n\n", "error: a line without a name and '='"},
        {"request=smtpd_access_policy\nclient_address=192.0.2.1\nclient_address=192.0.2.2\n\n",
         "error: field 'client_address' appears twice"},
        {std::string("request=smtpd_access_policy\nx=\0\n\n", 33), "error: NUL or a carriage return"},
        {"x=" + std::string(max_policy_line_bytes, 'a'), "error: a line is too long"},
    };
    for (const auto& [bytes, expected] : cases) {
        EXPECT_EQ(read(bytes + good, bytes.size() + good.size()), expected) << bytes.substr(0, 80);
        EXPECT_EQ(read(bytes + good, 1), expected) << bytes.substr(0, 80);
    }
    std::string many;
    while (many.size() <= max_policy_request_bytes) many += "name=value\n";
    EXPECT_EQ(read(many, many.size()), "error: a request is too long");
    EXPECT_EQ(read(many, 1), "error: a request is too long");
    // An empty line behind a request is an empty request.
    EXPECT_TRUE(read(good + "\n", 50).ends_with("\nerror: no request=smtpd_access_policy"));
    PolicyReader reader;
    std::string_view bytes = "\n";
    ASSERT_FALSE(reader.next(bytes));
    bytes = at_connect;
    EXPECT_FALSE(reader.next(bytes));
}

TEST(PostfixPolicy, TheLimitsAreReachable) {
    // A line and a request of just the limit are read.
    std::string bytes =
        "request=smtpd_access_policy\nx=" + std::string(max_policy_line_bytes - 3, 'a') + "\n\n";
    EXPECT_EQ(read(bytes, 100), "nothing\n");
    bytes = "request=smtpd_access_policy\n";
    while (bytes.size() + 102 < max_policy_request_bytes) bytes += "x=" + std::string(98, 'a') + "\n";
    bytes += "y=" + std::string(max_policy_request_bytes - bytes.size() - 4, 'a') + "\n\n";
    ASSERT_EQ(bytes.size(), max_policy_request_bytes);
    EXPECT_EQ(read(bytes, bytes.size()), "nothing\n");
}

std::string answer(Answer::Step step, PolicyState state, Service service, std::string_view account) {
    PolicyRequest request{.state = state, .question = {}};
    request.question.event.service = service;
    request.question.event.account = account;
    std::string out;
    write_policy({.step = step, .text = "no\n\naction=OK", .code = "7KQ2M9X", .help = {}}, request, out);
    return out;
}

TEST(PostfixPolicy, WhatMayBeSaidWhen) {
    using enum Answer::Step;
    const std::string words = "no  action=OK (code 7KQ2M9X)\n\n";
    for (const auto state : {PolicyState::connect, PolicyState::helo}) {
        EXPECT_EQ(answer(defer, state, Service::submission, ""), "action=421 4.7.0 " + words);
        EXPECT_EQ(answer(refuse, state, Service::submission, ""), "action=521 5.7.1 " + words);
        EXPECT_EQ(answer(refuse, state, Service::smtp, ""), "action=421 4.7.0 " + words);
        EXPECT_EQ(answer(refuse, state, Service::unknown, ""), "action=421 4.7.0 " + words);
    }
    for (const auto state :
         {PolicyState::mail, PolicyState::rcpt, PolicyState::data, PolicyState::end_of_message}) {
        EXPECT_EQ(answer(refuse, state, Service::submission, "u"), "action=450 4.7.1 " + words);
        EXPECT_EQ(answer(refuse, state, Service::smtp, ""), "action=450 4.7.1 " + words);
        EXPECT_EQ(answer(go_on, state, Service::smtp, ""), "action=DUNNO\n\n");
    }
    for (const auto state : {PolicyState::vrfy, PolicyState::etrn, PolicyState::unknown})
        EXPECT_EQ(answer(refuse, state, Service::smtp, ""), "action=DUNNO\n\n");
}

TEST(PostfixPolicy, Pauses) {
    const auto pause = [](int seconds, Ask ask) {
        PolicyRequest request;
        request.question.ask = ask;
        std::string out;
        write_policy({.step = Answer::Step::wait, .wait = std::chrono::seconds(seconds)}, request, out);
        return out;
    };
    EXPECT_EQ(pause(2, Ask::connect), "action=sleep 2\n\n");
    EXPECT_EQ(pause(3600, Ask::mail), "action=sleep 30\n\n");
    EXPECT_EQ(pause(0, Ask::connect), "action=DUNNO\n\n");
    EXPECT_EQ(pause(-1, Ask::connect), "action=DUNNO\n\n");
    EXPECT_EQ(pause(2, Ask::nothing), "action=DUNNO\n\n");
}

}  // namespace
}  // namespace tidegate::wire
