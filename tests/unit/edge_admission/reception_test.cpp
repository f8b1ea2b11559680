#include "edge/admission/reception.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "moments.h"

namespace tidegate::edge {
namespace {

using testing::IsEmpty;

Address host(unsigned network, unsigned last = 1) {
    return Address::v4(10U << 24 | network << 8 | last);
}

class Hall {
public:
    explicit Hall(ReceptionRules rules = {.most = 100}) : reception(rules, log) {}
    Welcome arrive(ClientClass which, unsigned network, double pressure = 0) {
        return reception.arrive(at(0), host(network), which, pressure);
    }
    /// Sessions of distinct networks, until so many are held.
    void fill(std::size_t held) {
        while (reception.held() < held) {
            ASSERT_EQ(arrive(ClientClass::familiar, next_), Welcome::taken);
            ++next_;
        }
    }
    void empty(std::size_t held) {
        while (reception.held() > held) reception.gone(at(1), host(--next_), ClientClass::familiar);
    }
    std::vector<LimitChange> changes() {
        std::vector<LimitChange> out;
        log.drain(out);
        return out;
    }

    LimitLog log;
    Reception reception;

private:
    unsigned next_ = 1000;
};

struct FillCase {
    std::size_t held;  // of 100
    unsigned refused;  // of the classes, from the worst
};

TEST(Reception, TheWorstAreRefusedFirstAndTheFamiliarKeepAReserve) {
    for (const auto& [held, refused] :
         {FillCase{0, 0}, {59, 0}, {60, 1}, {74, 1}, {75, 2}, {89, 2}, {90, 3}, {95, 4}, {99, 4}}) {
        Hall hall;
        hall.fill(held);
        for (std::size_t i = 0; i < class_count; ++i) {
            const bool refuses = i >= class_count - refused;
            EXPECT_EQ(hall.reception.refuses(all_classes[i]), refuses) << held << name(all_classes[i]);
            if (refuses) EXPECT_EQ(hall.arrive(all_classes[i], 1), Welcome::refused);
        }
    }
    Hall full;
    full.fill(100);
    EXPECT_EQ(full.arrive(ClientClass::familiar, 1), Welcome::full);
    full.empty(99);
    EXPECT_EQ(full.arrive(ClientClass::familiar, 1), Welcome::taken);
}

TEST(Reception, AClassIsTakenInAgainOnlyBelowWhereItWasRefused) {
    Hall hall;
    hall.fill(60);
    hall.empty(59);
    EXPECT_EQ(hall.arrive(ClientClass::listed, 1), Welcome::refused);
    hall.empty(57);
    EXPECT_EQ(hall.arrive(ClientClass::listed, 1), Welcome::taken);
}

TEST(Reception, ANetworkHoldsFewerAsPressureRises) {
    const ReceptionRules rules;
    LimitLog log;
    const Reception reception(rules, log);
    for (const ClientClass each : all_classes) {
        EXPECT_EQ(reception.network_most(each, 0), rules.network_calm[each]);
        EXPECT_EQ(reception.network_most(each, 1), rules.network_full[each]);
        for (int percent = 1; percent <= 100; ++percent)
            EXPECT_LE(reception.network_most(each, percent / 100.0),
                      reception.network_most(each, (percent - 1) / 100.0));
    }
    Hall hall({.most = 1000});
    for (int i = 0; i < 8; ++i) EXPECT_EQ(hall.arrive(ClientClass::fresh, 1, 1), Welcome::taken);
    EXPECT_EQ(hall.arrive(ClientClass::fresh, 1, 1), Welcome::network);
    EXPECT_EQ(hall.arrive(ClientClass::fresh, 1, 0.9), Welcome::taken);
    EXPECT_EQ(hall.arrive(ClientClass::fresh, 2, 1), Welcome::taken);
    EXPECT_EQ(hall.arrive(ClientClass::familiar, 1, 1), Welcome::taken) << "many customers share an address";
    hall.reception.gone(at(0), host(1, 77), ClientClass::fresh);
}

TEST(Reception, WhoIsKnownBetterIsCountedThere) {
    Hall hall;
    ASSERT_EQ(hall.arrive(ClientClass::fresh, 1), Welcome::taken);
    hall.reception.moved(ClientClass::fresh, ClientClass::familiar);
    EXPECT_EQ(hall.reception.held(ClientClass::fresh), 0U);
    EXPECT_EQ(hall.reception.held(ClientClass::familiar), 1U);
    hall.reception.gone(at(1), host(1), ClientClass::familiar);
    EXPECT_EQ(hall.reception.held(), 0U);
}

TEST(Reception, RecordsWhoWasRefusedAndWhichNetworkWasCapped) {
    Hall hall;
    hall.fill(60);
    auto changes = hall.changes();
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(text(changes[0], ""), "listed clients are refused at accept: sessions or queues fill up");
    hall.empty(10);
    changes = hall.changes();
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].to, 0);
    for (int i = 0; i < 10; ++i) static_cast<void>(hall.arrive(ClientClass::listed, 1, 1));
    changes = hall.changes();
    ASSERT_EQ(changes.size(), 1U) << "the same cap is told once";
    EXPECT_EQ(text(changes[0], ""), "10.0.1.0/24: at most 1 sessions: more connections than it is granted");
    EXPECT_EQ(changes[0].times, 1U);
    static_cast<void>(hall.arrive(ClientClass::listed, 1, 1));
    EXPECT_THAT(hall.changes(), IsEmpty());
}

TEST(ReceptionDeathTest, OnlyThoseTakenInGo) {
    Hall hall;
    EXPECT_DEATH(hall.reception.gone(at(0), host(1), ClientClass::fresh), "networks_.none");
}

}  // namespace
}  // namespace tidegate::edge
