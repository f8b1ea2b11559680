#include "net/path_pattern.h"

namespace tidegate::net {
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

bool fits(std::string_view pattern, std::string_view path) {
    return pattern == path || !named_part(pattern, path).empty();
}

}  // namespace tidegate::net
