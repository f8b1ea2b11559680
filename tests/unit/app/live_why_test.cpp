#include "app/serve/live_why.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::app {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string text_of(std::string_view answer, std::string_view subject = "bob@example.org") {
    return why_in_text(boost::json::parse(answer), subject);
}

TEST(LiveWhy, SaysTheEvidenceAndHowToLetTheOwnerIn) {
    EXPECT_THAT(
        text_of(
            R"({"kind":"account","now":{"evidence":[{"weight":12.5,"kind":"address","detail":"40 failures"}],
                            "sum":12.5,"threshold":20,"measure":"pass"},
                            "refused":[{"time":"2026-08-05T12:00:00Z","account":"bob@example.org","address":"192.0.2.9",
                                        "service":"imap","code":"K7QX-2M","evidence":[],"sum":30,"threshold":20,
                                        "measure":"refuse"}]})"),
        AllOf(HasSubstr("Account bob@example.org"), HasSubstr("+12.5  address"), HasSubstr("40 failures"),
              HasSubstr("held against +20.0: pass"), HasSubstr("tidegate allow K7QX-2M")));
    EXPECT_THAT(text_of(R"({"kind":"account"})"), HasSubstr("None of its log-ins was refused"));
}

TEST(LiveWhy, SaysWhatIsKnownOfASenderOfMail) {
    const std::string text = text_of(
        R"({"kind":"address","now":{"evidence":[],"sum":0,"threshold":20,"measure":"pass"},"banned":false,"refused":[],
            "mail":{"now":{"evidence":[{"weight":6.5,"kind":"sender_past","detail":"8 mails refused"}],"sum":6.5,
                           "threshold":18,"measure":"pass"},
                    "stopped":[{"time":"2026-08-05T12:00:00Z","address":"192.0.2.9","ehlo":"pc","evidence":[
                                  {"weight":14,"kind":"early_talk","detail":"spoke too early"}],"sum":23,"threshold":18,
                                "measure":"defer","acts":true,"times":3},
                               {"time":"2026-08-05T11:00:00Z","address":"192.0.2.9","evidence":[],"sum":40,"threshold":18,
                                "measure":"refuse","acts":false,"times":1}]}})",
        "192.0.2.9");
    EXPECT_THAT(
        text,
        AllOf(HasSubstr("Address 192.0.2.9: a log-in by IMAP now"), HasSubstr("a mail on port 25 now"),
              HasSubstr("+6.5  sender_past"), HasSubstr("8 mails refused"),
              HasSubstr(
                  "Stopped 2026-08-05T12:00:00Z: mail from 192.0.2.9, called pc, 3 times in its session\n"),
              HasSubstr("+14.0  early_talk"), HasSubstr("+23.0  sum, held against +18.0: defer"),
              HasSubstr("Would be stopped 2026-08-05T11:00:00Z: mail from 192.0.2.9\n"),
              HasSubstr("tidegate allow 192.0.2.9 --reason")));
    EXPECT_THAT(text_of(R"({"kind":"address","now":{},"mail":{"now":{},"stopped":[]}})"),
                Not(HasSubstr("tidegate allow")));
}

// An attacker chooses the account that he fails with, and an operator asks for it on his terminal.
TEST(LiveWhy, NothingThatATerminalObeysComesThrough) {
    const std::string text = text_of(
        R"({"kind":"address","now":{"evidence":[{"weight":1,"kind":"\u001b[2J","detail":"\u001b]0;x\u0007\r\n"}],
                   "sum":1,"threshold":2,"measure":"\u009b1m"},
                   "mail":{"now":{},"stopped":[{"ehlo":"\u001b[31m\r\n","address":"\u0007"}]},
                   "refused":[{"account":"\u001b[31mroot","address":"\b\b","code":"\u001b[0m"}]})",
        "\x1b[1mme");
    EXPECT_THAT(text, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\a")), Not(HasSubstr("\r")),
                            Not(HasSubstr("\b")), Not(HasSubstr("\xc2\x9b"))));
}

TEST(LiveWhy, AnAnswerOfAnotherVersionIsNoCrash) {
    for (const std::string_view answer :
         {"null", "[]", "7", "{}", R"({"now":7,"refused":{}})",
          R"({"now":{"evidence":7,"sum":"x"},"refused":[7,null,[]]})",
          R"({"now":{"evidence":[{"weight":"much"}],"sum":1e400}})", R"({"mail":7})",
          R"({"mail":{"now":{},"stopped":[7,{"times":"x"}]}})"})
        static_cast<void>(text_of(answer));
}

}  // namespace
}  // namespace tidegate::app
