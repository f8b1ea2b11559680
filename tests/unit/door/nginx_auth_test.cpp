#include "wire/door/nginx_auth.h"

#include "doors.h"

namespace tidegate::wire {
namespace {

struct Seen {
    std::string password, account;
    int times = 0;
};

Result<NginxRequest> read(const std::vector<HeaderView>& headers, EventBatch& batch, Seen* seen = nullptr) {
    const MarkPassword mark = [seen](std::string_view password, std::string_view account) {
        if (seen != nullptr) *seen = {std::string(password), std::string(account), seen->times + 1};
        return PasswordMarks{.guess = password.size(), .tag = std::uint8_t{7}};
    };
    return read_nginx_auth(headers, mark, batch);
}

// The example of nginx's documentation, in the order of its source.
std::vector<HeaderView> example() {
    return {{"Host", "localhost"},       {"Auth-Method", "plain"},
            {"Auth-User", "user"},       {"Auth-Pass", "password"},
            {"Auth-Protocol", "imap"},   {"Auth-Login-Attempt", "1"},
            {"Client-IP", "192.0.2.42"}, {"Client-Host", "client.example.org"}};
}
std::vector<HeaderView> with(std::string_view name, std::string_view value) {
    auto headers = example();
    for (auto& header : headers) {
        if (header.first == name) {
            header.second = value;
            return headers;
        }
    }
    headers.emplace_back(name, value);
    return headers;
}

std::string line(const std::vector<HeaderView>& headers) {
    EventBatch batch;
    const auto request = read(headers, batch);
    return request ? line_of(request->question) : "error: " + request.error().what;
}

TEST(NginxAuth, Requests) {
    EXPECT_EQ(line(example()),
              "before address=192.0.2.42 service=imap account=<user> method=PLAIN clear password");
    EXPECT_EQ(line(with("Auth-Protocol", "smtp")),
              "before address=192.0.2.42 service=submission account=<user> method=PLAIN clear password");
    EXPECT_EQ(line(with("Auth-SSL", "on")),
              "before address=192.0.2.42 service=imap account=<user> method=PLAIN tls password");
    EXPECT_EQ(line(with("Auth-Method", "cram-md5")),
              "before address=192.0.2.42 service=imap account=<user> method=CRAM-MD5 clear");
    EXPECT_EQ(line(with("Auth-User", "a%20b%25%zz%4")),
              "before address=192.0.2.42 service=imap account=<a b%%zz%4> method=PLAIN clear password");
    auto stranger = with("Auth-Method", "none");
    stranger.emplace_back("Auth-SMTP-Helo", "mx.example.net");
    EXPECT_EQ(line(stranger), "connect address=192.0.2.42 service=smtp ehlo=mx.example.net clear");
    EXPECT_EQ(line(with("Client-IP", "unix:")), "error: Client-IP is no address");
    EXPECT_EQ(line(with("Auth-Protocol", "xmpp")), "error: Auth-Protocol is not imap, pop3 or smtp");
    EXPECT_EQ(line(with("Auth-Method", "PLAIN")), "error: Auth-Method is unknown");
    EXPECT_EQ(line(with("client-ip", "192.0.2.43")), "error: header 'client-ip' appears twice");
    EXPECT_EQ(line({}), "error: Auth-Protocol is not imap, pop3 or smtp");
}

TEST(NginxAuth, ThePasswordIsMarkedOnce) {
    EventBatch batch;
    Seen seen;
    const auto request = read(with("Auth-Pass", "p%41ss%00%2b+"), batch, &seen);
    ASSERT_TRUE(request);
    EXPECT_EQ(seen.times, 1);
    EXPECT_EQ(seen.password, std::string("pAss\0++", 7));
    EXPECT_EQ(seen.account, "user");
    EXPECT_EQ(request->question.event.guess, 7);
    EXPECT_EQ(request->question.event.tag, 7);
    Seen none;
    ASSERT_TRUE(read(with("Auth-Method", "apop"), batch, &none));
    EXPECT_EQ(none.times, 0);
    const std::string huge(100'000, 'x');
    ASSERT_TRUE(read(with("Auth-Pass", huge), batch, &none));
    EXPECT_EQ(none.password.size(), 1024U);
}

TEST(NginxAuth, OnlyAForwarderIsBelieved) {
    EventBatch batch;
    auto headers = with("Proxy-Protocol-Addr", "203.0.113.9");
    headers.emplace_back("Proxy-Protocol-Port", "40000");
    auto request = read(headers, batch);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->question.event.address.text(), "192.0.2.42");
    believe_forwarder(request->question);
    EXPECT_EQ(request->question.event.address.text(), "203.0.113.9");
    EXPECT_EQ(request->question.event.port, 40000);
    auto plain = read(example(), batch);
    ASSERT_TRUE(plain);
    believe_forwarder(plain->question);
    EXPECT_EQ(plain->question.event.address.text(), "192.0.2.42");
}

std::string headers_of(const Answer& answer, const std::vector<HeaderView>& headers,
                       const MailServer* server) {
    EventBatch batch;
    const auto request = read(headers, batch);
    std::string out;
    for (const Header& header : nginx_auth_headers(answer, *request, server))
        out.append(header.first).append(": ").append(header.second).append("; ");
    return out;
}

TEST(NginxAuth, Answers) {
    using enum Answer::Step;
    const MailServer server{.address = *Address::parse("2001:db8::9"), .port = 143};
    const Answer no{.step = refuse, .text = "no\r\nAuth-Status: OK", .code = "7KQ2M9X", .help = {}};
    EXPECT_EQ(headers_of({}, example(), &server),
              "Auth-Status: OK; Auth-Server: 2001:db8::9; Auth-Port: 143; ");
    EXPECT_EQ(headers_of({.step = wait}, example(), &server), headers_of({}, example(), &server));
    EXPECT_EQ(headers_of(no, example(), &server),
              "Auth-Status: [UNAVAILABLE] no  Auth-Status: OK (code 7KQ2M9X); Auth-Wait: 1; ");
    EXPECT_EQ(headers_of(no, with("Auth-Protocol", "pop3"), &server),
              "Auth-Status: [SYS/TEMP] no  Auth-Status: OK (code 7KQ2M9X); Auth-Wait: 1; ");
    EXPECT_EQ(headers_of(no, with("Auth-Protocol", "smtp"), &server),
              "Auth-Status: no  Auth-Status: OK (code 7KQ2M9X); Auth-Error-Code: 454 4.7.0; Auth-Wait: 1; ");
    EXPECT_EQ(headers_of(no, with("Auth-Login-Attempt", "9"), &server), headers_of(no, example(), &server));
    EXPECT_EQ(headers_of(no, with("Auth-Login-Attempt", "10"), &server),
              "Auth-Status: [UNAVAILABLE] no  Auth-Status: OK (code 7KQ2M9X); ");
    EXPECT_EQ(headers_of({}, example(), nullptr),
              "Auth-Status: [UNAVAILABLE] No server for this protocol; Auth-Wait: 1; ");
    for (const auto* method : {"apop", "cram-md5", "external"})
        EXPECT_EQ(headers_of({}, with("Auth-Method", method), &server),
                  "Auth-Status: [UNAVAILABLE] Please log in with PLAIN; Auth-Wait: 1; ");
}

}  // namespace
}  // namespace tidegate::wire
