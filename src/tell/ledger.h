#pragma once
// The books of a replay: what Tally writes and assemble() reads.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "event/event.h"
#include "event/verdict.h"
#include "tell/heavy_table.h"
#include "tell/hours.h"
#include "tell/peers.h"
#include "tell/report.h"
#include "tell/timeline.h"
#include "tell/tries.h"

namespace tidegate::tell {

/// A log-in to be told of, with the account's key; its label is made at the end.
struct Find {
    Login login;
    std::uint64_t account = 0;
    bool refused = false;
    bool takeover = false;
};

/// Refused customers and suspected takeovers, the first thousand in full and the rest as numbers.
/// Thread: one at a time.  Cost: allocates for each find that is kept.
class Finds {
public:
    static constexpr std::size_t most = 1000;
    // Notes lie in their group of tries: bits of what was counted, and which entry it was, from 1.
    using Note = std::uint32_t;

    /// A right password that was stopped (`refused`) or that the judge suspects; `note` is 0 at first.
    [[nodiscard]] Note note(Note note, const Event& event, const Verdict& verdict, std::uint64_t account,
                            bool refused);
    /// Another try of the same log-in got in soon enough.
    [[nodiscard]] Note let_in(Note note);

    [[nodiscard]] const std::vector<Find>& kept() const { return kept_; }
    [[nodiscard]] std::uint64_t refused() const { return refused_; }
    [[nodiscard]] std::uint64_t takeovers() const { return takeovers_; }

private:
    Note keep(const Event& event, const Verdict& verdict, std::uint64_t account);

    std::vector<Find> kept_;
    std::uint64_t refused_ = 0;
    std::uint64_t takeovers_ = 0;
};

/// Of what defender i (bit 1 << i of Defender) kept out.
struct Defended {
    std::uint64_t guesses = 0;
    std::uint64_t logins = 0;
};

struct AsTries {
    std::uint32_t number = 0;
    std::uint64_t stopped = 0;
    void clear() { *this = {}; }
};

struct Ledger {
    Zone zone;
    Time first{}, last{};
    Totals totals;
    std::uint64_t logins = 0;
    std::array<Defended, 3> defended{};
    Timeline timeline;
    Hours hours;
    Days days;
    // Small enough to stay in the cache: a log has few that are worth telling of.
    HeavyTable<NetworkTries> networks{13};
    HeavyTable<AccountTries> accounts{12};
    HeavyTable<AsTries> as_numbers{10};
    Finds finds;
    /// Sums up every attempt: known to nobody who has not the log, the same whenever the log is read.
    std::uint64_t secret = 0;

    void saw(Time time) {
        if (time == Time{}) return;
        if (first == Time{} || time < first) first = time;
        if (time > last) last = time;
    }
    void count_network(std::uint64_t key, const Event& event, bool stopped);
    void count_account(std::uint64_t key, const Event& event, bool stopped);
    void count_as(const Event& event, bool stopped);
    [[nodiscard]] std::string pseudonym(std::uint64_t account) const;
};

/// As much of a name as reports keep, never cut within a UTF-8 sequence that is whole.
[[nodiscard]] std::string_view clipped_name(std::string_view name);

}  // namespace tidegate::tell
