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

/// Connects. `link` is set as soon as there is a socket, so that Link::expire() ends it. Returns the trouble;
/// empty: it was reached.
[[nodiscard]] net::asio::awaitable<std::string> reach(net::asio::io_context& context, net::Endpoint endpoint,
                                                      std::unique_ptr<Link>& link, Until until);

/// How a server left us, for people; empty where there is nothing to say. `link` may be null.
[[nodiscard]] std::string_view words_of(End end, const Link* link);

}  // namespace tidegate::edge
