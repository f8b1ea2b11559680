#include "mail/queue_reading.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "made_queue.h"

namespace tidegate::mail {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using Domain = QueueFigures::Domain;
using Place = wire::QueuePlace;

QueueReading reading(QueueLens lens = {}, Time came_from = noon) {
    return {lens, noon, came_from};
}

TEST(QueueReading, AnEmptyQueueHasNoOldest) {
    const QueueFigures got = reading().figures();
    EXPECT_EQ(got.waiting + got.held + got.late + got.bytes, 0U);
    EXPECT_FALSE(got.oldest);
    EXPECT_FALSE(got.oldest_of_recent);
    EXPECT_THAT(got.domains, IsEmpty());
}

TEST(QueueReading, WhatIsHeldDoesNotWait) {
    QueueReading all = reading();
    for (const Place place : {Place::incoming, Place::active, Place::deferred, Place::deferred, Place::held})
        all.take(mail_of_age(10min, {"example.org"}, place));
    const QueueFigures got = all.figures();
    EXPECT_EQ(got.waiting, 4U);
    EXPECT_EQ(got.active, 1U);
    EXPECT_EQ(got.deferred, 2U);
    EXPECT_EQ(got.held, 1U);
    EXPECT_EQ(got.bytes, 400U);
    EXPECT_EQ(got.late, 4U);
    EXPECT_THAT(got.domains, ElementsAre(Domain{"example.org", 4}));
}

TEST(QueueReading, LateIsWhatWaitedLongEnoughAndCameLately) {
    struct Case {
        Duration age;
        std::uint64_t late;
    };
    for (const Case& each : {Case{0s, 0}, Case{4min + 59s, 0}, Case{5min, 1}, Case{2h, 1}, Case{2h + 1s, 0},
                             Case{72h, 0}, Case{-1h, 0}}) {
        QueueReading one = reading();
        one.take(mail_of_age(each.age));
        EXPECT_EQ(one.figures().late, each.late) << each.age.count();
        EXPECT_EQ(one.figures().waiting, 1U);
    }
}

TEST(QueueReading, TheOldestIsThatOfAllAndThatOfWhatCameSince) {
    QueueReading all = reading({}, noon - 20min);
    for (const Duration age : {Duration(72h), Duration(20min), Duration(7min), Duration(-1h)})
        all.take(mail_of_age(age));
    EXPECT_EQ(all.figures().oldest, Duration(72h));
    EXPECT_EQ(all.figures().oldest_of_recent, Duration(20min));
    QueueReading ahead = reading();
    ahead.take(mail_of_age(-1h));
    EXPECT_EQ(ahead.figures().oldest, Duration(0)) << "another machine's clock is ahead";
}

TEST(QueueReading, OnlyMailToTheseDomainsCounts) {
    QueueReading some = reading({.domains = {"example.net", "example.org"}});
    some.take(mail_of_age(10min, {"example.com", "example.net"}));
    some.take(mail_of_age(10min, {"example.com"}));
    some.take(mail_of_age(10min, {}));
    some.take(mail_of_age(10min, {"example.com"}, Place::held));
    EXPECT_EQ(some.figures().waiting, 1U);
    EXPECT_EQ(some.figures().held, 0U);
}

TEST(QueueReading, TheFiveWithMostMailAreNamed) {
    QueueReading all = reading();
    for (int i = 0; i < 7; ++i)
        for (int n = 0; n <= i; ++n) all.take(mail_of_age(1min, {"d" + std::to_string(i) + ".example.org"}));
    all.take(mail_of_age(1min, {"d0.example.org"}));
    EXPECT_THAT(all.figures().domains, ElementsAre(Domain{"d6.example.org", 7}, Domain{"d5.example.org", 6},
                                                   Domain{"d4.example.org", 5}, Domain{"d3.example.org", 4},
                                                   Domain{"d2.example.org", 3}));
}

TEST(QueueReading, ManyDomainsDoNotPushOutTheLargeOnes) {
    QueueReading all = reading();
    for (int i = 0; i < 500; ++i) all.take(mail_of_age(1min, {"example.org"}));
    for (int i = 0; i < 50'000; ++i) {
        all.take(mail_of_age(1min, {"n" + std::to_string(i) + ".example.net"}));
        if (i % 100 == 0) all.take(mail_of_age(1min, {"example.org"}));
    }
    EXPECT_EQ(all.figures().domains.front(), (Domain{"example.org", 1000}));
}

}  // namespace
}  // namespace tidegate::mail
