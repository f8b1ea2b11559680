#pragma once
// Two connections made one: after the log-in the proxy only carries.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "edge/link.h"

namespace tidegate::edge {

/// Bytes on their way in one thread: read and written again before anything else happens there, so that
/// thousands of sessions share it.
using Scratch = std::array<char, 65'536>;

/// Some came, before they are passed on.
using OnBytes = std::function<void(bool from_client, std::string_view bytes)>;

/// What was carried, and how it ended.
struct Carried {
    std::uint64_t from_client = 0, from_server = 0;  // bytes
    End client = End::none, server = End::none;      // who ended it, and how; none: the other did
};

/// Until both sides have said all. What one side ended, the other is told by the end of its stream, and may
/// go on talking; what one side cut is cut on the other. Bytes that the other side does not take at once wait
/// here, one scratch at most each way, and their sender is not read from meanwhile. Thread: the links'.
/// Fails: never; an idle pair takes no buffer.
/// `on_bytes` is called whenever some came.
[[nodiscard]] net::asio::awaitable<Carried> splice(Link& client, Link& server, Scratch& scratch,
                                                   OnBytes on_bytes);

}  // namespace tidegate::edge
