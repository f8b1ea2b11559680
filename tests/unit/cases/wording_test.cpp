#include "tell/cases/wording.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "made_book.h"

namespace tidegate::tell {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::StartsWith;

Measured all_well() {
    Measured out;
    ServiceStanding imap;
    imap.name = "imap";
    imap.label = "IMAP";
    imap.state = ServiceState::working;
    out.services = {imap};
    return out;
}

TEST(Wording, WhatHurtNobodyWasNoDisturbance) {
    CaseRecord record;
    record.began = noon;
    record.ended = noon + 10min;
    record.watch_until = record.ended;
    const CaseRules rules = made_rules();
    const auto text = [&](Occasion occasion) {
        return suggest(occasion, record, all_well(), rules, noon + 15min).text;
    };
    EXPECT_EQ(text(Occasion::calm), "It is over since 12:10. All services worked as usual throughout.");
    EXPECT_THAT(text(Occasion::over), StartsWith("It is over. It lasted from "));
    EXPECT_THAT(text(Occasion::over), EndsWith(". All services worked as usual throughout."));
    record.worst = ServiceState::slow;
    EXPECT_EQ(text(Occasion::calm), "Since 12:10 all services work as usual again.");
    EXPECT_THAT(text(Occasion::over), StartsWith("The disturbance is over. It lasted from "));
    record.watch_until = noon + 70min;
    EXPECT_THAT(text(Occasion::calm), EndsWith(" We keep watching until 13:10."));
}

std::string words_of(const Measured& measured, Occasion occasion = Occasion::first) {
    CaseRecord record;
    record.began = noon;
    record.ended = noon + 10min;
    return suggest(occasion, record, measured, made_rules(), noon + 15min).text;
}

TEST(Wording, MailThatWaitsIsSaidWithWhatIsKnownOfIt) {
    Measured measured = all_well();
    EXPECT_THAT(words_of(measured), testing::HasSubstr("So far all services work as usual."));
    measured.mail = MailSight{.waiting = 4210, .oldest = 11min, .lost = 0};
    EXPECT_THAT(words_of(measured),
                EndsWith(" Mail is queued (4,210 messages waiting) and none is lost; the oldest "
                         "has waited 11 minutes."));
    measured.mail->lost.reset();
    EXPECT_THAT(words_of(measured),
                EndsWith(" Mail is queued (4,210 messages waiting); the oldest has waited 11 "
                         "minutes."));
    measured.mail = MailSight{.waiting = 1};
    EXPECT_THAT(words_of(measured), EndsWith(" Mail is queued (1 message waiting)."));
    measured.mail->waiting = 0;
    EXPECT_THAT(words_of(measured), testing::Not(testing::HasSubstr("queued")));
}

TEST(Wording, WhileMailWaitsNotAllIsAsUsualAgain) {
    Measured measured = all_well();
    EXPECT_EQ(words_of(measured, Occasion::calm),
              "It is over since 12:10. All services worked as usual throughout.");
    measured.mail = MailSight{.waiting = 30, .lost = 0};
    EXPECT_EQ(
        words_of(measured, Occasion::calm),
        "It is over since 12:10, as far as we see. Mail is queued (30 messages waiting) and none is lost.");
}

TEST(Wording, AServiceWhoseQueueIsBackedUpDeliversLate) {
    Measured measured = all_well();
    ServiceStanding delivery;
    delivery.name = delivery.label = "Delivery";
    delivery.state = ServiceState::slow;
    delivery.since = noon;
    delivery.mail_is_late = true;
    measured.services.push_back(delivery);
    CaseRecord record;
    record.began = noon;
    CaseRules rules = made_rules();
    rules.services.push_back({"Delivery", "Delivery", {"queue:relay"}});
    const auto made = [&] { return suggest(Occasion::first, record, measured, rules, noon + 15min); };
    EXPECT_THAT(made().text, testing::HasSubstr("Delivery: mail is delivered late since 12:00."));
    EXPECT_EQ(made().title, "Delivery: mail is late");
    EXPECT_EQ(made().worst, ServiceState::slow);
    measured.services[0].state = ServiceState::slow;
    measured.services[0].wait_s = 4;
    measured.services[0].usual_wait_s = 0.1;
    EXPECT_THAT(made().title, EndsWith(": slow")) << "one logs in slowly, of the other mail is late";
    measured.services.pop_back();
    EXPECT_THAT(made().title, EndsWith(": logging in is slow"));
}

}  // namespace
}  // namespace tidegate::tell
