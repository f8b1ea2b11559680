#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/http_conversation.h"
#include "sample.h"
#include "tell/status/form.h"
#include "tell/status/public_desk.h"

namespace tidegate::tell::status {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view policy =
    "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri "
    "'none'; frame-ancestors 'none'\r\n";

/// A desk with two pages, asked without sockets.
class StatusDesk : public testing::Test {
protected:
    StatusDesk() {
        PublicPage own{.partner = {}, .provider = "Example Mail", .zone = "UTC", .rules = rules_of_sample()};
        PublicPage partner = own;
        partner.partner = "acme";
        partner.provider = "Acme Mail";
        partner.rules.url = partner.rules.forms_url = "https://status.example.com/";
        PublicPage below = own;
        below.partner = "below";
        below.rules.url = "https://status.example.org/below/";
        PublicDeskWorld world;
        world.clock = [this] { return now_; };
        world.about = [this](const Address& address) {
            asked_.push_back(address);
            return standing_;
        };
        world.confirm = [this](std::string_view page, std::string address) {
            letters_.push_back(std::string(page) + ":" + address);
            return true;
        };
        world.subscribers = &subscribers_;
        world.seal = &seal_;
        world.proxies = {*Prefix::parse("127.0.0.0/8")};
        world.help_url = "https://help.example.org/?code=";
        desk_ = std::make_unique<PublicDesk>(std::vector{own, partner, below}, std::move(world));
        commons_->limits.methods = "GET, HEAD, POST";
        commons_->handler = [this](const net::Request& request, net::Response& response) {
            desk_->answer(request, response);
        };
    }
    void show(std::string_view partner, std::string provider) {
        PublicRecord record = sample();
        record.provider = std::move(provider);
        desk_->show(partner, std::make_shared<const Shelf>(render_site(record, rules_of_sample()),
                                                           rules_of_sample(), now_));
    }
    std::string ask(const std::string& request, std::string_view from = "192.0.2.7") {
        net::Peer peer;
        peer.address = *Address::parse(from);
        const auto conversation = net::make_http_conversation(commons_, peer, nullptr);
        std::string reply;
        static_cast<void>(conversation->hear(request, reply, false));
        return reply;
    }
    std::string get(std::string_view path, std::string_view more = "", std::string_view from = "192.0.2.7") {
        return ask(fmt::format("GET {} HTTP/1.1\r\nHost: status.example.org\r\n{}\r\n", path, more), from);
    }
    std::string post(std::string_view path, std::string_view body, std::string_view from = "192.0.2.7",
                     std::string_view more = "") {
        return ask(
            fmt::format("POST {} HTTP/1.1\r\nHost: status.example.org\r\n{}Content-Length: {}\r\n\r\n{}",
                        path, more, body.size(), body),
            from);
    }
    static std::string field(const std::string& reply, const std::string& name) {
        const auto at = reply.find(name + ": ");
        if (at == std::string::npos) return "";
        return reply.substr(at + name.size() + 2, reply.find("\r\n", at) - at - name.size() - 2);
    }
    std::string ticket(Purpose purpose, std::string address = "bob@example.net", Time until = noon + 48h) {
        return seal_.close({.purpose = purpose, .page = {}, .address = std::move(address), .until = until});
    }

