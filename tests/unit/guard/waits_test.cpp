#include "guard/waits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attempts.h"

namespace tidegate::guard {
namespace {

using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

TEST(Waits, AreToldAsTheMeanOfTheirHop) {
    Waits waits;
    EXPECT_THAT(waits.take(noon), IsEmpty());
    waits.note(Hop::auth, Service::imap, 300ms);
    waits.note(Hop::auth, Service::imap, 500ms);
    waits.note(Hop::auth, Service::pop3, 100ms);
    waits.note(Hop::edge, Service::imap, 20us);
    const auto told = waits.take(noon + 10s);
    ASSERT_THAT(told, SizeIs(2));
    EXPECT_EQ(told[0], (HopNotice{.time = noon + 10s, .hop = Hop::edge, .latency = 20us, .times = 1}));
    EXPECT_EQ(told[1], (HopNotice{.time = noon + 10s, .hop = Hop::auth, .latency = 300ms, .times = 3}));
    EXPECT_THAT(waits.take(noon + 20s), IsEmpty());
}

TEST(Waits, KnowTheLastMinuteOfEachService) {
    Waits waits;
    waits.note(Hop::auth, Service::imap, 300ms);
    static_cast<void>(waits.take(noon));
    waits.note(Hop::auth, Service::imap, 500ms);
    static_cast<void>(waits.take(noon + 10s));
    ASSERT_THAT(waits.standing(), SizeIs(1));
    EXPECT_EQ(waits.standing()[0].service, Service::imap);
    EXPECT_EQ(waits.standing()[0].times, 2U);
    EXPECT_DOUBLE_EQ(waits.standing()[0].now_ms, 400);
    EXPECT_EQ(waits.standing()[0].usual_ms, 0) << "too few to say";
    for (int i = 0; i < 5; ++i) static_cast<void>(waits.take(noon + i * 10s));
    EXPECT_DOUBLE_EQ(waits.standing().at(0).now_ms, 500) << "the first is a minute old";
}

// An incident of an hour is not what is usual; what stays becomes so.
TEST(Waits, WhatIsUsualMovesSlowly) {
    Waits waits;
    const auto pass = [&](Duration took, std::chrono::minutes time) {
        for (auto gone = 0s; gone < time; gone += Waits::step) {
            for (int i = 0; i < 5; ++i) waits.note(Hop::auth, Service::imap, took);
            static_cast<void>(waits.take(noon));
        }
        return waits.standing().at(0);
    };
    EXPECT_NEAR(pass(300ms, 60min).usual_ms, 300, 1);
    const Wait slow = pass(4s, 60min);
    EXPECT_NEAR(slow.now_ms, 4000, 1);
    EXPECT_LT(slow.usual_ms, 600);
    EXPECT_GT(pass(4s, std::chrono::hours(48)).usual_ms, 3000);
}

}  // namespace
}  // namespace tidegate::guard
