#pragma once
// What is usual of connections to port 25, kept apart from the beginning of what is not.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "event/mail_visit.h"
#include "event/naming.h"
#include "tell/incident/spread.h"

namespace tidegate::tell {

/// Learns of each minute the first few of each kind, and that only once it is clear that no incident had
/// begun by then: the first seconds of a flood are more than a day of what is usual. Not kept over a restart,
/// as little as what is usual of log-ins is: until it knows some again, nothing of mail is said to stand out
/// (is_known()). Thread: one at a time.  Cost: some cache lines a visit; about 6 MiB.  Fails: never.
class UsualMail {
public:
    // Of those that came to one end, and said to whom their mail was; and of those that did not.
    static constexpr std::size_t most_a_minute = 120;
    static constexpr auto waits = std::chrono::minutes(20);

    /// While no incident goes on; in order of time (small steps back are forgiven).
    void see(const MailVisit& visit);
    /// One goes on that began then: what waits and is from before is usual, what came since is returned.
    [[nodiscard]] std::vector<MailVisit> part_at(Time began);
    /// Takes the names of mailboxes out of what waits.  Cost: as names_account() of these.
    void forget(const AccountTest& is_meant);

    [[nodiscard]] const UsualSpread& spread() const { return spread_; }
    /// So many are known of one end that what all of them have is known to be nothing special.
    [[nodiscard]] bool is_known() const { return std::ranges::max(learned_) >= least_known; }

private:
    static constexpr std::uint64_t least_known = 200;

    void learn_until(Time time);

    std::deque<MailVisit> waiting_;
    std::int64_t minute_ = 0;
    std::array<std::size_t, 6> of_minute_{};  // by VisitEnd, and whether it named anybody
    std::array<std::uint64_t, 3> learned_{};  // by VisitEnd
    UsualSpread spread_;
};

}  // namespace tidegate::tell
