#pragma once
// What our own configuration says, as far as mail servers are concerned. Whoever reads the configuration
// fills it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"

namespace tidegate::setup {

enum class DoorKind : std::uint8_t { auth_policy, postfix_policy, nginx_auth, api };

/// As in the configuration: "auth-policy".
[[nodiscard]] std::string_view name(DoorKind kind);

struct OurDoor {
    DoorKind kind = DoorKind::auth_policy;
    std::string listen;  // "127.0.0.1:4080", "[::1]:4080", "unix:/path"
    std::string key;     // empty: none is asked for
    bool fails_open = true;

    [[nodiscard]] bool is_unix() const { return listen.starts_with("unix:"); }
    /// Where a program of this machine reaches it: "0.0.0.0" and "[::]" become loopback.
    [[nodiscard]] std::string reached_at() const;
};

struct OurFollow {
    std::string file;  // empty: the journal
};

struct Ours {
    std::string file;   // of the configuration, for messages
    bool acts = false;  // false: watch mode
    std::vector<OurDoor> doors;
    std::vector<OurFollow> follows;
    std::vector<Prefix> forwarders;
    bool watches_queues = false;

    /// The first door of that kind, nullptr where there is none.
    [[nodiscard]] const OurDoor* door(DoorKind kind) const;
};

/// Host (without brackets) and port of "HOST:PORT"; nothing for anything else.
[[nodiscard]] std::optional<std::pair<std::string, std::string>> host_and_port(std::string_view text);
/// Whether two "HOST:PORT" name the same listener of this machine: localhost is 127.0.0.1 and ::1.
[[nodiscard]] bool same_place(std::string_view one, std::string_view other);

}  // namespace tidegate::setup
