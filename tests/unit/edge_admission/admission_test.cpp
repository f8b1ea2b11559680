#include "edge/admission/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <set>
#include <vector>

#include "moments.h"

namespace tidegate::edge {

void PrintTo(const Called& called, std::ostream* out) {
    *out << called.owner << (called.ruling == Ruling::admitted ? " admitted " : " shed ")
         << name(called.reason);
}

namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

MATCHER_P(admits, owner, "") {
    return arg.ruling == Ruling::admitted && arg.owner == std::uint64_t(owner) && arg.ticket != 0;
}
MATCHER_P2(sheds, owner, reason, "") {
    return arg.ruling == Ruling::shed && arg.owner == std::uint64_t(owner) && arg.reason == reason;
}

Address host(unsigned network, unsigned last = 1) {
    return Address::v4(10U << 24 | network << 8 | last);
}

// One server that bears `places` at once, whatever it takes.
class Door {
public:
    explicit Door(unsigned places, AdmissionRules rules = {}) : admission(rules, log) {
        server = admission.add_server({.floor = places, .ceiling = places, .start = places});
    }
    Reply ask(ClientClass which, unsigned network, std::uint64_t owner = 0) {
        return admission.ask(at(now), {server, which, host(network), owner});
    }
    void leave(Ticket ticket) {
        admission.leave(at(now), ticket, std::chrono::milliseconds(10), Served::answered);
    }
    std::vector<Called> called() {
        std::vector<Called> out;
        admission.drain(out);
        return out;
    }
    std::vector<Called> tick(double seconds) {
        now += seconds;
        admission.tick(at(now));
        return called();
    }

