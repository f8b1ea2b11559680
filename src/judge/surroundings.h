#pragma once
// What lies around an attempt: failures of others and log-ins, at its address or in its network, and what
// either says.

#include <array>
#include <cstddef>
#include <span>

namespace tidegate::judge {

/// Counts of one class in `size` cells.
template <std::size_t size>
struct Cells {
    std::array<double, size> count{};
    void add(std::size_t cell, double weight) { count[cell] += weight; }
    void scale(double by) {
        for (double& c : count) c *= by;
    }
    [[nodiscard]] double total() const {
        double sum = 0;
        for (double c : count) sum += c;
        return sum;
    }
};

/// As if so many had been seen before anything was.
inline constexpr double prior_strength = 50;

/// The share of a cell among attackers: mostly as learned, but one in ten is believed to be of another kind
/// than the crowd that taught it. Or three hundred thousand bots that come once would vouch for the one that
/// comes sixty times.
[[nodiscard]] double of_any_attacker(double learned, double believed);

/// 10 log10(attack / customer).
[[nodiscard]] float ratio(double attack, double customer);

inline constexpr std::size_t failure_cells = 8, login_cells = 6;
[[nodiscard]] std::size_t failure_cell(float failures);  // a refused attempt counts 0.3: fine steps near zero
[[nodiscard]] std::size_t login_cell(float log_ins);     // <0.5, <1.5, <2.5, <4.5, <16.5, more

/// A cell for both.
inline constexpr std::size_t grid_cells = failure_cells * login_cells;
[[nodiscard]] constexpr std::size_t grid_cell(std::size_t failures, std::size_t log_ins) {
    return failures * login_cells + log_ins;
}
[[nodiscard]] constexpr std::size_t failures_of(std::size_t grid_cell) {
    return grid_cell / login_cells;
}
[[nodiscard]] constexpr std::size_t log_ins_of(std::size_t grid_cell) {
    return grid_cell % login_cells;
}
/// Has anybody failed there?
[[nodiscard]] constexpr bool is_visited(std::size_t grid_cell) {
    return failures_of(grid_cell) > 0;
}

/// Makes weights rise with their cells (pooling adjacent violators; Ayer et al., 1955), each counting as it
/// was observed: one more failure never speaks for a client. At most `failure_cells` of them.
void make_rising(std::span<float> weights, std::span<const double> counts);

/// Learns what both classes find around them. How many log-ins a customer's new place has seen is learned
/// slowly, from new places. How many failures, given that, is learned fast, and from the places that
/// customers are known to use: they are never refused, whereas of new places the ones that attackers visit
/// would be missing. Where a wider place has seen no log-in, that a narrower one has none is implied and says
/// nothing: `implied`. Thread: one at a time.
class Surroundings {
public:
    void attack(std::size_t cell, bool implied, double fast);
    void fresh_customer(std::size_t cell, bool implied, double slow);
    void known_customer(std::size_t cell, double fast) { around_.add(cell, fast); }
    void scale_fast(double by);
    void scale_slow(double by) { customer_log_ins_.scale(by); }

    /// Recomputes the weights from the counts, which are in units of the two paces' weights.
    void refresh(double fast, double slow);

    /// Decibans, from -25 to 25.
    [[nodiscard]] float weight(std::size_t cell, bool implied) const {
        return failures_[cell] + (implied ? 0.0F : log_ins_[log_ins_of(cell)]);
    }
    /// The share of customers' known places that attackers visit.
    [[nodiscard]] float visited() const { return visited_; }

    /// Every member, for checkpoints.
    void each_field(this auto& self, auto&& visit) {
        visit(self.attack_.count);
        visit(self.around_.count);
        visit(self.attack_log_ins_.count);
        visit(self.customer_log_ins_.count);
        visit(self.failures_);
        visit(self.log_ins_);
        visit(self.visited_);
    }

private:
    void refresh_failures(std::size_t column, double fast, double attacks, double around);

    Cells<grid_cells> attack_, around_;
    Cells<login_cells> attack_log_ins_, customer_log_ins_;
    std::array<float, grid_cells> failures_{};
    std::array<float, login_cells> log_ins_{};
    float visited_ = 0;
};

}  // namespace tidegate::judge
