#pragma once
// Who is called, and when, as the configuration has it (docs/alerts.md).

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace tidegate::config {

/// By a clock on the wall; without a time of the day where none was given.
struct WallMoment {
    std::chrono::local_days day{};
    std::optional<std::chrono::minutes> time{};

    friend bool operator==(const WallMoment&, const WallMoment&) = default;
};

struct Person {
    std::string name;
    std::vector<std::string> ways;  // names of [[alert]]
    std::uint64_t line = 0;         // in the configuration, for messages
};

struct Rota {
    std::string name;
    std::vector<std::string> people;
    std::string zone;
    WallMoment first;
    std::chrono::minutes hand_over{9 * 60};
    unsigned turn_days = 7;
    std::uint64_t line = 0;
};

/// Somebody else has the turn for a while.
struct OnCallInstead {
    std::string rota, person;
    WallMoment from, until;
    std::uint64_t line = 0;
};

/// "10m rota:mail+1": after so long that one.
struct Step {
    enum class Kind : std::uint8_t { way, person, rota };
    Duration after{};
    Kind kind = Kind::way;
    std::string name;
    unsigned ahead = 0;

    friend bool operator==(const Step&, const Step&) = default;
};

struct Escalation {
    std::string name;
    std::vector<std::string> kinds;  // of alert_kinds; empty: all
    std::uint8_t severity = 2;       // of alert_severities, at least
    std::vector<Step> steps;
    Duration repeat = std::chrono::minutes(30);  // zero: never
    std::uint64_t line = 0;
};

}  // namespace tidegate::config
