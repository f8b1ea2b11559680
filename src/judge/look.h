#pragma once
// What the memory has to say about one knock: read once, weighed, then written back.

#include <cstdint>

#include "judge/knock.h"
#include "judge/memory.h"
#include "judge/shares.h"

namespace tidegate::judge {

/// The keys of an account's pairs with places and clients.
struct PairKeys {
    std::uint64_t address = 0, network = 0, region = 0, client = 0;  // in Memory::familiar
    std::uint64_t refused = 0;                                       // in Memory::refused
    std::uint64_t guess = 0, guess_here = 0, wrong_here = 0;         // in Memory::guessed
};
[[nodiscard]] PairKeys pair_keys(const Knock& knock);
/// In Memory::familiar: somebody logged in from this address, whoever it was.
[[nodiscard]] std::uint64_t home_key(const Knock& knock);

/// Faded to the knock's time.
struct Counts {
    float failures = 0, log_ins = 0;
};

struct Look {
    [[nodiscard]] Level level() const { return traits.level; }
    bool familiar_client = false;
    bool guess_repeated = false;  // this client tried this very guess on this account before
    bool guess_known = false;     // this account failed with this guess before, from wherever
    Counts address, network, region, client, guess;
    float clean = 0,
          visited = 0;      // log-ins of the region's own customers, by whether attackers visit their network
    float own = 0;          // failures of this address on this account
    float others_here = 0;  // failures of this address on other accounts
    float roving = 0;       // failures of this address but those on one account in a row
    float wrong_here =
        0;  // different wrong passwords of this address on this account and service, where guesses are shown
    float account_failures = 0, account_log_ins = 0, new_places = 0;
    float nearby = 0, imitated = 0;  // of account_failures: from one of its regions, with one of its programs
    unsigned refused_before = 0;     // how often this client was refused on this account
    unsigned refused_guesses = 0;    // with how many different guesses, where they are shown
    unsigned chances_wasted = 0;     // where not: let through for its persistence, and wrong
    unsigned quarters_refused = 0;   // since the first refusal, or the last such chance
    unsigned repeats_refused = 0;    // how often this very guess was refused again
    unsigned quarters_repeated = 0;
    Traits traits;
};

/// Half-lives (docs: shared by look and remember).
struct Halves {
    Fading attack{12};
    Fading customer{24 * 7};
    Fading recent{4};
};
[[nodiscard]] const Halves& halves();

[[nodiscard]] Look look(const Memory& memory, const Knock& knock, const PairKeys& keys, Quarter now);
/// Whether anybody logged in from there within the time for which a place is known.
[[nodiscard]] bool is_home(const Memory& memory, const Knock& knock, Quarter now);
void prefetch(const Memory& memory, const Knock& knock, const PairKeys& keys);

}  // namespace tidegate::judge
