#pragma once
// The servers of one kind as the edge knows them: chosen among, and each with its limit.

#include <cstdint>
#include <string>
#include <vector>

#include "drill/crowd/behind.h"
#include "edge/admission/admission.h"
#include "edge/servers/choice.h"

namespace tidegate::drill {

/// The choice of servers and their places in the admission, kept alike. A server has the same number in both
/// and among those that are behind. Thread: one at a time.  Owner: `behind` and `admission` outlive it.
class WaysIn {
public:
    WaysIn(const Servers& rules, const Behind& behind, edge::Admission& admission, Time start,
           std::uint64_t seed);

    /// All that are behind now. Until `open` nobody is paced.
    void configure(Moment at, bool open);
    /// What the choice has learned of servers since is told to the admission.
    void follow(Moment at);
    /// What a health check of each finds, every ten seconds.
    void check(Moment at);

    [[nodiscard]] edge::ServerChoice& choice() { return choice_; }
    [[nodiscard]] edge::ServerIndex index_of(std::uint32_t server) const { return indices_[server]; }
    /// Nothing where that index is none of these.
    [[nodiscard]] std::string_view name_of(edge::ServerIndex index) const;
    [[nodiscard]] Time time(Moment at) const { return start_ + Duration(at); }

private:
    const Servers& rules_;
    const Behind& behind_;
    edge::Admission& admission_;
    Time start_;
    edge::ServerChoice choice_;
    std::vector<edge::ServerIndex> indices_;
    struct Checks {
        unsigned failed = 0, passed = 0;
    };
    std::vector<Checks> checks_;
};

/// Simulated time as admission counts it.
[[nodiscard]] inline edge::Moment on_clock(Moment at) {
    return edge::Moment(std::chrono::hours(1) + std::chrono::microseconds(at));
}

}  // namespace tidegate::drill
