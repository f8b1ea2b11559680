#include "console/rights.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include "console/body.h"
#include "net/path_pattern.h"

namespace tidegate::console {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::hours most_for_support = 31 * 24h;

/// How long from `now` on, for the forms that end: "30m", "12h", "7d", RFC 3339. Nothing: another form.
std::optional<Duration> length_of(std::string_view text, Time now) {
    if (const auto end = parse_rfc3339(text)) return *end - now;
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end + 1 != text.data() + text.size()) return std::nullopt;
    if (*end == 'm') return std::chrono::minutes(number);
    if (*end == 'h') return std::chrono::hours(number);
    return *end == 'd' ? std::optional<Duration>(24h * number) : std::nullopt;
}

// To let somebody through for some time is what a help desk is for; to keep somebody out is not, nor for
// ever.
Role for_exception(const net::Request& request, Time now) {
    const auto body = Body::read(request.body());
    if (!body || body->text("effect") != "allow") return Role::act;
    const std::string until = body->text("expires");
    if (until.empty()) return Role::support;  // a week, then
    const auto length = length_of(until, now);
    return length && *length <= most_for_support ? Role::support : Role::act;
}

Role for_servers(const net::Request& request, Time /*now*/) {
    const auto body = Body::read(request.body());
    return body && body->text("action") == "what-if" ? Role::look : Role::act;
}

// Words can be made ready by whoever hears the customers; what they are told, and what not, is decided.
Role for_update(const net::Request& request, Time /*now*/) {
    const auto body = Body::read(request.body());
    return body && body->text("act") == "draft" ? Role::support : Role::act;
}

// Who signed in and who did not, from where: the console's own calls are for whoever may see the audit log.
Role for_deeds(const net::Request& request, Time /*now*/) {
    return request.query("action").value_or("") == "console" ? Role::act : Role::look;
}

Role for_record(const net::Request& request, Time /*now*/) {
    const auto names = request.query("names");
    return names && *names != "false" ? Role::support : Role::look;
}

constexpr std::array<Right, 58> all{{
    {"GET", "/v1/session", Role::look},
    {"DELETE", "/v1/session", Role::look},
    {"GET", "/v1/live", Role::look},
    {"GET", "/v1/networks", Role::look},
    {"GET", "/v1/configuration", Role::act},
    {"POST", "/v1/trial", Role::act},
    {"GET", "/v1/trial", Role::act},
    {"DELETE", "/v1/trial", Role::act},
    {"GET", "/v1/audit", Role::act},
    {"GET", "/v1/users", Role::administer},
    {"POST", "/v1/users", Role::administer},
    {"DELETE", "/v1/users/{name}", Role::administer},
    {"POST", "/v1/users/{name}/role", Role::administer},
    {"POST", "/v1/users/{name}/password", Role::administer},
    {"POST", "/v1/users/{name}/totp", Role::administer},
    {"GET", "/v1/tokens", Role::administer},
    {"POST", "/v1/tokens", Role::administer},
    {"DELETE", "/v1/tokens/{name}", Role::administer},
    // The control socket's.
    {"GET", "/v1/scene", Role::look},
    {"GET", "/v1/why", Role::support},
    {"GET", "/v1/exceptions", Role::look},
    {"POST", "/v1/exceptions", Role::support, for_exception},
    {"DELETE", "/v1/exceptions", Role::act},
    {"POST", "/v1/vouch", Role::support},
    {"POST", "/v1/mode", Role::act},
    {"GET", "/v1/deeds", Role::look, for_deeds},
    {"POST", "/v1/forget", Role::administer},
    {"POST", "/v1/backup", Role::administer},
    {"GET", "/v1/upkeep", Role::administer},
    {"GET", "/v1/incidents", Role::look},
    {"GET", "/v1/incidents/{id}", Role::look, for_record},
    {"POST", "/v1/incidents/{id}/say", Role::support},
    {"POST", "/v1/incidents/{id}/close", Role::act},
    {"GET", "/v1/bands", Role::look},
    {"GET", "/v1/servers", Role::look},
    {"POST", "/v1/servers", Role::look, for_servers},
    {"GET", "/v1/edge", Role::look},
    {"POST", "/v1/forget-passwords", Role::support},
    {"GET", "/v1/listeners", Role::look},
    {"POST", "/v1/listeners", Role::act},
    {"GET", "/v1/queues", Role::look},
    {"GET", "/v1/alerts", Role::look},
    {"POST", "/v1/alerts/{id}/ack", Role::act},
    {"GET", "/v1/cases", Role::look},
    {"POST", "/v1/cases", Role::act},
    {"GET", "/v1/cases/{id}", Role::look},
    {"POST", "/v1/cases/{id}/notes", Role::support},
    {"POST", "/v1/cases/{id}/updates", Role::support, for_update},
    {"POST", "/v1/cases/{id}/promise", Role::act},
    {"POST", "/v1/cases/{id}/checks", Role::support},
    {"POST", "/v1/cases/{id}/lines", Role::support},
    {"GET", "/v1/cases/{id}/postmortem", Role::look},
    {"POST", "/v1/cases/{id}/postmortem", Role::act},
    {"GET", "/v1/work", Role::look},
    {"POST", "/v1/work", Role::act},
    {"POST", "/v1/work/{id}", Role::act},
    {"GET", "/v1/templates", Role::look},
    {"GET", "/v1/public", Role::look},
}};

}  // namespace

std::span<const Right> rights() {
    return all;
}

const Right* right_to(std::string_view method, std::string_view path) {
    const std::string_view meant = method == "HEAD" ? "GET" : method;
    const auto found = std::ranges::find_if(
        all, [&](const Right& each) { return each.method == meant && net::fits(each.path, path); });
    return found == all.end() ? nullptr : &*found;
}

Role needed_for(const Right& right, const net::Request& request, Time now) {
    return right.needs == nullptr ? right.role : std::max(right.role, right.needs(request, now));
}

bool is_in_scope(std::span<const std::string> calls, std::string_view method, std::string_view path) {
    const std::string_view meant = method == "HEAD" ? "GET" : method;
    return std::ranges::any_of(calls, [&](std::string_view call) {
        const std::size_t blank = call.find(' ');
        const std::string_view by = call.substr(0, blank);
        std::string_view begin = call.substr(blank + 1);
        if (by != "*" && by != meant) return false;
        if (begin.ends_with('/')) begin.remove_suffix(1);
        return path == begin || (path.starts_with(begin) && path[begin.size()] == '/');
    });
}

}  // namespace tidegate::console
