#include "app/serve/upkeep.h"

#include <gtest/gtest.h>

#include <future>

namespace tidegate::app {
namespace {

TEST(Upkeep, OneActAtATimeAndItsResultIsKept) {
    Upkeep upkeep;
    EXPECT_FALSE(upkeep.state(0)) << "nothing was begun";
    std::promise<void> go;
    const auto first = upkeep.start([&]() -> Result<std::string> {
        go.get_future().wait();
        return "{}";
    });
    ASSERT_TRUE(first);
    EXPECT_FALSE(upkeep.start([]() -> Result<std::string> { return ""; }));
    EXPECT_FALSE(upkeep.state(*first)->is_done);
    EXPECT_FALSE(upkeep.state(*first + 1));
    go.set_value();
    upkeep.wait();
    ASSERT_TRUE(upkeep.state(*first)->is_done);
    EXPECT_EQ(upkeep.state(*first)->result.value(), "{}");
    const auto second = upkeep.start(
        []() -> Result<std::string> { return std::unexpected(Error{"file", 0, "no room", ""}); });
    ASSERT_TRUE(second);
    upkeep.wait();
    EXPECT_EQ(upkeep.state(*second)->result.error().what, "no room");
}

}  // namespace
}  // namespace tidegate::app
