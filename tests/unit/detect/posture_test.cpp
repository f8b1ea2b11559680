#include "judge/posture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "traffic.h"

namespace tidegate::judge {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Alarm alarm(double current) {
    return {.id = 1,
            .series = {Volume::failures, Service::imap},
            .since = monday,
            .opened = monday + 10,
            .score = current,
            .current = current,
            .observed = 812,
            .expected = 41};
}

TEST(Posture, CalmUntilSomethingIsOpen) {
    PostureKeeper keeper;
    keeper.see(monday, {});
    EXPECT_EQ(keeper.posture(), Posture::calm);
    EXPECT_EQ(keeper.shift(), Decibans{});
    EXPECT_THAT(keeper.take_changes(), IsEmpty());
}

TEST(Posture, RisesAtOnceAndSaysWhy) {
    PostureKeeper keeper;
    keeper.see(monday, {{alarm(1.2)}, 0.08});
    EXPECT_EQ(keeper.posture(), Posture::watch);
    EXPECT_EQ(keeper.shift(), Decibans::of(-2));
    keeper.see(monday + 10, {{alarm(2)}, 0.4});
    EXPECT_EQ(keeper.posture(), Posture::storm);
    EXPECT_EQ(keeper.shift(), Decibans::of(-4));
    const auto changes = keeper.take_changes();
    ASSERT_THAT(changes, SizeIs(2));
    EXPECT_EQ(changes[0].seconds, monday);
    EXPECT_THAT(changes[0].reason,
                HasSubstr("failures over imap since 2025-03-10T00:00:00Z: 812 instead of 41"));
    EXPECT_THAT(changes[1].reason, HasSubstr("40 % of all attempts"));
}

TEST(Posture, ComesDownByItselfWithinTenMinutes) {
    PostureKeeper keeper;
    keeper.see(monday, {{alarm(5)}, 0.6});
    std::int64_t at = monday;
    while (keeper.posture() != Posture::calm && at < monday + hour) keeper.see(at += 10, {});
    EXPECT_LE(at - monday, 600);
    const auto changes = keeper.take_changes();
    ASSERT_THAT(changes, SizeIs(3));  // storm, watch, calm
    EXPECT_EQ(changes[1].to, Posture::watch);
}

TEST(Posture, AShortLullChangesNothing) {
    PostureKeeper keeper;
    keeper.see(monday, {{alarm(5)}, 0.6});
    for (int i = 1; i <= 60; ++i) keeper.see(monday + 10 * i, {{alarm(5)}, i % 6 == 0 ? 0.4 : 0.05});
    EXPECT_THAT(keeper.take_changes(), SizeIs(1));
}

TEST(Posture, OurOwnTroubleIsNoAttack) {
    Alarm fault = alarm(8), fewer = alarm(8);
    fault.series.volume = Volume::faults;
    fewer.upwards = false;
    PostureKeeper keeper;
    keeper.see(monday, {{fault, fewer}, 0.5});
    EXPECT_EQ(keeper.posture(), Posture::calm);
}

TEST(Posture, AnOperatorsWordHolds) {
    PostureKeeper keeper;
    keeper.hold(Posture::storm, monday, "the dam is about to break");
    for (int i = 1; i < 1000; ++i) keeper.see(monday + 10 * i, {});
    EXPECT_EQ(keeper.posture(), Posture::storm);
    keeper.release(monday + 10'000);
    keeper.see(monday + 10'010, {});
    EXPECT_EQ(keeper.posture(), Posture::storm);
    for (int i = 0; i < 60; ++i) keeper.see(monday + 10'010 + 10 * i, {});
    EXPECT_EQ(keeper.posture(), Posture::calm);
}

}  // namespace
}  // namespace tidegate::judge
