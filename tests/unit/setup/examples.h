#pragma once
// What most tests start from.

#include <algorithm>
#include <string>
#include <string_view>

#include "setup/audit.h"
#include "setup/proposal.h"

namespace tidegate::setup {

/// Those in the recorded configurations.
inline Secrets secrets() {
    return {.nonce = "0123456789abcdef0123456789abcdef01234567",
            .dovecot_key = "d0ce70000000000000000000000000000000cafe",
            .nginx_key = "0123000000000000000000000000000000000bee"};
}

/// The configuration that setup would write, as whoever reads it hands it to the audit.
inline Ours our_first() {
    return {.file = "/etc/tidegate/tidegate.toml",
            .acts = true,
            .doors = {{DoorKind::auth_policy, "127.0.0.1:4080", secrets().dovecot_key, true},
                      {DoorKind::postfix_policy, "127.0.0.1:4081", "", true},
                      {DoorKind::nginx_auth, "127.0.0.1:4082", secrets().nginx_key, true}},
            .follows = {{"/var/log/mail.log"}},
            .forwarders = {}};
}

inline OurDoor door_at(const std::string& listen) {
    return {.kind = DoorKind::auth_policy, .listen = listen, .key = {}, .fails_open = true};
}

inline Result<void> everybody_answers(const OurDoor&) {
    return {};
}

inline const Finding* find(const Findings& findings, std::string_view setting, std::string_view what) {
    const auto found = std::ranges::find_if(findings, [&](const Finding& finding) {
        return finding.setting.contains(setting) && finding.what.contains(what);
    });
    return found == findings.end() ? nullptr : &*found;
}

inline std::size_t count(const Findings& findings, Severity severity) {
    return static_cast<std::size_t>(std::ranges::count(findings, severity, &Finding::severity));
}

}  // namespace tidegate::setup
