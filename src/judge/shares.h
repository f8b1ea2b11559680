#pragma once
// What attackers' and customers' attempts look like here: for each thing that can be told of an attempt, the
// share of each class that shows it. The ratio of the two shares is the weight of that piece of evidence.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "judge/decay.h"
#include "judge/policy.h"
#include "judge/surroundings.h"

namespace tidegate::judge {

/// How well an account knows the place it is tried from, best first.
enum class Level : std::uint8_t {
    address,  // logged in from this address before
    network,  // ... from this /24 or /48
    region,   // ... from this AS
    fresh,    // the account is known, the place is not
    never,    // no log-in of this account is known
    unknown,  // the servers said that the account does not exist
};
inline constexpr std::size_t levels = 6;

/// The weight with which an observation counts: grows with time, so that older ones fade without being
/// touched.
class Pace {
public:
    /// Fades by half in `half_life_hours`; with `settle`, while younger than that it fades faster, so that
    /// what the first hours taught (when every place was new) is forgotten as soon as there is better.
    constexpr Pace(double half_life_hours, bool settle) : half_life_(half_life_hours), settle_(settle) {}
    void advance(double hours, double age_hours);
    [[nodiscard]] double weight() const { return weight_; }
    void renormalise(double by) { weight_ *= by; }
    /// Has it a weight to divide by? A pace starts with 1 and only ever returns to it.
    [[nodiscard]] bool is_sane() const { return weight_ >= 0.5; }
    void each_field(this auto& self, auto&& visit) { visit(self.weight_); }

private:
    double half_life_;
    bool settle_;
    double weight_ = 1;
};

// What is counted about an account that is tried from a new place: how often it comes from new places, and
// how long ago it logged in last.
inline constexpr std::size_t mobility_cells = 4, gap_cells = 7;
[[nodiscard]] std::size_t habit_cell(float new_places, std::int64_t seconds_since_login);
inline constexpr std::size_t habit_cells = mobility_cells * gap_cells;

inline constexpr std::size_t shape_cells = 168;
/// How a password compares with those with which the account logged in lately: not known; the same as, or
/// none of, the only one remembered; the same as one of several, or none of them.
enum class TagMatch : std::uint8_t { unknown, same, differs, same_of_several, differs_from_several };
inline constexpr std::size_t tag_cells = 5;
[[nodiscard]] constexpr bool differs(TagMatch match) {
    return match == TagMatch::differs || match == TagMatch::differs_from_several;
}

[[nodiscard]] constexpr bool same(TagMatch match) {
    return match == TagMatch::same || match == TagMatch::same_of_several;
}

inline constexpr std::size_t return_cells = 3;  // never refused on this account, once, oftener

/// What can be told of one attempt, as cells to count in.
struct Traits {
    Level level = Level::never;
    TagMatch tag = TagMatch::unknown;
    std::size_t network = 0, address = 0, own = 0, habit = 0, shape = 0, returned = 0;
    std::uint32_t lists = 0;
    bool network_empty = false;     // no log-in there, nor at the address
    bool customers_unseen = false;  // in its region
    bool attacks_unseen = false;
};

/// The learned shares of both classes and, refreshed now and then, the weights that follow from them.
/// Deterministic; no allocation.
/// Thread: one at a time.
class Shares {
public:
    Shares();

    /// Time passes. Call with every event, before the others.
    void advance(std::int64_t seconds);

    // An attempt that was likely an attacker's: `rate` says how likely, `weight` how much is learned from it.
    void attack(const Traits& traits, double weight, double rate);
    /// Whether it came again after a refusal, of an attempt that was likely an attacker's: also of those that
    /// teach nothing else.
    void came_again(std::size_t cell, double weight) {
        attack_.returned.add(cell, weight * attack_pace_.weight());
    }
    /// What became of one that got through after refusals.
    void persisted(bool right) { (right ? patient_right_ : patient_wrong_) += recent_pace_.weight(); }
    // A customer's log-in, wherever from.
    void customer(Level level, double weight);
    // One from a place new to the account (region and beyond) teaches what customers at new places look like.
    void fresh_customer(const Traits& traits, double weight);
    // Any customer's log-in from a known place shows how the attack lies around customers' places, and is
    // never refused: what new ones tell of it would be told by the unsuspicious only.
    void known_customer(const Traits& traits);

    /// What was learned of list `from[i]` is list i's from now on; of nothing: it begins anew.
    void move_lists(std::span<const std::optional<std::size_t>, most_lists> from);

    /// Recomputes the weights below.
    void refresh();

