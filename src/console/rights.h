#pragma once
// Which role each call takes: one table, in which every call stands.

#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "console/role.h"
#include "net/http_message.h"

namespace tidegate::console {

struct Right {
    std::string_view method;  // GET stands for HEAD too
    std::string_view path;    // without /api: "/v1/incidents/{id}"
    Role role;                // the least that may ever do
    /// Where it depends on what is asked; null: it does not.
    Role (*needs)(const net::Request& request, Time now) = nullptr;
};

[[nodiscard]] std::span<const Right> rights();
/// Null: there is no such call.
[[nodiscard]] const Right* right_to(std::string_view method, std::string_view path);
/// What this very request takes.
[[nodiscard]] Role needed_for(const Right& right, const net::Request& request, Time now);
/// Whether one of `calls` (is_call_scope) has it: their paths hold for themselves and what is below.
[[nodiscard]] bool is_in_scope(std::span<const std::string> calls, std::string_view method,
                               std::string_view path);

}  // namespace tidegate::console
