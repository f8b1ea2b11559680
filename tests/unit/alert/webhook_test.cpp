#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/json.hpp>
#include <ctime>
#include <fstream>
#include <optional>

#include "sink.h"
#include "tell/alert/signature.h"
#include "tell/alert/webhook_route.h"

namespace tidegate::tell {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Answers a request with `reply`.
std::function<void(Caller&)> answering(std::string reply) {
    return [reply = std::move(reply)](Caller& caller) {
        const std::string head = caller.hear("\r\n\r\n");
        const auto at = head.find("Content-Length: ");
        if (at != std::string::npos) caller.hear("]}");
        caller.say(reply);
    };
}

std::string reply_of(std::string_view status) {
    return "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 5\r\nConnection: close\r\n\r\nfine\n";
}

WebhookTarget target_at(const Sink& sink, std::chrono::milliseconds time_out = long_time()) {
    return {.url = "http://127.0.0.1:" + std::to_string(sink.port()) + "/hooks/S3CR3T?x=y",
            .token_file = {},
            .proxy = {},
            .ca_file = {},
            .time_out = time_out};
}

TEST(Webhook, PostsTheMessage) {
    const Sink sink(answering(reply_of("200 OK")));
    WebhookRoute route(target_at(sink));
    EXPECT_EQ(route.name(), "webhook at http://127.0.0.1:" + std::to_string(sink.port()));
    const Message message = message_of(takeover("bob@example.org"));
    const Sent sent = route.send(message, never);
    EXPECT_TRUE(sent.arrived) << sent.said;
    EXPECT_EQ(sent.said, "HTTP/1.1 200 OK: fine ");
    const std::string heard = sink.only();
    EXPECT_THAT(heard, StartsWith("POST /hooks/S3CR3T?x=y HTTP/1.1\r\n"));
    EXPECT_THAT(heard, HasSubstr("\r\nContent-Type: application/json\r\n"));
    EXPECT_THAT(heard, Not(HasSubstr("Authorization")));
    EXPECT_EQ(heard.substr(heard.find("\r\n\r\n") + 4), message_json(message));
}

TEST(Webhook, ShowsTheTokenOfItsFileWhichIsReadEachTime) {
    const Sink sink(answering(reply_of("204 No Content")));
    const net::TemporaryFolder folder;
    WebhookTarget target = target_at(sink);
    target.token_file = folder.file("token");
    WebhookRoute route(target);
    const Sent without = route.send(message_of(takeover("bob")), never);
    EXPECT_FALSE(without.arrived || without.is_final);
    EXPECT_THAT(without.said, HasSubstr("token: cannot be read"));
    std::ofstream(target.token_file) << "s3same\r\nanother line\n";
    EXPECT_TRUE(route.send(message_of(takeover("bob")), never).arrived);
    EXPECT_THAT(sink.only(), HasSubstr("\r\nAuthorization: Bearer s3same\r\n"));
    std::ofstream(target.token_file) << "x\tX-Header: y\n";
    EXPECT_THAT(route.send(message_of(takeover("bob")), never).said, HasSubstr("control characters"));
    std::ofstream(target.token_file) << std::string(5000, 'x');
    EXPECT_THAT(route.send(message_of(takeover("bob")), never).said, HasSubstr("longer than 4 KiB"));
    EXPECT_EQ(sink.heard().size(), 1U);
}

TEST(Webhook, AnswersMeanWhatTheyMean) {
    struct Case {
        const char* status;
        bool arrived, is_final;
    };
    for (const auto& [status, arrived, is_final] : {
             Case{"200 OK", true, false},
             {"202 Accepted", true, false},
             {"302 Found\r\nLocation: http://127.0.0.1:1/", false, true},
             {"400 Bad Request", false, true},
             {"403 Forbidden", false, true},
             {"408 Request Timeout", false, false},
             {"429 Too Many Requests", false, false},
             {"500 Internal Server Error", false, false},
             {"503 Service Unavailable", false, false},
         }) {
        const Sink sink(answering(reply_of(status)));
        const Sent sent = WebhookRoute(target_at(sink)).send(message_of(takeover("bob")), never);
        EXPECT_EQ(sent.arrived, arrived) << status;
        EXPECT_EQ(sent.is_final, is_final) << status;
        EXPECT_THAT(sent.said, HasSubstr(std::string(status).substr(0, 3)));
    }
}

TEST(Webhook, ASilentServerIsLeft) {
    const Sink sink([](Caller& caller) { caller.wait(); });
    const Sent sent = WebhookRoute(target_at(sink, 300ms)).send(message_of(takeover("bob")), never);
    EXPECT_FALSE(sent.arrived || sent.is_final);
    EXPECT_THAT(sent.said, HasSubstr("timed out"));
}

TEST(Webhook, ADrippingServerIsLeft) {
    const Sink sink([](Caller& caller) {
        caller.hear("]}");
        caller.say("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        // A byte whenever it can be sent, slower than anybody would wait for; ends when the other hangs up.
        while (true) {
            caller.say("x");
            pollfd none{-1, 0, 0};
            ::poll(&none, 1, 20);
            if (caller.is_gone()) return;
        }
    });
    const Sent sent = WebhookRoute(target_at(sink, 300ms)).send(message_of(takeover("bob")), never);
    EXPECT_FALSE(sent.arrived);
    EXPECT_THAT(sent.said, HasSubstr("timed out"));
}

TEST(Webhook, AnEndlessAnswerIsCutAndCounts) {
    const Sink sink([](Caller& caller) {
        caller.hear("]}");
        caller.say("HTTP/1.1 200 OK\r\n\r\n");
        while (!caller.is_gone()) caller.say(std::string(4096, 'x'));
    });
    const Sent sent = WebhookRoute(target_at(sink)).send(message_of(takeover("bob")), never);
    EXPECT_TRUE(sent.arrived) << sent.said;
    EXPECT_LT(sent.said.size(), 400U);
}

TEST(Webhook, BrokenAnswersAreTriedAgain) {
    for (const char* reply :
         {"", "HTTP/1.1 200", "SMTP 200 OK\r\n\r\n", "\r\n\r\n", "HTTP/1.1 2\x01\xff\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"}) {
        const Sink sink(answering(reply));
        const Sent sent = WebhookRoute(target_at(sink)).send(message_of(takeover("bob")), never);
        EXPECT_FALSE(sent.arrived || sent.is_final) << reply;
        EXPECT_NE(sent.said, "") << reply;
    }
}

TEST(Webhook, WhatTheServerSaysIsMadeHarmless) {
    const Sink sink(answering("HTTP/1.1 403 \x1b[2J\xe2\x80\xae\r\nContent-Length: 6\r\n\r\n\x1b]0;x\x07"));
    const Sent sent = WebhookRoute(target_at(sink)).send(message_of(takeover("bob")), never);
    EXPECT_TRUE(sent.is_final);
    EXPECT_EQ(sent.said.find_first_of("\x1b\x07\r\n"), std::string::npos);
}

TEST(Webhook, NobodyListens) {
    unsigned port = 0;
    {
        const Sink sink([](Caller&) {});
        port = sink.port();
    }
    WebhookRoute route({.url = "http://127.0.0.1:" + std::to_string(port) + "/",
                        .token_file = {},
                        .proxy = {},
                        .ca_file = {}});
    EXPECT_THAT(route.send(message_of(takeover("bob")), never).said, HasSubstr("connect"));
}

TEST(Webhook, AnyOtherProtocolIsRefused) {
    for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1:1/", "gopher://127.0.0.1:1/"}) {
        WebhookRoute route({.url = url, .token_file = {}, .proxy = {}, .ca_file = {}});
        const Sent sent = route.send(message_of(takeover("bob")), never);
        EXPECT_FALSE(sent.arrived);
        EXPECT_THAT(sent.said, HasSubstr("rotocol"));
    }
}

TEST(Webhook, NamesNeitherPathNorPassword) {
    const WebhookRoute route({.url = "https://bob:secret@hooks.example.org/T0/S3CR3T",
                              .token_file = {},
                              .proxy = {},
                              .ca_file = {}});
    EXPECT_EQ(route.name(), "webhook at https://hooks.example.org");
}

TEST(Webhook, ATryIsGivenUpWhenAsked) {
    std::atomic<bool> asked = false;
    const Sink sink([&](Caller& caller) {
        caller.hear("]}");
        asked = true;
        caller.wait();
    });
    const Sent sent =
        WebhookRoute(target_at(sink)).send(message_of(takeover("bob")), [&] { return asked.load(); });
    EXPECT_FALSE(sent.arrived);
    EXPECT_THAT(sent.said, HasSubstr("abort"));
}

std::string header_in(const std::string& request, std::string_view name) {
    const auto at = request.find("\r\n" + std::string(name) + ": ");
    if (at == std::string::npos) return {};
    const auto begin = at + name.size() + 4;
    return request.substr(begin, request.find("\r\n", begin) - begin);
}

TEST(Webhook, SignsWhatItSendsWithTheTimeOfTheTry) {
    const Sink sink(answering(reply_of("200 OK")));
    const net::TemporaryFolder folder;
    WebhookTarget target = target_at(sink);
    target.signing_key_file = folder.file("key");
    WebhookRoute route(target);
    const Sent without = route.send(message_of(takeover("bob")), never);
    EXPECT_FALSE(without.arrived || without.is_final);
    std::ofstream(folder.file("key")) << "s3cr3t key\nnot of it\n";
    const std::int64_t before = unix_seconds(std::chrono::floor<Duration>(std::chrono::system_clock::now()));
    EXPECT_TRUE(route.send(message_of(takeover("bob")), never).arrived);
    const std::string heard = sink.only();
    const std::int64_t time = std::stoll(header_in(heard, timestamp_header));
    EXPECT_GE(time, before);
    EXPECT_LE(time, before + 60);
    const std::string body = heard.substr(heard.find("\r\n\r\n") + 4);
    EXPECT_EQ(header_in(heard, signature_header), signature("s3cr3t key", time, body));
    EXPECT_THAT(heard, Not(HasSubstr("s3cr3t")));
}

TEST(Webhook, HearsHowLongItIsToWait) {
    struct Case {
        const char* status;
        std::optional<std::chrono::seconds> wait;
    };
    for (const auto& [status, wait] : {
             Case{"429 Too Many Requests\r\nRetry-After: 120", 120s},
             {"503 Service Unavailable\r\nretry-after: 7", 7s},
             {"503 Service Unavailable\r\nRetry-After: soon", std::nullopt},
             {"503 Service Unavailable\r\nRetry-After: -5", std::nullopt},
             {"500 Internal Server Error", std::nullopt},
             {"200 OK\r\nRetry-After: 120", std::nullopt},
         }) {
        const Sink sink(answering(reply_of(status)));
        const Sent sent = WebhookRoute(target_at(sink)).send(message_of(takeover("bob")), never);
        EXPECT_EQ(sent.wait, wait) << status;
    }
}

TEST(Webhook, ADateToWaitForIsHeardToo) {
    const auto later = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + 1000s);
    std::array<char, 64> date{};
    std::tm parts{};
    ::gmtime_r(&later, &parts);
    ASSERT_GT(std::strftime(date.data(), date.size(), "%a, %d %b %Y %T GMT", &parts), 0U);
    const Sink sink(answering(reply_of(std::string("503 Later\r\nRetry-After: ") + date.data())));
    const Sent sent = WebhookRoute(target_at(sink)).send(message_of(takeover("bob")), never);
    ASSERT_TRUE(sent.wait);
    EXPECT_GT(*sent.wait, 800s);
    EXPECT_LE(*sent.wait, 1000s);
}

}  // namespace
}  // namespace tidegate::tell