    Time now_ = noon;
    std::optional<VisitorStanding> standing_ = VisitorStanding::free;
    std::vector<Address> asked_;
    std::vector<std::string> letters_;
    std::string kept_;
    bool disk_works_ = true;
    Seal seal_{std::string(Seal::key_bytes, 'k')};
    Subscribers subscribers_{3, [this](std::string_view text) -> Result<void> {
                                 if (!disk_works_) return std::unexpected(Error{"f", 0, "full", ""});
                                 kept_ = text;
                                 return {};
                             }};
    std::shared_ptr<net::HttpCommons> commons_ = std::make_shared<net::HttpCommons>();
    std::unique_ptr<PublicDesk> desk_;
};

TEST_F(StatusDesk, UntilThereIsAPageItSaysSo) {
    EXPECT_THAT(get("/"), StartsWith("HTTP/1.1 503"));
    show("", "Example Mail");
    EXPECT_THAT(get("/"), StartsWith("HTTP/1.1 200"));
}

TEST_F(StatusDesk, FilesAreServedWithWhatCachesAskFor) {
    show("", "Example Mail");
    const std::string plain = get("/");
    EXPECT_THAT(plain, HasSubstr(policy));
    EXPECT_THAT(plain, HasSubstr("Cache-Control: public, max-age=20,"));
    EXPECT_THAT(plain, HasSubstr("Vary: Accept-Encoding\r\n"));
    EXPECT_THAT(plain, HasSubstr("Last-Modified: Sun, 30 Nov 2025 12:00:00 GMT\r\n"));
    EXPECT_THAT(plain, HasSubstr("<!doctype html>"));
    const std::string packed = get("/index.html", "Accept-Encoding: br, gzip;q=0.5\r\n");
    EXPECT_THAT(packed, HasSubstr("Content-Encoding: gzip\r\n"));
    EXPECT_LT(packed.size() * 2, plain.size());
    EXPECT_NE(field(plain, "ETag"), field(packed, "ETag"));
    EXPECT_THAT(get("/", "Accept-Encoding: gzip;q=0\r\n"), Not(HasSubstr("Content-Encoding")));

    const std::string tag = field(plain, "ETag");
    for (const std::string& line :
         {"If-None-Match: " + tag, "If-None-Match: \"x\", W/" + tag, std::string("If-None-Match: *"),
          std::string("If-Modified-Since: Sun, 30 Nov 2025 12:00:00 GMT")}) {
        const std::string reply = get("/", line + "\r\n");
        EXPECT_THAT(reply, StartsWith("HTTP/1.1 304 Not Modified\r\n")) << line;
        EXPECT_TRUE(reply.ends_with("\r\n\r\n"));
        EXPECT_EQ(field(reply, "ETag"), tag);
    }
    EXPECT_THAT(get("/", "If-None-Match: \"x\"\r\nIf-Modified-Since: Sun, 30 Nov 2025 12:00:00 GMT\r\n"),
                StartsWith("HTTP/1.1 200"));
    const std::string head = ask("HEAD / HTTP/1.1\r\nHost: status.example.org\r\n\r\n");
    EXPECT_EQ(field(head, "Content-Length"), field(plain, "Content-Length"));
    EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST_F(StatusDesk, WhatDidNotChangeKeepsItsDate) {
    const auto files = render_site(sample(), rules_of_sample());
    const auto first = std::make_shared<const Shelf>(files, rules_of_sample(), now_);
    PublicRecord record = sample();
    record.incidents[0].title = "Another";
    desk_->show("", std::make_shared<const Shelf>(render_site(record, rules_of_sample()), rules_of_sample(),
                                                  now_ + 1h, first.get()));
    EXPECT_THAT(get("/style.css"), HasSubstr("Last-Modified: Sun, 30 Nov 2025 12:00:00 GMT"));
    EXPECT_THAT(get("/"), HasSubstr("Last-Modified: Sun, 30 Nov 2025 13:00:00 GMT"));
}

TEST_F(StatusDesk, HostileRequestsGetTheirAnswers) {
    show("", "Example Mail");
    for (const std::string_view path : {"/../../etc/passwd", "/incident/../index.html", "/%2e%2e/x", "//",
                                        "/404.html", "/index.html/", "/nothing?x=<script>"}) {
        const std::string reply = get(path);
        EXPECT_THAT(reply, StartsWith("HTTP/1.1 404")) << path;
        EXPECT_THAT(reply, AllOf(HasSubstr(policy), Not(HasSubstr("<script"))));
    }
    EXPECT_THAT(post("/", "x=1"), AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("Allow: GET, HEAD\r\n")));
    EXPECT_THAT(post("/check", "x=1"), StartsWith("HTTP/1.1 405"));
    EXPECT_THAT(ask("DELETE / HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 405"));
    EXPECT_THAT(ask("GET / HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400"));
}

TEST_F(StatusDesk, HostAndPathSayWhosePageIsMeant) {
    show("", "Example Mail");
    show("acme", "Acme Mail");
    show("below", "Below Mail");
    EXPECT_THAT(get("/"), HasSubstr("Example Mail"));
    EXPECT_THAT(get("/below/"), HasSubstr("Below Mail"));
    EXPECT_THAT(get("/below/style.css"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(ask("GET / HTTP/1.1\r\nHost: STATUS.example.com:443\r\n\r\n"), HasSubstr("Acme Mail"));
    EXPECT_THAT(ask("GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n"), HasSubstr("Example Mail"));
}

TEST_F(StatusDesk, SubscribingTakesTwoConfirmations) {
    EXPECT_THAT(get("/subscribe"), AllOf(HasSubstr("<label for=\"email\">"), HasSubstr("no-store")));
    EXPECT_THAT(post("/subscribe", "email=Bob%40Example.NET"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(letters_, testing::ElementsAre(":Bob@example.net"));
    EXPECT_EQ(subscribers_.size(), 0U);
    const std::string link = "/confirm?t=" + ticket(Purpose::confirm);
    EXPECT_THAT(get(link), AllOf(HasSubstr("bob@example.net"), HasSubstr("<button")));
    EXPECT_EQ(subscribers_.size(), 0U) << "a mail scanner that opens links must not subscribe anybody";
    EXPECT_THAT(post(link, ""), StartsWith("HTTP/1.1 200"));
    EXPECT_TRUE(subscribers_.has("", "bob@example.net"));
    EXPECT_THAT(kept_, HasSubstr("bob@example.net"));
    // Who is on the list gets no other letter, and nobody learns that he is.
    EXPECT_THAT(post("/subscribe", "email=BOB%40example.net"), StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(letters_.size(), 1U);
}

TEST_F(StatusDesk, OneClickLeaves) {
    EXPECT_EQ(subscribers_.add("", "bob@example.net", noon), Subscribers::Outcome::done);
    const std::string link = "/unsubscribe?t=" + ticket(Purpose::leave, "bob@example.net", {});
    EXPECT_THAT(get(link), HasSubstr("Send no more"));
    EXPECT_EQ(subscribers_.size(), 1U);
    now_ += std::chrono::days(3000);
    EXPECT_THAT(post(link, "List-Unsubscribe=One-Click"), StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(subscribers_.size(), 0U);
    EXPECT_THAT(post(link, "List-Unsubscribe=One-Click"), StartsWith("HTTP/1.1 200"));
}

TEST_F(StatusDesk, LinksThatAreNotOursDoNothing) {
    const std::string good = ticket(Purpose::confirm);
    std::string changed = good;
    changed[40] = changed[40] == 'A' ? 'B' : 'A';
    const std::string late = ticket(Purpose::confirm, "bob@example.net", noon - 1s);
    const std::string elsewhere = seal_.close(
        {.purpose = Purpose::confirm, .page = "acme", .address = "bob@example.net", .until = noon + 1h});
    for (const std::string& each : {std::string(), std::string("x"), changed, late, elsewhere,
                                    ticket(Purpose::leave), good.substr(0, 30), good + "A",
                                    std::string(5000, 'A'), std::string("%00%ff"), std::string("<script>")})
        EXPECT_THAT(post("/confirm?t=" + each, ""), StartsWith("HTTP/1.1 400")) << each.size();
    EXPECT_EQ(subscribers_.size(), 0U);
}

TEST_F(StatusDesk, BadAddressesAndABadDiskAreSaid) {
    for (const std::string_view body :
         {"", "email=", "email=bob", "email=bob%40localhost", "email=bob%0d%0aBcc%3Aeve%40example.net",
          "email=%22b%20b%22%40example.net", "email=b%40exa_mple.net", "email=b%40%5B192.0.2.1%5D",
          "mail=b%40example.net", "email=b%zz%40example.net", "email=b..b%40example.net"}) {
        now_ += 1h;
        EXPECT_THAT(post("/subscribe", body), StartsWith("HTTP/1.1 422")) << body;
    }
    EXPECT_TRUE(letters_.empty());
    disk_works_ = false;
    EXPECT_THAT(post("/confirm?t=" + ticket(Purpose::confirm, "bob@example.net", now_ + 1h), ""),
                StartsWith("HTTP/1.1 503"));
    EXPECT_EQ(subscribers_.size(), 0U);
}

TEST_F(StatusDesk, RequestsOfANetworkAreLimited) {
    for (int i = 0; i < 5; ++i)
        EXPECT_THAT(
            post("/subscribe", fmt::format("email=u{}%40example.net", i), fmt::format("192.0.2.{}", i + 1)),
            StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(post("/subscribe", "email=u9%40example.net", "192.0.2.99"),
                AllOf(StartsWith("HTTP/1.1 429"), HasSubstr("Retry-After: ")));
    EXPECT_THAT(post("/subscribe", "email=u9%40example.net", "198.51.100.1"), StartsWith("HTTP/1.1 200"));
    now_ += 10min;
    EXPECT_THAT(post("/subscribe", "email=u9%40example.net", "192.0.2.99"), StartsWith("HTTP/1.1 200"));
    // One address gets two letters, from wherever it is asked; the answer is the same.
    letters_.clear();
    for (int i = 0; i < 5; ++i)
        EXPECT_THAT(post("/subscribe", "email=victim%40example.net", fmt::format("2001:db8:{}::1", i + 1)),
                    StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(letters_.size(), 2U);
}

TEST_F(StatusDesk, AVisitorIsToldOfHisOwnAddressAlone) {
    EXPECT_THAT(get("/check"),
                AllOf(HasSubstr("Nothing speaks against"), HasSubstr("192.0.2.7"),
                      HasSubstr("Cache-Control: no-store"), Not(HasSubstr("help.example.org/?code"))));
    standing_ = VisitorStanding::refused;
    EXPECT_THAT(get("/check?address=198.51.100.9", "X-Forwarded-For: 198.51.100.9\r\n"),
                AllOf(HasSubstr("would be refused"), HasSubstr("192.0.2.7"), Not(HasSubstr("198.51.100.9")),
                      HasSubstr("href=\"https://help.example.org/?code=\"")));
    standing_ = std::nullopt;
    EXPECT_THAT(get("/check"), HasSubstr("We cannot tell"));
    // A proxy's word counts: the last that is no proxy, in the last line.
    asked_.clear();
    static_cast<void>(get("/check",
                          "X-Forwarded-For: 203.0.113.1\r\nX-Forwarded-For: 203.0.113.2, 198.51.100.9, "
                          "127.0.0.9\r\n",
                          "127.0.0.1"));
    EXPECT_THAT(asked_, testing::ElementsAre(*Address::parse("198.51.100.9")));
    EXPECT_THAT(get("/check", "", "127.0.0.1"), StartsWith("HTTP/1.1 503"));
    EXPECT_THAT(get("/check", "X-Forwarded-For: 198.51.100.9, junk\r\n", "127.0.0.1"),
                StartsWith("HTTP/1.1 503"));
    EXPECT_EQ(asked_.size(), 1U);
}

TEST_F(StatusDesk, ChecksAreLimited) {
    for (int i = 0; i < 10; ++i) EXPECT_THAT(get("/check"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(get("/check", "", "192.0.2.8"), StartsWith("HTTP/1.1 429"));
    EXPECT_THAT(get("/check", "", "198.51.100.8"), StartsWith("HTTP/1.1 200"));
    now_ += 6s;
    EXPECT_THAT(get("/check"), StartsWith("HTTP/1.1 200"));
}

TEST(StatusForm, Fields) {
    EXPECT_EQ(form_field("a=1&b=x%20y+z&b=2", "b"), "x y z");
    EXPECT_EQ(form_field("a", "a"), "");
    EXPECT_EQ(form_field("a=%4", "a"), std::nullopt);
    EXPECT_EQ(form_field("a=" + std::string(3000, 'x'), "a"), std::nullopt);
    EXPECT_EQ(form_field("", "a"), std::nullopt);
}

}  // namespace
}  // namespace tidegate::tell::status
