#pragma once
// A simulated server behind the edge.

#include <cstdint>
#include <vector>

#include "drill/dice.h"
#include "drill/world.h"

namespace tidegate::drill {

/// Works on everything that is under way at the same time (processor sharing): as long as little is, each
/// takes the idle latency; beyond that the servers' rate is shared, and it falls as more is under way, to a
/// half at `at_once`, as memory, locks and processes run short. Thread: one at a time.  Cost: the logarithm
/// of what is under way.  Fails: never.
class Server {
public:
    Server(const Servers& rules, Dice dice) : rules_(rules), dice_(dice) {}

    /// `job` begins; not where it is dead. Times never fall.
    void enter(Moment now, std::uint32_t job);
    /// When the next will be done if nothing else comes; `never` where nothing is under way.
    [[nodiscard]] Moment next() const;
    /// All that are done by `now`, in order.
    void take(Moment now, std::vector<std::uint32_t>& done);
    /// It answers nobody any more; what was under way is lost.
    void die(Moment now, std::vector<std::uint32_t>& lost);
    void restore(Moment now);

    [[nodiscard]] bool is_dead() const { return dead_; }
    [[nodiscard]] std::uint32_t under_way() const { return static_cast<std::uint32_t>(jobs_.size()); }
    [[nodiscard]] std::uint32_t most_under_way() const { return most_; }
    /// Grows with each change, for who wrote down when it would be done.
    [[nodiscard]] std::uint32_t mark() const { return mark_; }

private:
    struct Job {
        double until;  // in units of work done for each
        std::uint32_t who;
    };
    static bool later(const Job& a, const Job& b) { return a.until > b.until; }

    void advance(Moment now);
    [[nodiscard]] double speed() const;  // work a second for each

    const Servers& rules_;
    Dice dice_;
    Moment at_ = 0;
    double work_ = 0;  // done for each since the begin
    std::vector<Job> jobs_;
    std::uint32_t most_ = 0, mark_ = 0;
    bool dead_ = false;
};

}  // namespace tidegate::drill
