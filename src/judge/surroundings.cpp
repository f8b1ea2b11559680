#include "judge/surroundings.h"

#include <algorithm>

#include "base/check.h"
#include "judge/decay.h"

namespace tidegate::judge {
namespace {

// What is believed before anything was seen.
constexpr std::array<double, failure_cells> customer_failures{0.89, 0.03,  0.02,   0.03,
                                                              0.02, 0.007, 0.0025, 0.0005};
constexpr std::array<double, failure_cells> attack_failures{0.35, 0.06, 0.06, 0.10, 0.12, 0.13, 0.10, 0.08};
constexpr std::array<double, login_cells> customer_log_ins{0.55, 0.15, 0.08, 0.08, 0.08, 0.06};
constexpr std::array<double, login_cells> attack_log_ins{0.93, 0.03, 0.015, 0.01, 0.01, 0.005};
constexpr double visited_before = 0.1;

std::array<double, login_cells> column_totals(const Cells<grid_cells>& cells) {
    std::array<double, login_cells> out{};
    for (std::size_t i = 0; i < grid_cells; ++i) out[log_ins_of(i)] += cells.count[i];
    return out;
}

double blended(double count, double total, double unit, double believed) {
    return (count / unit + prior_strength * believed) / (total / unit + prior_strength);
}

}  // namespace

double of_any_attacker(double learned, double believed) {
    constexpr double others = 0.1;
    return (1 - others) * learned + others * believed;
}

float ratio(double attack, double customer) {
    return decibans(static_cast<float>(attack)) - decibans(static_cast<float>(customer));
}

std::size_t failure_cell(float failures) {
    constexpr std::array<float, failure_cells - 1> bounds{0.12F, 0.45F, 0.9F, 1.8F, 4.0F, 10.0F, 40.0F};
    return static_cast<std::size_t>(
        std::ranges::count_if(bounds, [failures](float b) { return failures >= b; }));
}

std::size_t login_cell(float log_ins) {
    constexpr std::array<float, login_cells - 1> bounds{0.5F, 1.5F, 2.5F, 4.5F, 16.5F};
    return static_cast<std::size_t>(
        std::ranges::count_if(bounds, [log_ins](float b) { return log_ins >= b; }));
}

void Surroundings::attack(std::size_t cell, bool implied, double fast) {
    attack_.add(cell, fast);
    if (!implied) attack_log_ins_.add(log_ins_of(cell), fast);
}

void Surroundings::fresh_customer(std::size_t cell, bool implied, double slow) {
    if (!implied) customer_log_ins_.add(log_ins_of(cell), slow);
}

void Surroundings::scale_fast(double by) {
    attack_.scale(by);
    around_.scale(by);
    attack_log_ins_.scale(by);
}

void make_rising(std::span<float> weights, std::span<const double> counts) {
    // Pools of neighbours that fell, each with its mean: the first's index, the weight, the count.
    struct Pool {
        std::size_t from;
        double weight, count;
    };
    std::array<Pool, failure_cells> pools{};
    CHECK(weights.size() <= pools.size() && weights.size() == counts.size());
    std::size_t n = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        pools[n++] = {i, weights[i], counts[i] + 1};
        while (n > 1 && pools[n - 2].weight > pools[n - 1].weight) {
            const Pool &a = pools[n - 2], &b = pools[n - 1];
            const double count = a.count + b.count;
            pools[n - 2] = {a.from, (a.weight * a.count + b.weight * b.count) / count, count};
            --n;
        }
    }
    for (std::size_t p = 0; p < n; ++p)
        for (std::size_t i = pools[p].from; i < (p + 1 < n ? pools[p + 1].from : weights.size()); ++i)
            weights[i] = static_cast<float>(pools[p].weight);
}

void Surroundings::refresh_failures(std::size_t column, double fast, double attacks, double around) {
    std::array<float, failure_cells> weights{};
    std::array<double, failure_cells> counts{};
    for (std::size_t f = 0; f < failure_cells; ++f) {
        const std::size_t i = grid_cell(f, column);
        counts[f] = (attack_.count[i] + around_.count[i]) / fast;
        weights[f] =
            std::clamp(ratio(of_any_attacker(blended(attack_.count[i], attacks, fast, attack_failures[f]),
                                             attack_failures[f]),
                             blended(around_.count[i], around, fast, customer_failures[f])),
                       -20.0F, 20.0F);
    }
    make_rising(weights, counts);
    for (std::size_t f = 0; f < failure_cells; ++f) failures_[grid_cell(f, column)] = weights[f];
}

void Surroundings::refresh(double fast, double slow) {
    const auto attack_columns = column_totals(attack_), around_columns = column_totals(around_);
    for (std::size_t l = 0; l < login_cells; ++l)
        refresh_failures(l, fast, attack_columns[l], around_columns[l]);
    const double attacks = attack_log_ins_.total(), customers = customer_log_ins_.total();
    for (std::size_t l = 0; l < login_cells; ++l)
        log_ins_[l] =
            std::clamp(ratio(blended(attack_log_ins_.count[l], attacks, fast, attack_log_ins[l]),
                             blended(customer_log_ins_.count[l], customers, slow, customer_log_ins[l])),
                       -20.0F, 10.0F);
    double visited = 0;
    for (std::size_t i = login_cells; i < grid_cells; ++i) visited += around_.count[i];
    visited_ = static_cast<float>(blended(visited, around_.total(), fast, visited_before));
}

}  // namespace tidegate::judge