    [[nodiscard]] float level(Level l) const { return level_[static_cast<std::size_t>(l)]; }
    /// 10 log10 of the share of customers' log-ins at this level.
    [[nodiscard]] float customer_share(Level l) const { return customer_share_[static_cast<std::size_t>(l)]; }
    /// The share of attackers' attempts in regions where no customer was seen.
    [[nodiscard]] float attacks_where_unseen() const { return attacks_where_unseen_; }
    [[nodiscard]] const Surroundings& network() const { return network_; }
    [[nodiscard]] const Surroundings& address() const { return address_; }
    /// Is the attack no larger than on ordinary days? What customers look like is learned then: later, those
    /// who look most like attackers are refused and would be missing.
    [[nodiscard]] bool calm() const { return prior_ < -6; }
    [[nodiscard]] float own(std::size_t cell) const { return own_[cell]; }
    [[nodiscard]] float habit(Level level, std::size_t cell) const {
        return level == Level::region  ? habit_region_[cell]
               : level == Level::fresh ? habit_fresh_[cell]
                                       : 0.0F;
    }
    /// Coming back after a refusal: what people's devices do, and speaks for them as long as attackers don't.
    [[nodiscard]] float returned(std::size_t cell) const { return returned_[cell]; }
    /// Do those who persist mostly turn out to be wrong, and are they more than one in two hundred of the
    /// attack's attempts? Then attackers have learned to.
    [[nodiscard]] bool patience_abused() const {
        return patient_wrong_ > 3 * patient_right_ + 10 * recent_pace_.weight() + attack_rate_ / 60;
    }
    /// Share of customers' new places, of attackers' attempts, that lie in a region where none of them was
    /// seen before (what Good and Turing estimate by the things seen once; here it is counted).
    [[nodiscard]] float unseen_regions() const { return unseen_regions_; }
    [[nodiscard]] float unseen_attack_regions() const { return unseen_attack_regions_; }
    /// How the password compares, at a place new to the account.
    [[nodiscard]] float tag(TagMatch match) const { return tag_[static_cast<std::size_t>(match)]; }
    /// Weight of being named by a list, of which `prior` was believed beforehand.
    [[nodiscard]] float list(std::size_t index, float prior) const;
    [[nodiscard]] float shape(std::size_t cell) const { return shape_[cell]; }
    /// Attackers' attempts against customers' log-ins of the last hour or so, in decibans, from -15 to 15.
    [[nodiscard]] float prior() const { return prior_; }
    /// Hours since the first event.
    [[nodiscard]] double age_hours() const { return age_hours_; }

    /// Can it be counted on from here? (What a checkpoint gave may be anything.)
    [[nodiscard]] bool is_sane() const;
    /// Every member, for checkpoints; one that is missing here would be lost (checkpoint.cpp asks for the
    /// size).
    void each_field(this auto& self, auto&& visit) {
        visit(self.first_);
        visit(self.last_);
        visit(self.age_hours_);
        for (auto* pace : {&self.attack_pace_, &self.recent_pace_, &self.customer_pace_})
            pace->each_field(visit);
        for (auto* side : {&self.attack_, &self.customer_}) side->each_field(visit);
        for (auto* around : {&self.network_, &self.address_}) around->each_field(visit);
        visit(self.attack_rate_);
        visit(self.customer_rate_);
        visit(self.patient_right_);
        visit(self.patient_wrong_);
        visit(self.events_);
        visit(self.until_refresh_);
        visit(self.level_);
        visit(self.customer_share_);
        visit(self.own_);
        visit(self.habit_region_);
        visit(self.habit_fresh_);
        visit(self.returned_);
        visit(self.shape_);
        visit(self.tag_);
        visit(self.prior_);
        visit(self.attacks_where_unseen_);
        visit(self.unseen_regions_);
        visit(self.unseen_attack_regions_);
    }

private:
    struct Class {
        Cells<levels> level;
        Cells<failure_cells> own;
        Cells<habit_cells> habit_region, habit_fresh;
        Cells<return_cells> returned;
        Cells<shape_cells> shape;
        Cells<most_lists> lists;
        Cells<tag_cells> tag;
        // Of those beyond the account's own regions: all, where none of this class was, where no customer
        // was.
        double elsewhere = 0, unseen_regions = 0, customers_unseen = 0;
        void add(const Traits& traits, bool unseen, double weight);
        void scale(double by);
        void each_field(this auto& self, auto&& visit) {
            visit(self.level.count);
            visit(self.own.count);
            visit(self.habit_region.count);
            visit(self.habit_fresh.count);
            visit(self.returned.count);
            visit(self.shape.count);
            visit(self.lists.count);
            visit(self.tag.count);
            visit(self.elsewhere);
            visit(self.unseen_regions);
            visit(self.customers_unseen);
        }
    };
    [[nodiscard]] double unseen_in(const Class& side, const Pace& pace) const;
    /// 1 at the first event, falling to nothing in a day.
    [[nodiscard]] double youth() const;
    [[nodiscard]] std::array<double, levels> customer_levels() const;
    // A memory younger than a day has nothing better than now to learn from.
    [[nodiscard]] bool teaching() const { return calm() || age_hours_ < 24; }
    void renormalise();

    std::int64_t first_ = 0, last_ = 0;
    double age_hours_ = 0;
    Pace attack_pace_, recent_pace_, customer_pace_;
    Class attack_, customer_;
    Surroundings network_, address_;
    double attack_rate_ = 0, customer_rate_ = 0;  // with recent_pace_
    double patient_right_ = 0, patient_wrong_ = 0;
    std::uint32_t events_ = 0, until_refresh_ = 1;  // of a young memory each event says much

    std::array<float, levels> level_{}, customer_share_{};
    std::array<float, failure_cells> own_{};
    std::array<float, habit_cells> habit_region_{}, habit_fresh_{};
    std::array<float, return_cells> returned_{};
    std::array<float, shape_cells> shape_{};
    std::array<float, tag_cells> tag_{};
    float prior_ = -15, attacks_where_unseen_ = 1, unseen_regions_ = 0, unseen_attack_regions_ = 0;
};

}  // namespace tidegate::judge
