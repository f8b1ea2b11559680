#include "app/serve/control_routes.h"

namespace tidegate::app {
namespace {

struct Split {
    std::string_view before, after;
};

Split around_braces(std::string_view pattern) {
    const std::size_t open = pattern.find('{');
    if (open == std::string_view::npos) return {pattern, {}};
    return {pattern.substr(0, open), pattern.substr(pattern.find('}', open) + 1)};
}

}  // namespace

std::string_view named_part(std::string_view pattern, std::string_view path) {
    const auto [before, after] = around_braces(pattern);
    const bool fits = before.size() < pattern.size() && path.size() > before.size() + after.size() &&
                      path.starts_with(before) && path.ends_with(after);
    if (!fits) return {};
    const std::string_view part = path.substr(before.size(), path.size() - before.size() - after.size());
    return part.contains('/') ? std::string_view() : part;
}

bool is_meant(const RouteName& route, const net::Request& request) {
    const bool same =
        request.method() == route.method || (route.method == "GET" && request.method() == "HEAD");
    return same && (request.path() == route.path || !named_part(route.path, request.path()).empty());
}

}  // namespace tidegate::app
