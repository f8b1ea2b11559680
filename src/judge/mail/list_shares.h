#pragma once
// What being named by a block list says of who brings mail here.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "judge/policy.h"

namespace tidegate::judge {

/// Of mails that were refused, and of those that were taken, how many came from members of each list: the
/// ratio of the two shares is the list's weight, blended with a prior as if 200 of each had been seen.
/// Both fade by half in a week. What is stopped has no outcome and teaches nothing.
/// Thread: one at a time.  Cost: a few additions.  Fails: never.
class ListShares {
public:
    /// A mail of a client that `lists` name (bits of Event::lists) was refused, or taken.
    void add(std::uint32_t lists, bool refused, float weight, std::uint32_t quarter);

    /// Of list `index`, in decibans, from 0 to 22: to be named never speaks for a client.
    [[nodiscard]] float weight(std::size_t index, float prior) const;
    /// Of all that name a client: lists copy from each other, so each beyond the heaviest adds 2. At most 25.
    [[nodiscard]] float together(std::uint32_t lists, float prior) const;

    /// What was learned of list `from[i]` is list i's from now on; of nothing: it begins anew, with
    /// what is believed beforehand.
    void move_lists(std::span<const std::optional<std::size_t>, most_lists> from, float prior);

    /// Every member, for checkpoints.
    void each_field(this auto& self, auto&& visit) {
        visit(self.quarter_);
        for (auto* side : {&self.refused_, &self.taken_}) {
            visit(side->all);
            visit(side->named);
        }
    }

private:
    struct Side {
        double all = 0;
        std::array<double, most_lists> named{};
        void scale(double by);
    };

    std::uint32_t quarter_ = 0;
    Side refused_, taken_;
};

}  // namespace tidegate::judge
