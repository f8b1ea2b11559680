#include "setup/ours.h"

#include <algorithm>
#include <array>

namespace tidegate::setup {

std::string_view name(DoorKind kind) {
    constexpr std::array<std::string_view, 4> names{"auth-policy", "postfix-policy", "nginx-auth", "api"};
    return names[static_cast<std::size_t>(kind)];
}

std::string OurDoor::reached_at() const {
    const auto place = is_unix() ? std::nullopt : host_and_port(listen);
    if (!place) return listen;
    if (place->first == "0.0.0.0") return "127.0.0.1:" + place->second;
    if (place->first == "::") return "[::1]:" + place->second;
    return listen;
}

const OurDoor* Ours::door(DoorKind kind) const {
    const auto found = std::ranges::find(doors, kind, &OurDoor::kind);
    return found == doors.end() ? nullptr : &*found;
}

std::optional<std::pair<std::string, std::string>> host_and_port(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    if (host.size() >= 2 && host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    const bool digits = !port.empty() && port.size() <= 5 &&
                        std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
    if (host.empty() || !digits) return std::nullopt;
    return std::pair{std::string(host), std::string(port)};
}

bool same_place(std::string_view one, std::string_view other) {
    const auto first = host_and_port(one);
    const auto second = host_and_port(other);
    if (!first || !second) return one == other;
    const auto is_loopback = [](const std::string& host) { return host == "127.0.0.1" || host == "::1"; };
    const bool same_host = first->first == second->first ||
                           (first->first == "localhost" && is_loopback(second->first)) ||
                           (second->first == "localhost" && is_loopback(first->first));
    return same_host && first->second == second->second;
}

}  // namespace tidegate::setup
