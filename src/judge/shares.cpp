#include "judge/shares.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace tidegate::judge {
namespace {

constexpr double attack_half_life_hours = 12, recent_half_life_hours = 2, customer_half_life_hours = 24 * 7;
constexpr std::uint32_t events_between_refreshes = 256;

// What is believed before anything was seen, as if so many had been. Levels: most log-ins are a device that
// polls from where it always is; but a memory that is young has seen nobody yet, and takes nothing for new
// (youth()).
constexpr std::array<double, levels> prior_customer_level{0.90, 0.04, 0.04, 0.014, 0.005, 0.001};
constexpr std::array<double, levels> prior_attack_level{0.01, 0.01, 0.03, 0.35, 0.35, 0.25};
// Failures on this very account from this very client: people mistype once or twice, tools go on.
constexpr std::array<double, failure_cells> prior_customer_own{0.92,  0.015,  0.015,  0.04,
                                                               0.008, 0.0016, 0.0003, 0.00005};
constexpr std::array<double, failure_cells> prior_attack_own{0.77, 0.03, 0.03, 0.07, 0.04, 0.03, 0.02, 0.01};
template <std::size_t n>
std::array<float, n> weights(const Cells<n>& attack, const Cells<n>& customer,
                             const std::array<double, n>& attack_prior,
                             const std::array<double, n>& customer_prior, double attack_unit,
                             double customer_unit, float most) {
    std::array<float, n> out{};
    const double a = attack.total() / attack_unit, c = customer.total() / customer_unit;
    for (std::size_t i = 0; i < n; ++i) {
        const double pa =
            (attack.count[i] / attack_unit + prior_strength * attack_prior[i]) / (a + prior_strength);
        const double pc =
            (customer.count[i] / customer_unit + prior_strength * customer_prior[i]) / (c + prior_strength);
        out[i] = std::clamp(ratio(of_any_attacker(pa, attack_prior[i]), pc), -most, most);
    }
    return out;
}

template <std::size_t n>
std::array<double, n> flat() {
    std::array<double, n> out{};
    out.fill(1.0 / n);
    return out;
}

/// What customers do after a refusal is never seen for itself: that one in twenty of their log-ins from new
/// places is such a return is a guess, and it only ever speaks for them.
std::array<float, return_cells> returns(const Cells<return_cells>& attack, double unit) {
    constexpr double customers = 0.05;
    std::array<float, return_cells> out{};
    const double total = attack.total() / unit + prior_strength;
    for (std::size_t i = 1; i < return_cells; ++i)
        out[i] = std::clamp(ratio((attack.count[i] / unit + 1) / total, customers / (return_cells - 1)),
                            -25.0F, 0.0F);
    return out;
}

/// A password that differs from the remembered one, or agrees. `changed`: the share of customers' log-ins
/// from new places, believed beforehand, that show another one.
void weigh_tag(std::array<float, tag_cells>& out, const Cells<tag_cells>& attack,
               const Cells<tag_cells>& customers, double attack_unit, double customer_unit, TagMatch same,
               TagMatch other, double changed) {
    constexpr double seen = 100, lucky = 0.01;
    const auto s = static_cast<std::size_t>(same), d = static_cast<std::size_t>(other);
    const double as = attack.count[s] / attack_unit + seen * lucky,
                 ad = attack.count[d] / attack_unit + seen * (1 - lucky),
                 cs = customers.count[s] / customer_unit + seen * (1 - changed),
                 cd = customers.count[d] / customer_unit + seen * changed;
    out[s] = std::clamp(ratio(as / (as + ad), cs / (cs + cd)), -10.0F, 0.0F);
    out[d] = std::clamp(ratio(ad / (as + ad), cd / (cs + cd)), 0.0F, 25.0F);
}

}  // namespace

std::size_t habit_cell(float new_places, std::int64_t gap) {
    constexpr std::array<float, mobility_cells - 1> mobile{0.3F, 1.5F, 5.0F};
    constexpr std::array<std::int64_t, gap_cells - 1> gaps{300, 1800, 7200, 8 * 3600, 24 * 3600, 72 * 3600};
    const auto m = std::ranges::count_if(mobile, [new_places](float b) { return new_places >= b; });
    const auto g = std::ranges::count_if(gaps, [gap](std::int64_t b) { return gap >= b; });
    return static_cast<std::size_t>(m) * gap_cells + static_cast<std::size_t>(g);
}

