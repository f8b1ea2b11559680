#pragma once
// How sure the expectation of an hour is, and how long a deviation from days' level lasts: both learned.

#include <array>
#include <cstddef>
#include <cstdint>

#include "judge/detect/week_profile.h"

namespace tidegate::judge {

inline constexpr double bins_a_day = 8640, bins_an_hour = 360;

/// How old what an hour is expected by is.
struct Age {
    double bins = 0;
    bool of_another_day = false;  // days differ more than the hours of one
};

/// How one series stood to its profile at the end of an hour.
struct Standing {
    double fast = 1, slow = 0;  // the last hours' level, and days'; 0: not known
    bool ordinary = false;      // neither an alarm nor an odd day
    bool todays = false;        // the last hours' level is that of this day
};

/// An hour that is over, as it is learned from.
struct Lesson {
    double observed = 0, expected = 0;
    double base = 0;           // what the profile alone expects
    double spread = 1;         // variance over mean of its counts
    double trust = 1;          // the weight of this one, 1 for an ordinary day
    std::uint64_t number = 0;  // of the hour, counted
    bool first_half = false;   // of the day
    bool whole = false;        // watched, without an alarm
    Maturity maturity = Maturity::none;
    Standing standing;
};

/// Learns from hours without an alarm how far expectations were off: those of the moment, and those that
/// would have been given hours before.
/// Thread: one at a time.  Cost: some multiplications an hour; a power for each answer.
class Foresight {
public:
    void learn(const Lesson& hour);
    /// The share of the last hours' deviation from days' level that is left at that age.
    [[nodiscard]] double left(Maturity maturity, Age age) const;
    /// Relative variance of what is expected of an hour.
    [[nodiscard]] double variance(Maturity maturity, Age age) const;

    [[nodiscard]] bool is_sane() const;
    void each_field(this auto& self, auto&& visit);

private:
    /// Squared relative errors, fading.
    struct Errors {
        double sum = 0, weight = 0;
    };
    /// What became of deviations: products and squares, fading.
    struct Remains {
        double products = 0, squares = 0;
    };

    [[nodiscard]] double hour_variance(Maturity maturity) const;
    [[nodiscard]] double later_variance(bool of_another_day) const;
    [[nodiscard]] double lag_left(Maturity maturity, bool of_another_day) const;
    void learn_later(const Lesson& hour, const Standing& before, bool of_another_day);
    [[nodiscard]] double lesson_weight(const Lesson& hour, double expected) const;
    void teach(Errors& errors, const Lesson& hour, double expected, double variance) const;

    double usual_hour_ = 0;                 // events
    std::array<Standing, 12> standings_{};  // at the ends of the last hours
    std::array<Errors, 3> hour_errors_{};   // by maturity
    // Of older expectations: of the same day, of another.
    std::array<Errors, 2> later_errors_{};
    std::array<Remains, 2> remains_{};
};

void Foresight::each_field(this auto& self, auto&& visit) {
    visit(self.usual_hour_);
    for (auto& standing : self.standings_) {
        visit(standing.fast);
        visit(standing.ordinary);
    }
    for (auto* each : {&self.hour_errors_[0], &self.hour_errors_[1], &self.hour_errors_[2],
                       &self.later_errors_[0], &self.later_errors_[1]}) {
        visit(each->sum);
        visit(each->weight);
    }
    visit.since(2, [&] {
        for (auto& standing : self.standings_) {
            visit(standing.slow);
            visit(standing.todays);
        }
        for (auto& each : self.remains_) {
            visit(each.products);
            visit(each.squares);
        }
    });
}

}  // namespace tidegate::judge
