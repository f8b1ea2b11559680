#pragma once
// Sums over the last 10 seconds, 20, 30, ... to an hour, each held against what was to be expected.

#include <array>
#include <cstddef>
#include <cstdint>

namespace tidegate::judge {

/// Lengths of the windows, in bins of 10 s. A change of any length is met by one about as long: a search over
/// all of them (Ward, Dilillo, Eckley and Fearnhead, "Poisson-FOCuS", JASA 2023) finds it at most a little
/// earlier.
inline constexpr std::array<std::uint32_t, 9> scan_windows = {1, 2, 3, 6, 12, 30, 60, 180, 360};
inline constexpr std::size_t scan_count = scan_windows.size();

/// What came in a window and what should have.
struct Window {
    double events = 0;
    double above = 0;  // the expectation to be exceeded
    double below = 0;  // the one to fall short of
};

/// The last hour, bin by bin, as running totals.
/// Thread: one at a time.  Cost: a cache line a window.
class RecentBins {
public:
    static constexpr std::size_t most = 360;

    void push(double events, double above, double below);
    /// Bins that nobody watched lie between: windows must not reach across.
    void forget() { filled_ = 0; }
    [[nodiscard]] std::size_t filled() const { return filled_; }
    /// Sums of the last `bins`; at most filled().
    [[nodiscard]] Window last(std::size_t bins) const;

    [[nodiscard]] bool is_sane() const { return next_ <= most && filled_ <= most; }
    void each_field(this auto& self, auto&& visit) {
        for (auto& total : self.totals_) visit(total);
        visit(self.next_);
        visit(self.filled_);
    }

private:
    // Running totals of events, above, below after each of the last bins, and before the first of them.
    std::array<std::array<double, 3>, most + 1> totals_{};
    std::uint64_t next_ = 0, filled_ = 0;  // next_: where the latest total stands
};

/// How far a count is from an expectation, in standard deviations: the signed root of the likelihood ratio
/// between the best fitting Poisson rate and the expected one, which is near to normal also in the tails and
/// for small counts (Barndorff-Nielsen 1986). `spread`: variance over mean; counts come in clumps of so many.
[[nodiscard]] double deviation(double events, double expected, double spread);

/// Variance over mean of the sums of one window, from ordinary times.
class Spread {
public:
    /// Every bin; looks once a window.
    void see(const Window& window, std::uint32_t bins);
    [[nodiscard]] double value() const;
    void each_field(this auto& self, auto&& visit) {
        visit(self.sum_);
        visit(self.weight_);
        visit(self.since_);
    }

private:
    float sum_ = 0, weight_ = 0;
    std::uint32_t since_ = 0;
};

}  // namespace tidegate::judge