void Pace::advance(double hours, double age_hours) {
    double rate = std::log(2.0) / half_life_;
    constexpr double power = 8;
    if (settle_) rate = std::max(rate, power / std::max(age_hours, 0.5));
    // A log with a hole of months: what lies before it fades to nothing, but no weight becomes infinite.
    constexpr double most = 200;
    weight_ *= std::exp(std::min(rate * hours, most));
}

void Shares::Class::scale(double by) {
    level.scale(by);
    own.scale(by);
    habit_region.scale(by);
    habit_fresh.scale(by);
    returned.scale(by);
    shape.scale(by);
    tag.scale(by);
    lists.scale(by);
    unseen_regions *= by;
    elsewhere *= by;
    customers_unseen *= by;
}

void Shares::move_lists(std::span<const std::optional<std::size_t>, most_lists> from) {
    for (Class* side : {&attack_, &customer_}) {
        const auto before = side->lists.count;
        for (std::size_t i = 0; i < most_lists; ++i) {
            const std::optional<std::size_t> old = from[i];
            side->lists.count[i] = old ? before[*old] : 0;
        }
    }
}

Shares::Shares()
    : attack_pace_(attack_half_life_hours, false),
      recent_pace_(recent_half_life_hours, false),
      customer_pace_(customer_half_life_hours, true) {
    refresh();
}

bool Shares::is_sane() const {
    return attack_pace_.is_sane() && recent_pace_.is_sane() && customer_pace_.is_sane() && first_ <= last_ &&
           until_refresh_ > 0;
}

void Shares::advance(std::int64_t seconds) {
    if (first_ == 0) first_ = last_ = seconds;
    // Steps of ten seconds: the exponentials would cost more than the precision is worth.
    if (seconds >= last_ + 10) {
        const double hours = static_cast<double>(seconds - last_) / 3600;
        last_ = seconds;
        age_hours_ = static_cast<double>(last_ - first_) / 3600;
        attack_pace_.advance(hours, age_hours_);
        recent_pace_.advance(hours, age_hours_);
        if (teaching()) customer_pace_.advance(hours, age_hours_);
        renormalise();
    }
    if (++events_ >= until_refresh_) {
        until_refresh_ = std::min(2 * until_refresh_, events_between_refreshes);
        events_ = 0;
        refresh();
    }
}

void Shares::renormalise() {
    constexpr double most = 1e9;
    if (attack_pace_.weight() > most) {
        attack_.scale(1 / attack_pace_.weight());
        attack_pace_.renormalise(1 / attack_pace_.weight());
    }
    if (customer_pace_.weight() > most) {
        customer_.scale(1 / customer_pace_.weight());
        network_.scale_slow(1 / customer_pace_.weight());
        address_.scale_slow(1 / customer_pace_.weight());
        customer_pace_.renormalise(1 / customer_pace_.weight());
    }
    if (recent_pace_.weight() > most) {
        const double by = 1 / recent_pace_.weight();
        network_.scale_fast(by);
        address_.scale_fast(by);
        attack_rate_ *= by;
        customer_rate_ *= by;
        patient_right_ *= by;
        patient_wrong_ *= by;
        recent_pace_.renormalise(by);
    }
}

void Shares::Class::add(const Traits& traits, bool unseen, double weight) {
    if (traits.level >= Level::fresh) elsewhere += weight;
    if (traits.level >= Level::fresh && unseen) unseen_regions += weight;
    if (traits.level >= Level::fresh && traits.customers_unseen) customers_unseen += weight;
    own.add(traits.own, weight);
    shape.add(traits.shape, weight);
    tag.add(static_cast<std::size_t>(traits.tag), weight);
    if (traits.level == Level::region) habit_region.add(traits.habit, weight);
    if (traits.level == Level::fresh) habit_fresh.add(traits.habit, weight);
    for (std::size_t i = 0; i < 32 && traits.lists >> i != 0; ++i)
        if ((traits.lists >> i & 1U) != 0) lists.add(i, weight);
}

void Shares::attack(const Traits& traits, double weight, double rate) {
    const double fast = weight * recent_pace_.weight();
    attack_.level.add(static_cast<std::size_t>(traits.level), weight * attack_pace_.weight());
    attack_.add(traits, traits.attacks_unseen, weight * attack_pace_.weight());
    network_.attack(traits.network, traits.customers_unseen, fast);
    address_.attack(traits.address, traits.network_empty, fast);
    attack_rate_ += rate * recent_pace_.weight();
}

void Shares::customer(Level level, double weight) {
    if (teaching()) customer_.level.add(static_cast<std::size_t>(level), weight * customer_pace_.weight());
    customer_rate_ += weight * recent_pace_.weight();
}

