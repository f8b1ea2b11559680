#pragma once
// What operators ordered about servers behind the edge, and how it is kept over a restart.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace tidegate::app {

/// One server takes no new accounts (drain), or nobody at all (quarantine), until it is brought back or the
/// time is over. The last order about a server is the one that holds.
struct ServerOrder {
    enum class Kind : std::uint8_t { drain, quarantine };

    std::string server;
    Kind kind = Kind::drain;
    std::string author{}, reason{};
    Time since{};
    std::optional<Time> until{};  // of a quarantine; nothing: until it is brought back

    [[nodiscard]] bool is_over(Time now) const { return until && *until <= now; }
    friend bool operator==(const ServerOrder&, const ServerOrder&) = default;
};
[[nodiscard]] std::string_view name(ServerOrder::Kind kind);

/// For the state folder: a JSON array, an order a line.
[[nodiscard]] std::string server_orders_text(std::span<const ServerOrder> orders);
/// Reads server_orders_text().  Fails: anything else; nothing of it is taken then, since half of what was
/// ordered may be the wrong half.  Cost: linear, of at most a few megabytes.
[[nodiscard]] Result<std::vector<ServerOrder>> read_server_orders(std::string_view text);

}  // namespace tidegate::app
