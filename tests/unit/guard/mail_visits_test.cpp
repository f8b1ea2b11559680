#include "guard/mail_visits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tidegate::guard {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t noon = 1'772'452'800;

MailVisit visit(std::int64_t second, std::string domain = "example.net") {
    return {.time = time_of_unix(second),
            .address = Address::v4(0xc000'0201),
            .end = VisitEnd::in_vain,
            .listener = "mx",
            .domains = {std::move(domain)}};
}

TEST(MailVisits, AreTakenOnceInOrderOfTime) {
    MailVisits visits;
    visits.add(visit(noon + 1));
    visits.add(visit(noon));
    EXPECT_THAT(visits.take(), ElementsAre(visit(noon), visit(noon + 1)));
    EXPECT_THAT(visits.take(), IsEmpty());
    EXPECT_EQ(visits.left_out(), 0U);
}

TEST(MailVisits, ThoseTurnedAwayAreOneForEachListener) {
    MailVisits visits;
    for (int i = 0; i < 1000; ++i) visits.turned_away(i % 4 == 0 ? "mx2" : "mx", time_of_unix(noon + i));
    const auto taken = visits.take();
    ASSERT_THAT(taken, SizeIs(2));
    EXPECT_THAT(taken, testing::Each(Field(&MailVisit::end, VisitEnd::turned_away)));
    EXPECT_EQ(taken[0].listener, "mx2");
    EXPECT_EQ(taken[0].times, 250U);
    EXPECT_EQ(taken[1].listener, "mx");
    EXPECT_EQ(taken[1].times, 750U);
    EXPECT_EQ(taken[1].time, time_of_unix(noon + 999));
}

TEST(MailVisits, WhatDoesNotFitIsCounted) {
    MailVisits visits;
    for (std::size_t i = 0; i < MailVisits::most_in_stripe + 5; ++i) visits.add(visit(noon));
    EXPECT_EQ(visits.left_out(), 5U);
    EXPECT_THAT(visits.take(), SizeIs(MailVisits::most_in_stripe));
    visits.add(visit(noon));
    EXPECT_THAT(visits.take(), SizeIs(1)) << "there is room again";
}

TEST(MailVisits, LongNamesTakeNoMoreRoomThanShortOnes) {
    MailVisits visits;
    const std::string longest(250'000, 'a');
    for (int i = 0; i < 10; ++i) visits.add(visit(noon, longest));
    EXPECT_THAT(visits.take(), SizeIs(4));
    EXPECT_EQ(visits.left_out(), 6U);
}

TEST(MailVisits, ListenersAreBounded) {
    MailVisits visits;
    for (std::size_t i = 0; i < MailVisits::most_listeners + 9; ++i)
        visits.turned_away("mx" + std::to_string(i), time_of_unix(noon));
    EXPECT_THAT(visits.take(), SizeIs(MailVisits::most_listeners));
    EXPECT_EQ(visits.left_out(), 9U);
}

}  // namespace
}  // namespace tidegate::guard
