#include "drill/database.h"

#include <gtest/gtest.h>

#include "drill/scenario.h"

namespace tidegate::drill {
namespace {

using namespace std::chrono_literals;

Time at(double seconds) {
    return time_of_unix(1'000'000, static_cast<std::int64_t>(seconds * 1e6));
}

Database with(double per_second, std::vector<std::pair<double, double>> changes = {}) {
    Servers servers{.count = 2, .logins_per_second = per_second / 2, .latency_ms = 20, .changes = {}};
    servers.changes = std::move(changes);
    return {servers, at(0)};
}

TEST(Database, AnIdleOneTakesItsLatency) {
    Database database = with(10);
    EXPECT_EQ(database.look_up(at(0)), 20ms);
    EXPECT_EQ(database.look_up(at(1)), 20ms);
}

TEST(Database, WhoComesTogetherWaits) {
    Database database = with(10);
    for (int i = 0; i < 10; ++i) (void)database.look_up(at(0));
    EXPECT_EQ(database.look_up(at(0)), 1020ms);
    EXPECT_EQ(database.look_up(at(0.5)), 620ms) << "five of eleven were answered meanwhile";
}

TEST(Database, NobodyWaitsForEver) {
    Database database = with(1);
    Duration longest{};
    for (int i = 0; i < 1000; ++i) longest = std::max(longest, database.look_up(at(0)));
    EXPECT_EQ(longest, Database::patience);
    EXPECT_EQ(database.look_up(at(61)), 20ms) << "those who hung up are not worked off";
}

TEST(Database, ServersComeAndGo) {
    Database database = with(10, {{2, 2}, {1, -2}});
    EXPECT_EQ(database.look_up(at(0)), 20ms);
    EXPECT_EQ(database.look_up(at(3600)), Database::patience) << "both are gone";
    EXPECT_EQ(database.look_up(at(7200)), 20ms);
}

}  // namespace
}  // namespace tidegate::drill