    LimitLog log;
    Admission admission;
    ServerIndex server = 0;
    double now = 0;
};

constexpr auto familiar = ClientClass::familiar;
constexpr auto fresh = ClientClass::fresh;
constexpr auto doubtful = ClientClass::doubtful;
constexpr auto listed = ClientClass::listed;

TEST(Admission, AdmitsWhileThereIsRoomAndCallsTheNextWhenAPlaceIsFree) {
    Door door(2);
    const Reply first = door.ask(fresh, 1, 1);
    EXPECT_EQ(first.ruling, Ruling::admitted);
    EXPECT_EQ(door.ask(fresh, 2, 2).ruling, Ruling::admitted);
    EXPECT_EQ(door.ask(fresh, 3, 3).ruling, Ruling::queued);
    EXPECT_EQ(door.ask(fresh, 4, 4).ruling, Ruling::queued);
    EXPECT_THAT(door.called(), IsEmpty());
    EXPECT_EQ(door.admission.queued(door.server), 2U);
    door.leave(first.ticket);
    EXPECT_THAT(door.called(), ElementsAre(admits(3)));
    EXPECT_EQ(door.admission.limiter(door.server).in_flight(), 2U);
    EXPECT_EQ(door.admission.held(door.server, fresh), 2U);
    EXPECT_EQ(door.admission.queued(door.server, fresh), 1U);
}

TEST(Admission, NetworksTakeTurns) {
    Door door(1);
    Ticket held = door.ask(fresh, 1).ticket;
    for (const unsigned owner : {10U, 11U, 12U}) EXPECT_EQ(door.ask(fresh, 1, owner).ruling, Ruling::queued);
    EXPECT_EQ(door.ask(fresh, 2, 20).ruling, Ruling::queued);
    EXPECT_EQ(door.ask(fresh, 3, 30).ruling, Ruling::queued);
    std::vector<std::uint64_t> order;
    for (int i = 0; i < 5; ++i) {
        door.leave(held);
        const auto called = door.called();
        ASSERT_THAT(called, SizeIs(1));
        order.push_back(called[0].owner);
        held = called[0].ticket;
    }
    EXPECT_THAT(order, ElementsAre(10, 20, 30, 11, 12));
}

TEST(Admission, OneNetworkCannotFillALine) {
    Door door(1);
    ASSERT_EQ(door.ask(fresh, 1).ruling, Ruling::admitted);
    unsigned waiting = 0;
    Reply reply = door.ask(fresh, 1);
    for (; reply.ruling == Ruling::queued; ++waiting) reply = door.ask(fresh, 1);
    EXPECT_EQ(reply.reason, ShedReason::network);
    EXPECT_EQ(waiting, door.admission.queued(door.server, fresh));
    const AdmissionRules rules;
    const double its_part = double(rules.room) * rules.share[fresh] / 100 * rules.network_part;
    EXPECT_LE(waiting, its_part);
    EXPECT_GE(waiting, 0.9 * its_part) << "of what is free, which itself makes less";
    EXPECT_EQ(door.ask(fresh, 2).ruling, Ruling::queued);
}

// IPv6 clients of one /48 are one network, and no IPv4 network's.
TEST(Admission, NetworksOfBothFamiliesAreApart) {
    Door door(1, {.room = 60});  // 15 fresh ones, two of a network
    ASSERT_EQ(door.ask(fresh, 1).ruling, Ruling::admitted);
    const auto ask = [&](std::uint64_t high) {
        return door.admission.ask(at(0), {door.server, fresh, Address::v6(high, 1), 0}).reason;
    };
    EXPECT_EQ(ask(0x2001'0db8'0001'0001), ShedReason::none);
    EXPECT_EQ(ask(0x2001'0db8'0001'0002), ShedReason::none);
    EXPECT_EQ(ask(0x2001'0db8'0001'0003), ShedReason::network);
    EXPECT_EQ(ask(0x2001'0db8'0002'0003), ShedReason::none);
    EXPECT_EQ(door.ask(fresh, 1).reason, ShedReason::none);
}

TEST(Admission, AFullLineSendsItsEldestAway) {
    Door door(1, {.room = 16});  // four fresh ones
    ASSERT_EQ(door.ask(fresh, 1).ruling, Ruling::admitted);
    for (unsigned i = 1; i <= 4; ++i) EXPECT_EQ(door.ask(fresh, 10 + i, i).ruling, Ruling::queued);
    EXPECT_EQ(door.ask(fresh, 15, 5).ruling, Ruling::queued);
    EXPECT_THAT(door.called(), ElementsAre(sheds(1, ShedReason::room)));
    EXPECT_EQ(door.admission.queued(door.server, fresh), 4U);
    EXPECT_EQ(door.ask(familiar, 16).ruling, Ruling::queued) << "other classes have room of their own";
    EXPECT_THAT(door.called(), IsEmpty());
}

struct HeldCase {
    ClientClass which;
    unsigned most;  // of 20
};

TEST(Admission, TheDoubtfulLeaveRoomForOthers) {
    for (const auto& [which, most] : {HeldCase{familiar, 20},
                                      {ClientClass::known_sender, 20},
                                      {fresh, 20},
                                      {doubtful, 15},
                                      {listed, 10}}) {
        Door door(20);
        for (unsigned i = 0; i < 30; ++i) static_cast<void>(door.ask(which, i));
        EXPECT_EQ(door.admission.held(door.server, which), most) << name(which);
        EXPECT_EQ(door.admission.queued(door.server, which), 30 - most) << name(which);
        if (most < 20) EXPECT_EQ(door.ask(familiar, 100).ruling, Ruling::admitted) << name(which);
    }
    Door narrow(1);
    EXPECT_EQ(narrow.ask(listed, 1).ruling, Ruling::admitted) << "one place at least";
}

TEST(Admission, TheLastPlacesAreForTheKnownWhileSomeAreAbout) {
    Door door(20);
    const Ticket known = door.ask(ClientClass::known_sender, 1).ticket;
    for (unsigned i = 0; i < 30; ++i) static_cast<void>(door.ask(fresh, 100 + i));
    EXPECT_EQ(door.admission.held(door.server, fresh), 19U) << "one is about, so one place";
    door.leave(known);
    EXPECT_THAT(door.called(), IsEmpty());
    EXPECT_EQ(door.ask(familiar, 2).ruling, Ruling::admitted) << "nobody stands before it";
    Door quiet(20);
    quiet.leave(quiet.ask(familiar, 1).ticket);
    for (int i = 0; i < 600; ++i) quiet.tick(0.1);
    for (unsigned i = 0; i < 30; ++i) static_cast<void>(quiet.ask(fresh, 100 + i));
    EXPECT_EQ(quiet.admission.held(quiet.server, fresh), 20U) << "it was a minute ago";
}

TEST(Admission, NobodyWaitsLongerThanHisPatience) {
    Door door(1);
    ASSERT_EQ(door.ask(familiar, 1).ruling, Ruling::admitted);
    static_cast<void>(door.ask(familiar, 2, 1));
    static_cast<void>(door.ask(doubtful, 3, 2));
    // Within the interval in which a line is not yet said to stand.
    door.tick(0.4);
    EXPECT_THAT(door.tick(1.5), IsEmpty());
    EXPECT_FALSE(door.admission.stands(door.server, familiar));
    EXPECT_THAT(door.tick(0.5), IsEmpty());
    EXPECT_THAT(door.tick(0.2), ElementsAre(sheds(1, ShedReason::late), sheds(2, ShedReason::late)));
    Door patient(1, {.target = std::chrono::seconds(3600)});
    ASSERT_EQ(patient.ask(familiar, 1).ruling, Ruling::admitted);
    static_cast<void>(patient.ask(doubtful, 3, 2));
    EXPECT_THAT(patient.tick(5), IsEmpty());
    EXPECT_THAT(patient.tick(0.1), ElementsAre(sheds(2, ShedReason::patience)));
}

// RFC 8289: a queue that empties within the interval is a good one.
TEST(Admission, AShortQueueDoesNotStand) {
    Door door(1);
    Ticket held = door.ask(fresh, 1).ticket;
    for (int i = 0; i < 20; ++i) {
        static_cast<void>(door.ask(fresh, 2, 1));
        EXPECT_THAT(door.tick(0.9), IsEmpty());
        door.leave(held);
        const auto called = door.called();
        ASSERT_THAT(called, ElementsAre(admits(1)));
        held = called[0].ticket;
        EXPECT_FALSE(door.admission.stands(door.server, fresh));
    }
}

TEST(Admission, WhereALineStandsTheLastIsFirst) {
    Door door(1);
    const Ticket held = door.ask(fresh, 1).ticket;
    for (unsigned i = 0; i < 30; ++i) {
        static_cast<void>(door.ask(fresh, 100 + i, 1));
        door.tick(0.1);
    }
    ASSERT_TRUE(door.admission.stands(door.server, fresh));
    static_cast<void>(door.ask(fresh, 2, 2));
    static_cast<void>(door.ask(fresh, 3, 4));
    static_cast<void>(door.ask(fresh, 3, 3));
    door.leave(held);
    EXPECT_THAT(door.called(), ElementsAre(admits(3)));
    for (int i = 0; i < 30; ++i) door.tick(0.1);
    EXPECT_FALSE(door.admission.stands(door.server, fresh)) << "nobody waits";
}

TEST(Admission, WhoGoesAwayIsForgotten) {
    Door door(1);
    const Ticket held = door.ask(fresh, 1, 1).ticket;
    const Ticket waiting = door.ask(fresh, 2, 2).ticket;
    const Ticket last = door.ask(fresh, 3, 3).ticket;
    door.admission.cancel(at(0), waiting);
    door.admission.cancel(at(0), waiting);
    EXPECT_EQ(door.admission.queued(door.server), 1U);
    door.admission.cancel(at(0), held);
    EXPECT_THAT(door.called(), ElementsAre(admits(3)));
    door.admission.cancel(at(0), last);
    EXPECT_EQ(door.admission.limiter(door.server).in_flight(), 0U);
    EXPECT_EQ(door.ask(fresh, 4).ruling, Ruling::admitted);
}

// Its ticket may be given up before its call was heard.
TEST(Admission, ACallThatNobodyWaitsForIsHarmless) {
    Door door(1);
    const Ticket held = door.ask(fresh, 1).ticket;
    const Ticket waiting = door.ask(fresh, 2, 2).ticket;
    door.leave(held);
    door.admission.cancel(at(0), waiting);
    EXPECT_EQ(door.admission.limiter(door.server).in_flight(), 0U);
    EXPECT_THAT(door.called(), ElementsAre(admits(2)));
    door.admission.cancel(at(0), waiting);
    door.admission.move(at(0), waiting, familiar);
    EXPECT_EQ(door.ask(fresh, 3).ruling, Ruling::admitted);
    EXPECT_EQ(door.admission.held(door.server, fresh), 1U);
}

// Whoever never drains is told that there is no room, before he fills the memory.
TEST(Admission, CallsThatNobodyHearsAreBounded) {
    Door door(1, {.room = 16});
    std::size_t refused = 0;
    for (unsigned i = 0; i < 1000; ++i) {
        const Reply held = door.ask(fresh, 1);
        const Reply waiting = door.ask(fresh, 2);
        if (waiting.ruling == Ruling::shed) ++refused;
        if (held.ticket != 0) door.admission.cancel(at(0), held.ticket);
        if (waiting.ticket != 0) door.admission.cancel(at(0), waiting.ticket);
    }
    EXPECT_GT(refused, 900U);
    EXPECT_LE(door.called().size(), 16U + 5 * 4);
    EXPECT_EQ(door.ask(fresh, 1).ruling, Ruling::admitted);
}

TEST(Admission, ATicketIsNotUsedTwice) {
    Door door(1);
    std::set<Ticket> seen;
    for (int i = 0; i < 1000; ++i) {
        const Ticket ticket = door.ask(fresh, 1).ticket;
        EXPECT_NE(ticket, 0U);
        EXPECT_TRUE(seen.insert(ticket).second);
        door.leave(ticket);
        door.admission.cancel(at(0), ticket);
    }
    EXPECT_EQ(door.admission.limiter(door.server).in_flight(), 0U);
}

TEST(Admission, WhoIsKnownBetterChangesLines) {
    Door door(1);
    const Ticket held = door.ask(fresh, 1).ticket;
    const Ticket waiting = door.ask(listed, 2, 1).ticket;
    static_cast<void>(door.ask(listed, 3, 2));
    door.admission.move(at(0), waiting, familiar);
    EXPECT_EQ(door.admission.queued(door.server, listed), 1U);
    EXPECT_EQ(door.admission.queued(door.server, familiar), 1U);
    door.admission.move(at(0), held, familiar);
    EXPECT_EQ(door.admission.held(door.server, familiar), 1U);
    EXPECT_EQ(door.admission.held(door.server, fresh), 0U);
    door.leave(held);
    const auto called = door.called();
    EXPECT_THAT(called, ElementsAre(admits(1)));
    door.leave(called[0].ticket);
    EXPECT_THAT(door.called(), ElementsAre(admits(2)));
}

// A doubtful one that waits although there is room goes in once it is doubtful no longer.
TEST(Admission, WhoIsKnownBetterMayEnterAtOnce) {
    Door door(2);
    ASSERT_EQ(door.ask(doubtful, 1, 1).ruling, Ruling::admitted);
    const Reply second = door.ask(doubtful, 2, 2);
    ASSERT_EQ(second.ruling, Ruling::queued);
    door.admission.move(at(0), second.ticket, fresh);
    EXPECT_THAT(door.called(), ElementsAre(admits(2)));
}

TEST(Admission, AClosedServerTakesNobody) {
    Door door(1);
    const Ticket held = door.ask(fresh, 1, 1).ticket;
    static_cast<void>(door.ask(fresh, 2, 2));
    door.admission.close(at(0), door.server);
    EXPECT_THAT(door.called(), ElementsAre(sheds(2, ShedReason::closed)));
    EXPECT_EQ(door.ask(familiar, 3).reason, ShedReason::closed);
    door.leave(held);
    EXPECT_THAT(door.called(), IsEmpty());
    door.admission.reopen(at(0), door.server);
    EXPECT_EQ(door.ask(familiar, 3).ruling, Ruling::admitted);
}

TEST(Admission, ServersAreApart) {
    Door door(1);
    const ServerIndex other = door.admission.add_server({.floor = 1, .ceiling = 1, .start = 1});
    ASSERT_EQ(door.ask(fresh, 1).ruling, Ruling::admitted);
    ASSERT_EQ(door.ask(fresh, 2).ruling, Ruling::queued);
    EXPECT_EQ(door.admission.ask(at(0), {other, fresh, host(3), 9}).ruling, Ruling::admitted);
    EXPECT_EQ(door.admission.queued(other), 0U);
}

TEST(Admission, SaysHowFullItsLinesAre) {
    Door door(1, {.room = 800});  // 104 fresh, 32 doubtful ones
    ASSERT_EQ(door.ask(fresh, 1).ruling, Ruling::admitted);
    for (unsigned i = 0; i < 40; ++i) static_cast<void>(door.ask(doubtful, i));
    EXPECT_EQ(door.admission.fullness(), 0);
    for (unsigned i = 0; i < 52; ++i) static_cast<void>(door.ask(fresh, i));
    EXPECT_DOUBLE_EQ(door.admission.fullness(), 0.5);
}

TEST(Admission, RecordsItsLimits) {
    Door door(1);
    ASSERT_EQ(door.ask(fresh, 1).ruling, Ruling::admitted);
    static_cast<void>(door.ask(fresh, 2));
    while (!door.admission.stands(door.server, fresh) && door.now < 10) door.tick(0.1);
    std::vector<LimitChange> changes;
    door.log.drain(changes);
    ASSERT_THAT(changes, SizeIs(2));
    EXPECT_EQ(text(changes[0], "imap1"), "imap1: 0 -> 1 at once: as configured");
    EXPECT_EQ(text(changes[1], "imap1"),
              "imap1: fresh clients wait 0.5 s at most, before 10 s: the line did not empty");
}

// An earlier moment than the latest counts as the latest: several threads read a clock before they wait for
// the lock.
TEST(Admission, TimeNeverGoesBack) {
    Door door(1);
    ASSERT_EQ(door.ask(fresh, 1).ruling, Ruling::admitted);
    door.now = 1;
    static_cast<void>(door.ask(fresh, 2, 1));
    door.now = 0.5;
    static_cast<void>(door.ask(fresh, 3, 2));
    EXPECT_THAT(door.tick(0), IsEmpty());
    EXPECT_EQ(door.admission.queued(door.server), 2U);
}

TEST(AdmissionDeathTest, OnlyTheAdmittedLeave) {
    Door door(1);
    const Ticket held = door.ask(fresh, 1).ticket;
    const Ticket waiting = door.ask(fresh, 2).ticket;
    EXPECT_DEATH(door.leave(waiting), "held");
    door.leave(held);
    EXPECT_DEATH(door.leave(held), "no_attempt");
}

}  // namespace
}  // namespace tidegate::edge