void Shares::fresh_customer(const Traits& traits, double weight) {
    if (!teaching()) return;
    const double slow = weight * customer_pace_.weight();
    network_.fresh_customer(traits.network, traits.customers_unseen, slow);
    address_.fresh_customer(traits.address, traits.network_empty, slow);
    customer_.add(traits, traits.customers_unseen, slow);
}

double Shares::youth() const {
    return 1 / (1 + age_hours_);
}

std::array<double, levels> Shares::customer_levels() const {
    auto out = prior_customer_level;
    for (double& share : out) share *= 1 - youth();
    constexpr double never = 0.7;
    out[static_cast<std::size_t>(Level::never)] += never * youth();
    out[static_cast<std::size_t>(Level::fresh)] += (1 - never) * youth();
    return out;
}

double Shares::unseen_in(const Class& side, const Pace& pace) const {
    // As if forty had been seen: one in twenty of an old memory, all of a new one.
    constexpr double seen = 40, old = 0.05;
    const double share = old + (1 - old) * youth();
    return (side.unseen_regions / pace.weight() + seen * share) / (side.elsewhere / pace.weight() + seen);
}

float Shares::list(std::size_t index, float prior) const {
    // As if so many of each class had been seen, one in a hundred customers' new places listed.
    constexpr double seen = 200, customers_listed = 0.01;
    const double a = attack_.level.total() / attack_pace_.weight(),
                 c = customer_.own.total() / customer_pace_.weight();
    const double attackers_listed = std::min(0.95, customers_listed * std::pow(10.0, prior / 10));
    const double pa =
        (attack_.lists.count[index] / attack_pace_.weight() + seen * attackers_listed) / (a + seen);
    const double pc =
        (customer_.lists.count[index] / customer_pace_.weight() + seen * customers_listed) / (c + seen);
    return std::clamp(ratio(pa, pc), -6.0F, 20.0F);
}

void Shares::known_customer(const Traits& traits) {
    network_.known_customer(traits.network, recent_pace_.weight());
    address_.known_customer(traits.address, recent_pace_.weight());
}

void Shares::refresh() {
    const double slow_a = attack_pace_.weight(), slow_c = customer_pace_.weight(),
                 fast = recent_pace_.weight();
    const auto believed = customer_levels();
    level_ = weights(attack_.level, customer_.level, prior_attack_level, believed, slow_a, slow_c, 40);
    const double c = customer_.level.total() / slow_c;
    for (std::size_t i = 0; i < levels; ++i)
        customer_share_[i] = decibans(static_cast<float>(
            (customer_.level.count[i] / slow_c + prior_strength * believed[i]) / (c + prior_strength)));
    network_.refresh(fast, slow_c);
    address_.refresh(fast, slow_c);
    own_ = weights(attack_.own, customer_.own, prior_attack_own, prior_customer_own, slow_a, slow_c, 20);
    std::array<double, failure_cells> seen{};
    for (std::size_t i = 0; i < failure_cells; ++i)
        seen[i] = attack_.own.count[i] / slow_a + customer_.own.count[i] / slow_c;
    make_rising(own_, seen);
    habit_region_ = weights(attack_.habit_region, customer_.habit_region, flat<habit_cells>(),
                            flat<habit_cells>(), slow_a, slow_c, 10);
    habit_fresh_ = weights(attack_.habit_fresh, customer_.habit_fresh, flat<habit_cells>(),
                           flat<habit_cells>(), slow_a, slow_c, 10);
    returned_ = returns(attack_.returned, slow_a);
    weigh_tag(tag_, attack_.tag, customer_.tag, slow_a, slow_c, TagMatch::same, TagMatch::differs, 0.005);
    weigh_tag(tag_, attack_.tag, customer_.tag, slow_a, slow_c, TagMatch::same_of_several,
              TagMatch::differs_from_several, 0.1);
    shape_ =
        weights(attack_.shape, customer_.shape, flat<shape_cells>(), flat<shape_cells>(), slow_a, slow_c, 6);
    attacks_where_unseen_ = static_cast<float>((attack_.customers_unseen / slow_a + prior_strength) /
                                               (attack_.elsewhere / slow_a + prior_strength));
    unseen_regions_ = static_cast<float>(unseen_in(customer_, customer_pace_));
    unseen_attack_regions_ = static_cast<float>(unseen_in(attack_, attack_pace_));
    prior_ = std::clamp(ratio(attack_rate_ / fast + 1, customer_rate_ / fast + 1), -15.0F, 15.0F);
}

}  // namespace tidegate::judge
