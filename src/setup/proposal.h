#pragma once
// What an operator would have to write to have his mail servers ask us.

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "setup/finding.h"
#include "setup/ours.h"
#include "setup/survey.h"

namespace tidegate::setup {

/// Random texts that end up in configurations; hexadecimal.
struct Secrets {
    std::string nonce;        // for Dovecot's hashes of passwords
    std::string dovecot_key;  // shown at the auth-policy door
    std::string nginx_key;    // shown at the nginx-auth door
};

/// Where the daemon keeps what it knows, and where it listens for operators.
struct Places {
    std::string state = "/var/lib/tidegate";
    std::string control = "/run/tidegate/control.sock";
};

/// Fails: the kernel has no randomness (getrandom(2)).
[[nodiscard]] Result<Secrets> draw_secrets();

/// Lines for one file of a mail server. We never write there ourselves.
struct Change {
    std::string daemon;  // "Dovecot"
    std::string file;
    std::string where;  // "a new file, mode 0600", "at the end"
    std::vector<std::string> lines;
    std::string why;
    std::string check;         // a command that says whether the lines are understood
    std::string reload;        // a command that makes them effective
    bool once_acting = false;  // only when watch mode is over
};

struct Proposal {
    std::string configuration;  // ours, TOML; empty where there is one already
    std::vector<Change> changes;
    Findings findings;
};

/// Where `there` is given, a configuration of ours exists: its doors and keys are used in the lines, and
/// changes that are already made are left out. Deterministic: the same arguments give the same proposal.
/// Fails: never.
[[nodiscard]] Proposal propose(const Survey& survey, const Secrets& secrets,
                               const std::optional<Ours>& there = std::nullopt, const Places& places = {});

/// For people; the lines stand alone, so that they can be copied.
[[nodiscard]] std::string text(const Proposal& proposal);

}  // namespace tidegate::setup
