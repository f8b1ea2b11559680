#pragma once
// Paths with one part that a client names.

#include <string_view>

namespace tidegate::net {

/// What stands where `pattern` has its braces ("/v1/incidents/{id}/say"); empty where `path` has nothing
/// there, more than one step of a path, or the pattern has none.
[[nodiscard]] std::string_view named_part(std::string_view pattern, std::string_view path);
/// The same path, or one with something in its braces.
[[nodiscard]] bool fits(std::string_view pattern, std::string_view path);

}  // namespace tidegate::net
