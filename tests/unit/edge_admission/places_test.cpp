#include "edge/admission/places.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "moments.h"

namespace tidegate::edge {
namespace {

using testing::SizeIs;

Address host(unsigned network) {
    return Address::v4(10U << 24 | network << 8 | 1);
}

/// A hundred places, and sessions at several listeners, each of a network of its own.
class Hall {
public:
    Hall() { share_out({{"mx", 0}, {"mx2", 20}, {"imap", 0}}); }

    void share_out(const std::vector<ListenerPlaces>& listeners) { places.configure(at(0), listeners); }
    Welcome arrive(std::string_view listener, ClientClass which = ClientClass::familiar) {
        const Address address = host(next_++);
        const auto arrival = places.arrive(at(0), listener, address, which);
        if (arrival.welcome == Welcome::taken) sessions_.push_back({arrival.place, address, which});
        return arrival.welcome;
    }
    /// How many of so many are taken in.
    int fill(std::string_view listener, int sessions, ClientClass which = ClientClass::familiar) {
        int taken = 0;
        for (int i = 0; i < sessions; ++i) taken += arrive(listener, which) == Welcome::taken ? 1 : 0;
        return taken;
    }
    /// The oldest ones end.
    void empty(std::size_t sessions) {
        for (std::size_t i = 0; i < sessions; ++i) {
            const Session& each = sessions_[i];
            places.gone(at(0), each.place, each.address, each.which);
        }
        sessions_.erase(sessions_.begin(), sessions_.begin() + static_cast<std::ptrdiff_t>(sessions));
    }
    [[nodiscard]] Places::Standing standing(std::string_view listener) const {
        for (const Places::Standing& each : places.standing())
            if (each.name == listener) return each;
        return {};
    }

    LimitLog log;
    Places places{{.most = 100}, {}, log};

private:
    struct Session {
        Places::Place place;
        Address address;
        ClientClass which;
    };
    std::vector<Session> sessions_;
    unsigned next_ = 1;
};

TEST(Places, AFloodTakesNoPlaceOfAListenerWithSomeOfItsOwnNorTheReverse) {
    Hall hall;
    EXPECT_EQ(hall.fill("mx", 200), 80) << "what is left";
    EXPECT_EQ(hall.arrive("imap"), Welcome::full) << "which the others share";
    EXPECT_EQ(hall.fill("mx2", 50), 20);
    EXPECT_EQ(hall.places.held(), 100U);

    Hall other;
    EXPECT_EQ(other.fill("mx2", 200), 20);
    EXPECT_EQ(other.fill("imap", 40) + other.fill("mx", 200), 80);
}

TEST(Places, ClassesAreRefusedByTheFullnessOfTheirOwnListener) {
    Hall hall;
    hall.fill("mx", 79);
    EXPECT_EQ(hall.arrive("mx", ClientClass::fresh), Welcome::refused);
    EXPECT_EQ(hall.arrive("mx2", ClientClass::listed), Welcome::taken);
    hall.fill("mx2", 14);
    EXPECT_EQ(hall.arrive("mx2", ClientClass::doubtful), Welcome::refused);
}

TEST(Places, PressureIsOfAListenersOwnFullness) {
    Hall hall;
    hall.fill("mx", 80);
    EXPECT_TRUE(hall.places.observe(at(1), 0));
    EXPECT_EQ(hall.places.level("mx"), 1);
    EXPECT_EQ(hall.places.level("imap"), 1);
    EXPECT_EQ(hall.places.level("mx2"), 0);
    const auto which = ClientClass::fresh;
    EXPECT_LT(hall.places.deadlines("mx", which).command, hall.places.deadlines("mx2", which).command);
    EXPECT_TRUE(hall.places.observe(at(2), 1)) << "servers that all wait for press on all";
    EXPECT_EQ(hall.places.level("mx2"), 1);
}

TEST(Places, TheLogSaysWhoseLimitItWas) {
    Hall hall;
    hall.fill("mx2", 20);
    hall.fill("mx", 80);
    std::vector<LimitChange> changes;
    hall.log.drain(changes);
    std::vector<std::string> words;
    for (const LimitChange& each : changes) words.push_back(text(each, hall.places.name_of(each)));
    EXPECT_THAT(words,
                testing::Contains("fresh clients are refused at accept at mx2: sessions or queues fill up"));
    EXPECT_THAT(words, testing::Contains("fresh clients are refused at accept: sessions or queues fill up"));
    EXPECT_THAT(words, SizeIs(10)) << "each class at each, and no two are taken for one";
}

TEST(Places, WhatAListenerGivesUpTheOthersGetAsItsSessionsEnd) {
    Hall hall;
    hall.fill("mx2", 20);
    hall.share_out({{"mx", 0}, {"mx2", 5}});
    EXPECT_EQ(hall.standing("mx2").most, 5U);
    EXPECT_EQ(hall.standing("mx").most, 80U) << "twenty are there still";
    EXPECT_EQ(hall.arrive("mx2"), Welcome::full);
    hall.empty(18);
    hall.places.observe(at(1), 0);
    EXPECT_EQ(hall.standing("mx").most, 95U);
    EXPECT_EQ(hall.arrive("mx2"), Welcome::taken);

    hall.share_out({{"mx", 0}});
    EXPECT_EQ(hall.standing("mx").most, 97U) << "three still at a listener that is no more";
    EXPECT_EQ(hall.standing("mx2").sessions, 3U);
    hall.empty(3);
    hall.places.observe(at(2), 0);
    EXPECT_EQ(hall.standing("mx").most, 100U);
    EXPECT_THAT(hall.places.standing(), SizeIs(1));
    EXPECT_EQ(hall.fill("mx", 200), 100) << "as many networks as places";
}

TEST(Places, AListenerThatGetsMoreHasThem) {
    Hall hall;
    hall.fill("mx2", 20);
    hall.share_out({{"mx", 0}, {"mx2", 60}});
    EXPECT_EQ(hall.fill("mx2", 100), 40);
    EXPECT_EQ(hall.fill("mx", 100), 40);
    hall.empty(100);
    EXPECT_EQ(hall.places.held(), 0U);
}

TEST(Places, WhoIsNotConfiguredShares) {
    Hall hall;
    EXPECT_EQ(hall.arrive("nobody"), Welcome::taken);
    EXPECT_EQ(hall.standing("nobody").sessions, 1U);
    EXPECT_EQ(hall.standing("nobody").own, 0U);
    hall.empty(1);
    hall.places.observe(at(1), 0);
    EXPECT_EQ(hall.standing("nobody").name, "") << "forgotten when it is empty";
}

TEST(Places, OnePlaceIsLeftWhateverIsAskedFor) {
    Hall hall;
    hall.share_out({{"mx", 0}, {"mx2", 1000}});
    EXPECT_EQ(hall.fill("mx", 5), 1);
}

TEST(Places, SessionsMoveBetweenClassesWhereTheyAre) {
    Hall hall;
    const auto arrival = hall.places.arrive(at(0), "mx2", host(1), ClientClass::fresh);
    Places::moved(arrival.place, ClientClass::fresh, ClientClass::doubtful);
    EXPECT_EQ(hall.places.held(ClientClass::doubtful), 1U);
    hall.places.gone(at(0), arrival.place, host(1), ClientClass::doubtful);
    EXPECT_EQ(hall.places.held(), 0U);
}

}  // namespace
}  // namespace tidegate::edge
