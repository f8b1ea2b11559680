#pragma once
// Which calls the control socket has: each part has a table of its own (docs/control-openapi.yaml has them
// all, and a test compares).

#include <span>
#include <string_view>

#include "net/http_message.h"
#include "net/path_pattern.h"

namespace tidegate::app {

/// A call. One part of a path may be in braces ("/v1/incidents/{id}/say"): it stands for whatever a client
/// puts there.
struct RouteName {
    std::string_view method;  // GET stands for HEAD too
    std::string_view path;
};

using net::named_part;

[[nodiscard]] bool is_meant(const RouteName& route, const net::Request& request);

/// A call and who answers it.
template <class Owner>
struct ControlRoute {
    RouteName name;
    void (Owner::*answer)(const net::Request& request, net::Response& response);
};

/// False: it is none of these calls, and nothing is answered.
template <class Owner>
[[nodiscard]] bool answer_by(std::span<const ControlRoute<Owner>> routes, Owner& owner,
                             const net::Request& request, net::Response& response) {
    for (const ControlRoute<Owner>& each : routes) {
        if (!is_meant(each.name, request)) continue;
        (owner.*each.answer)(request, response);
        return true;
    }
    return false;
}

}  // namespace tidegate::app
