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

}  // namespace
}  // namespace tidegate::tell
