#pragma once
// What an operator settles about cases: what customers are told of, and when (docs/cases.md).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace tidegate::config {

inline constexpr std::array<std::string_view, 3> case_automatics{"none", "hurting", "all"};
inline constexpr std::array<std::string_view, 3> case_causes{"attack", "own_fault", "outside"};

struct Cases {
    std::string provider, zone;  // parse() takes them from [status]; zone: IANA; empty: the machine's
    std::size_t automatic = 2;   // of case_automatics
    Duration open_when_hurt = std::chrono::minutes(5);
    Duration publish_after = std::chrono::seconds(30);
    Duration update_every = std::chrono::minutes(30);
    Duration remind_before = std::chrono::minutes(5);
    Duration watch_for = std::chrono::hours(1);
    Duration partner_lead{};
    std::vector<std::string> checks, contacts;

    friend bool operator==(const Cases&, const Cases&) = default;
};

/// A service as customers know it.
struct StatusService {
    std::string name, label;
    std::vector<std::string> watches;  // "imap", "server:imap1", "queue:relay"
    std::uint64_t line = 0;            // in the configuration, for messages

    friend bool operator==(const StatusService&, const StatusService&) = default;
};

struct Partner {
    std::string name, label;

    friend bool operator==(const Partner&, const Partner&) = default;
};

struct CaseTemplate {
    std::string name;
    std::optional<std::size_t> cause;  // of case_causes
    std::vector<std::string> services;
    std::string title, text;
    std::vector<std::string> meanwhile, steps;

    friend bool operator==(const CaseTemplate&, const CaseTemplate&) = default;
};

struct CaseReport {
    std::string name;
    Duration within{};

    friend bool operator==(const CaseReport&, const CaseReport&) = default;
};

/// All of it.
struct CaseSettings {
    Cases cases;
    std::vector<StatusService> services;
    std::vector<Partner> partners;
    std::vector<CaseTemplate> templates;
    std::vector<CaseReport> reports;

    friend bool operator==(const CaseSettings&, const CaseSettings&) = default;
};

}  // namespace tidegate::config
