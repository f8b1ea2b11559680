#include "app/serve/server_orders.h"

#include <gtest/gtest.h>

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;

constexpr Time noon = time_of_unix(1'785'931'200);

TEST(ServerOrders, AreReadAsTheyWereWritten) {
    const std::vector<ServerOrder> orders{
        {.server = "store1", .author = "alice", .reason = "new disks", .since = noon},
        {.server = "store\"2\n",
         .kind = ServerOrder::Kind::quarantine,
         .author = "b\\ob",
         .reason = "answers \"NO\"\x01 to all",
         .since = noon + 1us,
         .until = noon + 2h}};
    const auto read = read_server_orders(server_orders_text(orders));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(*read, orders);
}

TEST(ServerOrders, NoneIsAnEmptyArray) {
    const auto read = read_server_orders(server_orders_text({}));
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_TRUE(read->empty());
}

TEST(ServerOrders, HalfOfThemIsNone) {
    const std::string good =
        R"({"server":"a","order":"drain","author":"x","reason":"y","since":"2026-08-05T12:00:00Z","until":null})";
    ASSERT_TRUE(read_server_orders("[" + good + "]"));
    const std::string bad[] = {
        "",
        "{}",
        "[" + good,
        "[" + good + "] x",
        "[7]",
        "[null]",
        "[" + good + ",{}]",
        R"([{"server":"","order":"drain","since":"2026-08-05T12:00:00Z","until":null}])",
        R"([{"server":7,"order":"drain","since":"2026-08-05T12:00:00Z","until":null}])",
        R"([{"server":"a","order":"explode","since":"2026-08-05T12:00:00Z","until":null}])",
        R"([{"server":"a","order":"drain","since":"yesterday","until":null}])",
        R"([{"server":"a","order":"drain","since":"2026-08-05T12:00:00Z"}])",
        R"([{"server":"a","order":"quarantine","since":"2026-08-05T12:00:00Z","until":"never"}])",
        R"([{"server":"a","order":"quarantine","since":"2026-08-05T12:00:00Z","until":9}])",
        std::string(5'000'000, ' ') + "[]",
        std::string(100'000, '['),
    };
    for (const std::string& text : bad) {
        const auto read = read_server_orders(text);
        ASSERT_FALSE(read) << text.substr(0, 200);
        EXPECT_FALSE(read.error().mend.empty());
    }
}

TEST(ServerOrders, EndWhenTheirTimeIsOver) {
    ServerOrder order{.server = "a", .kind = ServerOrder::Kind::quarantine, .since = noon};
    EXPECT_FALSE(order.is_over(noon + 24h * 365));
    order.until = noon + 2h;
    EXPECT_FALSE(order.is_over(noon + 2h - 1us));
    EXPECT_TRUE(order.is_over(noon + 2h));
}

}  // namespace
}  // namespace tidegate::app
