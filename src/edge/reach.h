#pragma once
// The first step to a server, for log-ins and for health checks; for this folder alone.

#include <memory>
#include <string>
#include <string_view>

#include "edge/link.h"
#include "net/endpoint.h"

namespace tidegate::edge {

enum class Until : bool {
    connected,
    greeted,  // it has begun to speak: one that takes connections and says nothing was not reached
};

struct Reached {
    std::string trouble;  // empty: it was reached
    /// There are no descriptors, ports or memory left here: of the server it says nothing.
    bool is_ours = false;
};

/// Connects. `link` is set as soon as there is a socket, so that Link::expire() ends it.
[[nodiscard]] net::asio::awaitable<Reached> reach(net::asio::io_context& context, net::Endpoint endpoint,
                                                  std::unique_ptr<Link>& link, Until until);

/// How a server left us, for people; empty where there is nothing to say. `link` may be null.
[[nodiscard]] std::string_view words_of(End end, const Link* link);

}  // namespace tidegate::edge
