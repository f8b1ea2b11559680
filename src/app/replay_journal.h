#pragma once
// A changed configuration, tried on what the daemon's journal has of the past.

#include <cstdint>
#include <string>
#include <vector>

#include "app/ground.h"
#include "base/error.h"
#include "base/time.h"

namespace tidegate::app {

/// What one way of answering did with the journal's attempts.
struct Consequences {
    std::uint64_t guesses_stopped = 0;    // tries of one password on one account by one client are one
    std::uint64_t customers_refused = 0;  // right passwords of which no try got in
    std::uint64_t takeovers = 0;
};

/// The past as it was answered, and as this configuration would have answered it.
struct TrialResult {
    std::uint64_t attempts = 0, guesses = 0;
    Time first{}, last{};
    Consequences was, would;
    std::uint64_t unknown = 0;  // attempts that were stopped and would not be: nobody knows their outcome
    std::uint64_t missing = 0;  // entries that were lost or damaged
    std::vector<Error> damaged;
    bool is_cut_short = false;  // by Ctrl-C
};

/// Judges all that the journal in `folder` has by the policy, lists and tables of `ground`, beginning as if
/// new; postures, and exceptions by hand while they held, are the journal's.
/// Cost: some two microseconds an entry.  Fails: there is no journal that can be read.
[[nodiscard]] Result<TrialResult> try_on_journal(const std::string& folder, const Ground& ground);

[[nodiscard]] std::string trial_text(const std::string& folder, const TrialResult& result);
[[nodiscard]] std::string trial_json(const TrialResult& result);

/// All of it, for `tidegate replay --journal`. An empty folder is that of the configuration. Returns the exit
/// status.
[[nodiscard]] int replay_journal(const Choices& choices, std::string folder, bool as_json);

}  // namespace tidegate::app
