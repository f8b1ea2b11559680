#pragma once
// The books of a week: fed with what the journal has, in its order.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/sketch.h"
#include "event/event.h"
#include "event/notice.h"
#include "tell/incident/refusals.h"
#include "tell/incident/sighting.h"
#include "tell/weekly/homes.h"
#include "tell/weekly/watch.h"
#include "tell/weekly/week.h"

namespace tidegate::tell {

/// An attempt as the journal has it.
struct WeekAttempt {
    const Event& event;
    Measure answered = Measure::pass;
    bool suspected_takeover = false;
    std::uint64_t account = 0;  // key of the normalised name; 0: made of the name as written
};

/// Counts a week by days, and the same time of the weeks before it. What came before all of these teaches
/// only where accounts are at home.
/// Thread: one at a time.  Cost: see() some cache misses; memory as Homes, and 7 MiB.  Fails: never.
class WeekBooks {
public:
    static constexpr std::size_t weeks_compared = 4;
    /// A failure of ours so long after a server came back is still its absence's.
    static constexpr Duration settles = std::chrono::minutes(5);
    static constexpr std::size_t most_takeovers = 1000, most_suspected = 100'000, most_downs = 200;

    /// `downs`: turns of servers that are known from elsewhere.
    WeekBooks(const Zone& zone, const Period& period, std::vector<WeekDown> downs = {});

    /// The earliest time that these books look at.
    [[nodiscard]] Time begins() const { return spans_.front().period.from; }
    /// The journal has something of then.
    void saw(Time time) { minutes_.saw(time); }
    void see(const WeekAttempt& attempt);
    /// The daemon ended, not by its own will, or is back.
    void tell(const RestartNotice& restart);

    /// Everything that was counted. `until`: what is behind it is no gap, since it has not been yet.
    void finish(Week& to, Time until) const;
    /// Whether such an account is among the suspected takeovers.
    struct Suspect {
        std::uint64_t account = 0;  // as given
        std::size_t at = 0;         // in Week::takeovers
    };
    [[nodiscard]] const std::vector<Suspect>& suspects() const { return suspects_; }

private:
    struct Span {
        Period period;
        WeekCounts counts;
    };
    struct Down {
        WeekDown down;
        BasicSketch<11> customers;
    };

    [[nodiscard]] Span* span_of(Time time);
    void count(const Sighting& seen, WeekCounts& counts);
    void count_refusals(const Sighting& seen);
    void count_week(const WeekAttempt& attempt, const Sighting& seen);
    void count_fault(const Sighting& seen);
    void suspect(const WeekAttempt& attempt, const Sighting& seen);
    [[nodiscard]] bool has_whole(const Period& period) const;
    void cover(Week& to, Time until) const;

    Zone zone_;
    Period period_;
    std::vector<Span> spans_;  // in order of time: weeks before, then the week's days
    std::size_t current_ = 0;
    Homes homes_;
    Refusals refusals_;
    WatchedMinutes minutes_;
    BasicSketch<12> addresses_, networks_, accounts_;
    std::vector<WeekTakeover> takeovers_;
    std::vector<Suspect> suspects_;
    std::unordered_map<std::uint64_t, std::size_t> suspected_;  // account to its place, or beyond the end
    std::vector<Down> downs_;
};

}  // namespace tidegate::tell
