#pragma once
// A small provider's world in which a log can be written together with its truth: customers who poll, roam,
// mistype and come new, the guessing that every server sees every day, and one day of a botnet whose
// addresses each try once or twice. Deterministic for a seed. docs/benchmarks.md says where the rates come
// from.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace tidegate::bench {

/// Who made an attempt. Never written where the judge could see it.
enum class Who : std::uint8_t { customer, mistake, background, botnet };

struct Attempt {
    std::int64_t microseconds = 0;  // since the first day's midnight
    std::uint32_t address = 0;      // IPv4
    std::uint32_t account = 0;      // below Settings::accounts: exists
    Who who{};
    bool right = false;             // the password
    bool submission = false;        // else IMAP
    bool familiar_network = false;  // the account succeeded from this /24 before
};

struct Settings {
    std::uint64_t seed = 1;
    std::uint32_t accounts = 20'000;
    double log_ins_per_day = 355'000;
    int ordinary_days = 2;
    double background_guesses_per_day = 10'000;
    std::uint32_t bots = 300'000;
    std::uint32_t bot_networks = 55'000;  // /24s
    double bots_in_customers_as = 0.5;
    double guesses_at_existing = 0.8;
    double second_try = 0.5;
    double right_guess = 0.0002;
    double roaming = 0.85;                          // scales trips, new phones and moves
    std::uint32_t customers_as_networks = 300'000;  // /24s in the ASes that customers use
    std::uint32_t foreign_as_networks = 600'000;
};

struct AsRange {
    std::uint32_t first = 0, last = 0;  // /24 numbers (address >> 8), inclusive
    std::uint32_t number = 0;
    bool customers = false;
};

struct World {
    Settings settings;
    std::vector<AsRange> ases;
    std::vector<Attempt> attempts;                    // in order of time
    std::int64_t attack_begins = 0, attack_ends = 0;  // microseconds
};

[[nodiscard]] World make_world(const Settings& settings);

}  // namespace tidegate::bench
