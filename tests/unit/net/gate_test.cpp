#include "net/gate.h"

#include <gtest/gtest.h>

#include <optional>

namespace tidegate::net {
namespace {

using Clock = std::chrono::steady_clock;

TEST(Gate, LetsInUntilItIsClosed) {
    Gate gate;
    std::optional<Gate::Pass> pass = gate.enter();
    ASSERT_TRUE(pass);
    EXPECT_EQ(gate.inside(), 1U);
    gate.close();
    EXPECT_TRUE(gate.is_closed());
    EXPECT_FALSE(gate.enter());
    EXPECT_FALSE(gate.wait_until(Clock::now()));
    pass.reset();
    EXPECT_TRUE(gate.wait_until(Clock::now()));
}

TEST(Gate, WhoIsInsideMayBringAnother) {
    Gate gate;
    std::optional<Gate::Pass> first = gate.enter();
    gate.close();
    std::optional<Gate::Pass> second = first->another();
    Gate::Pass third = std::move(*first);
    first.reset();
    EXPECT_EQ(gate.inside(), 2U);
    third = std::move(*second);
    second.reset();
    EXPECT_EQ(gate.inside(), 1U);
    EXPECT_FALSE(gate.wait_until(Clock::now()));
}

TEST(Gate, AnOpenGateIsNotWaitedFor) {
    Gate gate;
    EXPECT_FALSE(gate.wait_until(Clock::now()));
}

}  // namespace
}  // namespace tidegate::net
