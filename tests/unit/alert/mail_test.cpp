#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "sink.h"
#include "tell/alert/mail_route.h"
#include "tell/alert/mail_text.h"

namespace tidegate::tell {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// SMTP as a server speaks it: what it answers to a command's first word, "250 fine" where nothing else is
/// said. An answer "HANG UP" closes, "SILENCE" waits for the other side to go.
class Server {
public:
    using Answers = std::map<std::string, std::string>;

    explicit Server(Answers answers = {})
        : answers_(std::move(answers)), sink_([this](Caller& caller) { talk(caller); }) {}

    MailTarget target(MailSecurity security = MailSecurity::none) const {
        return {.host = "127.0.0.1",
                .port = sink_.port(),
                .security = security,
                .user = {},
                .password_file = {},
                .from = "tidegate@example.org",
                .to = {"ops@example.org", "eve@example.net"},
                .ca_file = {},
                .time_out = long_time()};
    }
    std::string heard() const { return sink_.only(); }

private:
    std::string answer_to(const std::string& line) const {
        // The longest beginning that has an answer.
        std::string answer = line.starts_with("EHLO")   ? "250-sink\r\n250 SIZE 1000000"
                             : line.starts_with("DATA") ? "354 go on"
                                                        : "250 2.0.0 fine";
        if (line == ".\r\n") answer = "250 2.0.0 queued as 4F1";
        if (line.starts_with("QUIT")) answer = "221 bye";
        for (const auto& [begin, other] : answers_)
            if (line.starts_with(begin)) answer = other;
        return answer;
    }
    static bool give(Caller& caller, const std::string& answer) {
        if (answer == "SILENCE") caller.wait();
        if (answer == "SILENCE" || answer == "HANG UP") return false;
        caller.say(answer + "\r\n");
        return true;
    }
    void talk(Caller& caller) const {
        if (!give(caller, answers_.contains("") ? answers_.at("") : "220 sink ESMTP")) return;
        bool in_data = false;
        for (std::string line = caller.hear("\r\n"); !line.empty(); line = caller.hear("\r\n")) {
            if (in_data && line != ".\r\n") continue;
            const std::string answer = answer_to(line);
            in_data = line.starts_with("DATA") && answer.starts_with("354");
            if (!give(caller, answer) || line.starts_with("QUIT")) return;
        }
    }

