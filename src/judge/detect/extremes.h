#pragma once
// How large must a statistic be before it is no accident? Twice answered: by theory, for noise that is what
// we take it for, and by the extremes that it reached before.

#include <array>
#include <cstddef>
#include <cstdint>

namespace tidegate::judge {

/// The z that a sum over a sliding window of `window` bins of independent noise passes once in `bins_between`
/// bins: z phi(z) / window = 1 / bins_between (D. Siegmund, "Sequential Analysis", 1985, ch. XI: boundary
/// crossings of a moving sum; an upper bound, as bins are not infinitely short). At most one test a bin.
/// Thread: any.  Cost: a few hundred flops.
[[nodiscard]] double scan_threshold(double window, double bins_between);

/// The probability that standard normal noise exceeds `z`.
[[nodiscard]] double normal_tail(double z);

/// Learns the largest values of ordinary days (or other blocks) and what is to be expected of the largest in
/// thousands of them: Gumbel's distribution fitted by probability-weighted moments (E. J. Gumbel, "Statistics
/// of Extremes", 1958; J. R. M. Hosking 1990). Heavy tails, bursts and whatever else theory leaves out are in
/// it.
/// Thread: one at a time.  Cost: see() a comparison; close_block() sorts 28 values.
class Extremes {
public:
    static constexpr std::size_t blocks = 28;

    void see(float value) { largest_ = largest_ < value ? value : largest_; }
    /// The block is over; `learn` says whether it was an ordinary one.
    void close_block(bool learn);
    /// The value that is passed once in `blocks_between` blocks; 0 while fewer than five are known.
    [[nodiscard]] double level(double blocks_between) const {
        return count_ < least ? 0 : location_ + scale_ * log_of(blocks_between);
    }
    [[nodiscard]] std::size_t known() const { return count_; }
    /// The largest of the blocks known and of the one that goes on.
    [[nodiscard]] float highest() const;

    [[nodiscard]] bool is_sane() const { return count_ <= blocks && next_ < blocks; }
    void each_field(this auto& self, auto&& visit) {
        visit(self.past_);
        visit(self.count_);
        visit(self.next_);
        visit(self.largest_);
        visit(self.location_);
        visit(self.scale_);
    }

private:
    static constexpr std::size_t least = 5;
    static double log_of(double x);
    void fit();

    std::array<float, blocks> past_{};
    std::uint32_t count_ = 0, next_ = 0;
    float largest_ = 0;
    double location_ = 0, scale_ = 0;
};

}  // namespace tidegate::judge
