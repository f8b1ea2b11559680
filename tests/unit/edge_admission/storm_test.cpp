// Admission in storms: what each class gets of a server that can't serve them all.

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <utility>

#include "town_of_clients.h"

namespace tidegate::edge {
namespace {

// 20 at once, 50 ms each: 400 a second.
constexpr unsigned workers = 20;
constexpr double mean = 0.05;
constexpr double capacity = workers / mean;

TownOfClients town(std::uint64_t seed = 1, const AdmissionRules& rules = {}) {
    return {rules, {}, workers, mean, seed};
}

const std::vector<Stream> quiet = {{ClientClass::familiar, 0.5 * capacity},
                                   {ClientClass::fresh, 0.1 * capacity},
                                   {ClientClass::known_sender, 0.1 * capacity}};

std::vector<Stream> with(std::vector<Stream> streams, const Stream& flood) {
    streams.push_back(flood);
    return streams;
}

struct Flood {
    const char* name;
    Stream stream;
};

void PrintTo(const Flood& flood, std::ostream* out) {
    *out << flood.name;
}

class StormOf : public testing::TestWithParam<Flood> {};

// A hundred times what the server can bear.
TEST_P(StormOf, LeavesTheOthersWhatTheyHad) {
    const Stream& flood = GetParam().stream;
    TownOfClients clients = town();
    const auto before = clients.run(30, quiet);
    clients.run(10, with(quiet, flood));
    const auto during = clients.run(15, with(quiet, flood));
    for (std::size_t i = 0; i < quiet.size(); ++i) {
        if (quiet[i].client_class == flood.client_class) continue;
        EXPECT_GE(before[i].share(), 0.999) << name(quiet[i].client_class);
        EXPECT_GE(during[i].share(), 0.99) << name(quiet[i].client_class);
        EXPECT_LE(during[i].wait(0.5), mean) << name(quiet[i].client_class);
        EXPECT_LE(during[i].wait(0.99), 0.5) << name(quiet[i].client_class);
    }
    // Who dawdles holds a place and no worker: the server bears more of them and is not used up, but for the
    // seven tenths that the others want.
    const bool dawdles = flood.dawdle > 0;
    EXPECT_GE(double(clients.served), 0.95 * 15 * capacity * (dawdles ? 0.7 : 1));
    EXPECT_LE(clients.most_held, (dawdles ? 3 : 2) * workers);
}

INSTANTIATE_TEST_SUITE_P(
    Classes, StormOf,
    testing::Values(Flood{"listed", {ClientClass::listed, 100 * capacity, 40'000, 0, 2000}},
                    Flood{"doubtful", {ClientClass::doubtful, 100 * capacity, 40'000, 0, 2000}},
                    Flood{"few networks", {ClientClass::doubtful, 100 * capacity, 3, 0, 2000}},
                    Flood{"fresh", {ClientClass::fresh, 100 * capacity, 40'000, 0, 2000}},
                    // Who holds its place for twenty times what the server needs.
                    Flood{"slow and doubtful", {ClientClass::doubtful, 10 * capacity, 40'000, 1, 2000}},
                    Flood{"slow and fresh", {ClientClass::fresh, 10 * capacity, 40'000, 1, 2000}}),
    [](const auto& flood) {
        std::string words = flood.param.name;
        std::ranges::replace(words, ' ', '_');
        return words;
    });

TEST(Storm, TheServerIsUsedWhateverComes) {
    for (const ClientClass each : all_classes) {
        TownOfClients clients = town();
        clients.run(30, {{ClientClass::familiar, 10 * capacity}});
        clients.run(60, {{each, 10 * capacity}});
        // The doubtful never have the whole of it.
        const double most = AdmissionRules{}.most_held[each];
        EXPECT_GE(double(clients.served), 0.95 * 60 * capacity * std::min(1.0, most)) << name(each);
    }
}

TEST(Storm, SharesHoldWhereAllWantMore) {
    TownOfClients clients = town();
    const std::vector<Stream> all = {{ClientClass::familiar, 5 * capacity},
                                     {ClientClass::known_sender, 5 * capacity},
                                     {ClientClass::fresh, 5 * capacity},
                                     {ClientClass::doubtful, 5 * capacity},
                                     {ClientClass::listed, 5 * capacity}};
    clients.run(20, all);
    const auto seen = clients.run(60, all);
    const double served = double(clients.served);
    EXPECT_GE(served, 0.95 * 60 * capacity);
    const AdmissionRules rules;
    for (std::size_t i = 0; i < all.size(); ++i)
        EXPECT_NEAR(double(seen[i].admitted) / served, rules.share[all[i].client_class] / 100,
                    0.002 + 0.05 * rules.share[all[i].client_class] / 100)
            << name(all[i].client_class);
}

// What one leaves of its share the others get.
TEST(Storm, NoShareIsWasted) {
    TownOfClients clients = town();
    const std::vector<Stream> two = {{ClientClass::fresh, 5 * capacity},
                                     {ClientClass::known_sender, 0.05 * capacity}};
    clients.run(20, two);
    const auto seen = clients.run(60, two);
    EXPECT_GE(seen[1].share(), 0.999);
    EXPECT_GE(double(seen[0].admitted), 0.9 * 60 * capacity);
}

// New clients of the provider are not starved by a morning of familiar ones, and the other way round.
TEST(Storm, FreshClientsAreServedWhileTheFamiliarFlood) {
    TownOfClients clients = town();
    const std::vector<Stream> rush = {{ClientClass::familiar, 3 * capacity},
                                      {ClientClass::fresh, 0.2 * capacity}};
    clients.run(20, rush);
    const auto seen = clients.run(60, rush);
    EXPECT_GE(seen[1].share(), 0.99);
    EXPECT_LE(seen[1].wait(0.5), 0.1);
}

// Those who are served in a flood of their own class are served soon, not all too late.
TEST(Storm, TheLateAreSentAwayAndTheRestIsServedAtOnce) {
    TownOfClients clients = town();
    clients.run(20, {{ClientClass::fresh, 2 * capacity}});
    EXPECT_TRUE(clients.admission.stands(clients.index(), ClientClass::fresh));
    const auto seen = clients.run(60, {{ClientClass::fresh, 2 * capacity}});
    EXPECT_LE(seen[0].wait(0.5), 0.1);
    EXPECT_LE(seen[0].wait(1), 0.5 + 0.11);  // a tick later at most
    EXPECT_GT(seen[0].reasons.at(ShedReason::late), 0U);
    clients.run(10, {{ClientClass::fresh, 0.5 * capacity}});
    EXPECT_FALSE(clients.admission.stands(clients.index(), ClientClass::fresh));
}

// A burst that the server can work off is no reason to send anybody away.
TEST(Storm, ABurstIsQueuedNotShed) {
    TownOfClients clients = town();
    clients.run(30, {{ClientClass::fresh, 0.8 * capacity}});
    const auto burst = clients.run(0.25, {{ClientClass::fresh, 4 * capacity}});
    EXPECT_EQ(burst[0].shed, 0U);
    const auto after = clients.run(10, {{ClientClass::fresh, 0.4 * capacity}});
    EXPECT_EQ(after[0].shed, 0U);
}

// One network that floods within a class takes nothing from the others of it.
TEST(Storm, NetworksShareTheirClass) {
    TownOfClients clients = town();
    const std::vector<Stream> streams = {{ClientClass::fresh, 0.3 * capacity, 2000},
                                         {ClientClass::fresh, 20 * capacity, 1, 0, 5000}};
    clients.run(20, streams);
    const auto seen = clients.run(30, streams);
    EXPECT_GE(seen[0].share(), 0.99);
    EXPECT_LE(seen[0].wait(0.5), 0.1);
    EXPECT_GE(double(clients.served), 0.95 * 30 * capacity);
}

TEST(Storm, IsTheSameInEveryRun) {
    const auto run = [] {
        TownOfClients clients = town(5);
        const auto seen =
            clients.run(10, with(quiet, {ClientClass::doubtful, 5 * capacity, 40'000, 0, 2000}));
        std::vector<LimitChange> changes;
        clients.log.drain(changes);
        return std::pair(seen[0].waits, changes);
    };
    const auto first = run();
    EXPECT_EQ(first, run());
    EXPECT_FALSE(first.second.empty());
}

}  // namespace
}  // namespace tidegate::edge