    Answers answers_;
    Sink sink_;
};

Sent send_to(const MailTarget& target, const Alert& alert = takeover("bob@example.org")) {
    return MailRoute(target).send(message_of(alert), never);
}

TEST(Mail, IsHandedOverAsItIsWritten) {
    const Server server;
    const MailTarget target = server.target();
    const Sent sent = send_to(target);
    EXPECT_TRUE(sent.arrived) << sent.said;
    EXPECT_EQ(sent.said, "250 2.0.0 queued as 4F1");
    const std::string heard = server.heard();
    EXPECT_THAT(heard, HasSubstr("MAIL FROM:<tidegate@example.org>"));
    EXPECT_THAT(heard, HasSubstr("RCPT TO:<ops@example.org>\r\nRCPT TO:<eve@example.net>\r\nDATA\r\n"));
    EXPECT_THAT(heard, HasSubstr("DATA\r\n" +
                                 mail_text(message_of(takeover("bob@example.org")), target.from, target.to) +
                                 ".\r\n"));
}

TEST(Mail, SaysWhereItGoes) {
    const auto name = [](const char* host, MailSecurity security) {
        return MailRoute({.host = host,
                          .security = security,
                          .user = {},
                          .password_file = {},
                          .from = "a@example.org",
                          .to = {"ops@example.org", "eve@example.net"},
                          .ca_file = {}})
            .name();
    };
    EXPECT_EQ(name("mx.example.org", MailSecurity::starttls),
              "mail to ops@example.org and 1 more by mx.example.org port 587");
    EXPECT_EQ(name("2001:db8::25", MailSecurity::implicit),
              "mail to ops@example.org and 1 more by 2001:db8::25 port 465");
    EXPECT_EQ(name("127.0.0.1", MailSecurity::none),
              "mail to ops@example.org and 1 more by 127.0.0.1 port 25");
}

TEST(Mail, ALineThatIsADotEndsNothing) {
    const Server server;
    Alert alert = takeover("bob@example.org");
    alert.text = ".\nRSET\n.\n..x";
    EXPECT_TRUE(send_to(server.target(), alert).arrived);
    EXPECT_THAT(server.heard(), HasSubstr("\r\n..\r\nRSET\r\n..\r\n...x\r\n"));
}

TEST(Mail, HostileNamesAddNoHeaderAndNoCommand) {
    const Server server;
    EXPECT_TRUE(
        send_to(server.target(), takeover("x\r\n.\r\nMAIL FROM:<a@example.net>\r\nBcc: victim@example.net"))
            .arrived);
    const std::string heard = server.heard();
    EXPECT_EQ(heard.find("\nMAIL FROM:"), heard.rfind("\nMAIL FROM:"));
    EXPECT_THAT(heard, Not(HasSubstr("\nBcc:")));
}

TEST(Mail, WhatTheServerSaysDecides) {
    struct Case {
        const char* to;
        const char* answer;
        bool arrived, is_final;
    };
    for (const auto& [to, answer, arrived, is_final] : {
             Case{"", "421 busy", false, false},
             {"", "554 go away", false, true},
             {"", "HANG UP", false, false},
             {"EHLO", "HANG UP", false, false},
             {"MAIL", "451 later", false, false},
             {"MAIL", "550 never", false, true},
             {"RCPT", "450 greylisted", false, false},
             {"RCPT", "550 no such user", false, true},
             {"RCPT TO:<ops", "550 no such user", true, false},
             {"DATA", "452 full", false, false},
             {"DATA", "HANG UP", false, false},
             {".\r\n", "451 later", false, false},
             {".\r\n", "554 spam", false, true},
             {".\r\n", "HANG UP", false, false},
             {"QUIT", "HANG UP", true, false},
         }) {
        const Server server({{to, answer}});
        const Sent sent = send_to(server.target());
        EXPECT_EQ(sent.arrived, arrived) << to << ": " << answer << ": " << sent.said;
        EXPECT_EQ(sent.is_final, is_final) << to << ": " << answer << ": " << sent.said;
        if (answer[0] == '4' || answer[0] == '5') EXPECT_THAT(sent.said, HasSubstr(answer)) << to;
    }
}

TEST(Mail, ASilentServerIsLeftWhereverItFallsSilent) {
    for (const char* at : {"", "EHLO", "MAIL", "RCPT", "DATA", ".\r\n"}) {
        const Server server({{at, "SILENCE"}});
        MailTarget target = server.target();
        target.time_out = 300ms;
        const Sent sent = send_to(target);
        EXPECT_FALSE(sent.arrived || sent.is_final) << at;
        EXPECT_NE(sent.said, "") << at;
    }
}

TEST(Mail, WithoutTlsNothingIsSentWhereItIsDemanded) {
    for (const MailSecurity security : {MailSecurity::starttls, MailSecurity::implicit}) {
        const Server server({{"STARTTLS", "454 not now"}});
        const net::TemporaryFolder folder;
        MailTarget target = server.target(security);
        target.user = "bob";
        target.password_file = folder.file("password");
        std::ofstream(target.password_file) << "S3CR3T\n";
        const Sent sent = send_to(target);
        EXPECT_FALSE(sent.arrived);
        EXPECT_NE(sent.said, "");
        const std::string heard = server.heard();
        EXPECT_THAT(heard, Not(HasSubstr("MAIL")));
        EXPECT_THAT(heard, Not(HasSubstr("AUTH")));
    }
}

TEST(Mail, LogsInWithThePasswordOfItsFile) {
    const Server server({{"EHLO", "250-sink\r\n250 AUTH PLAIN"}, {"AUTH", "334 "}, {"AG", "235 welcome"}});
    const net::TemporaryFolder folder;
    MailTarget target = server.target();
    target.user = "bob";
    target.password_file = folder.file("password");
    EXPECT_THAT(send_to(target).said, HasSubstr("cannot be read"));
    std::ofstream(target.password_file) << "secret\n";
    const Sent sent = send_to(target);
    EXPECT_TRUE(sent.arrived) << sent.said;
    EXPECT_THAT(server.heard(), HasSubstr("AUTH PLAIN\r\nAGJvYgBzZWNyZXQ=\r\n"));
}

TEST(Mail, AWrongPasswordIsFinalAndNotTold) {
    const Server server({{"EHLO", "250-sink\r\n250 AUTH PLAIN"}, {"AUTH", "334 "}, {"A", "535 5.7.8 wrong"}});
    const net::TemporaryFolder folder;
    MailTarget target = server.target();
    target.user = "bob";
    target.password_file = folder.file("password");
    std::ofstream(target.password_file) << "S3CR3T\n";
    const Sent sent = send_to(target);
    EXPECT_TRUE(sent.is_final);
    EXPECT_THAT(sent.said, HasSubstr("535 5.7.8 wrong"));
    EXPECT_THAT(sent.said, Not(HasSubstr("S3CR3T")));
    EXPECT_THAT(sent.said, Not(HasSubstr("AGJvYg")));
}

TEST(Mail, WhatTheServerSaysIsMadeHarmlessAndShort) {
    const Server server({{"MAIL", "550 \x1b[2J" + std::string(5000, 'x')}});
    const Sent sent = send_to(server.target());
    EXPECT_TRUE(sent.is_final);
    EXPECT_EQ(sent.said.find('\x1b'), std::string::npos);
    EXPECT_LT(sent.said.size(), 1000U);
}

TEST(Mail, AnEndlessGreetingIsLeft) {
    const Sink sink([](Caller& caller) {
        while (!caller.is_gone()) caller.say("220-" + std::string(4000, 'x') + "\r\n");
    });
    const Sent sent = MailRoute({.host = "127.0.0.1",
                                 .port = sink.port(),
                                 .security = MailSecurity::none,
                                 .user = {},
                                 .password_file = {},
                                 .from = "a@example.org",
                                 .to = {"b@example.org"},
                                 .ca_file = {},
                                 .time_out = 500ms})
                          .send(message_of(takeover("bob")), never);
    EXPECT_FALSE(sent.arrived);
}

}  // namespace
}  // namespace tidegate::tell
