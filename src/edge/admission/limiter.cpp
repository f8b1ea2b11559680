#include "edge/admission/limiter.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"

namespace tidegate::edge {
namespace {

// An experiment's share of the limit: with two hundred answers a window the difference is well above what
// chance makes of their mean, and a server without a queue loses a quarter for one window in twenty at most.
constexpr double first_depth = 0.25;
constexpr double deeper = 1.5;
constexpr double deepest = 0.5;

// Windows between experiments: few while there is something to find, then ever more, up to the rules' number.
constexpr unsigned between_at_first = 5;
// A no-load time that moves by so much is news.
constexpr double news = 0.2;

// A descent by so much can be read.
constexpr double readable = 0.75;

// How much a window may move the limit.
constexpr double steepest = 0.7;
constexpr double smoothing = 0.5;

// So many errors of so many attempts, or it may be chance.
constexpr unsigned fewest_errors = 3;
constexpr unsigned errors_window = 10;

double towards(double from, double to, double share) {
    return from == 0 ? to : from + (to - from) * share;
}

// By how much of its share the time followed the limit down: 1 where all of it was waiting in a queue, 0
// where none was.
double elasticity(double limit_before, double time_before, double limit, double time) {
    return std::log(time_before / time) / std::log(limit_before / limit);
}
constexpr double queued_above = 0.5;
constexpr double unsound_below = -1;  // it took longer with less: the server itself has changed

}  // namespace

double Limiter::Window::error() const {
    const double variance = std::max(squares / answers - mean() * mean(), 0.0);
    return std::sqrt(variance / answers);
}

Limiter::Limiter(const LimiterRules& rules)
    : rules_(rules),
      limit_(std::clamp(rules.start, rules.floor, rules.ceiling)),
      depth_(first_depth),
      between_(between_at_first) {
    CHECK(rules.floor > 0 && rules.floor <= rules.ceiling && rules.samples_least > 0);
}

void Limiter::restart() {
    const unsigned in_flight = in_flight_;
    *this = Limiter(rules_);
    in_flight_ = in_flight;
}

void Limiter::enter(Moment now) {
    ++in_flight_;
    if (!window_.open) open(now);
    window_.peak = std::max(window_.peak, in_flight_);
}

std::optional<LimitReason> Limiter::leave(Moment now, Span took, Served served) {
    CHECK(in_flight_ > 0);
    --in_flight_;
    if (served == Served::abandoned) return {};
    if (phase_ == Phase::settle) {
        if (!has_settled(now)) return {};
        phase_ = Phase::look;
        open(now);
    }
    sample(seconds_of(took), served);
    if (!is_whole(now)) return {};
    const auto changed = close();
    open(now);
    return changed;
}

void Limiter::sample(double took, Served served) {
    if (served != Served::answered) {
        ++(served == Served::denied ? window_.denials : window_.errors);
        return;
    }
    const double usual = window_.answers >= rules_.samples_least ? window_.mean() : recent_;
    // Nothing takes no time; and the logarithms need it.
    took = std::max(took, 1e-6);
    if (usual > 0) took = std::min(took, usual * slowest_counted);
    ++window_.answers;
    window_.sum += took;
    window_.squares += took * took;
}

// What was in flight when the limit fell says nothing of what it is like with the new one.
bool Limiter::has_settled(Moment now) const {
    return in_flight_ <= limit() && seconds_of(now - window_.opened) >= 2 * recent_;
}

// What is answered now was let in when the limit was another one, unless that is a while ago.
bool Limiter::is_whole(Moment now) const {
    const unsigned all = window_.answers + window_.errors;
    const Span age = now - window_.opened;
    if (window_.errors >= fewest_errors && all + window_.denials >= errors_window &&
        age >= rules_.window_most)
        return true;
    if (all < rules_.samples_least || age < rules_.window_least || seconds_of(age) < 2 * recent_)
        return false;
    return age >= rules_.window_most || all >= rules_.samples;
}

void Limiter::open(Moment now) {
    window_ = {.opened = now, .open = true, .peak = in_flight_};
    wanted_ = false;
}

std::optional<LimitReason> Limiter::close() {
    const bool limited = wanted_ || window_.peak >= limit();
    if (const auto fewer = mind_errors()) return fewer;
    if (window_.answers < rules_.samples_least) return {};
    const double time = window_.mean();
    recent_ = time;
    if (no_load_ == 0) no_load_ = time;
    if (phase_ == Phase::look) return limited ? read_descent(time) : give_up_descent();
    smooth_ = towards(smooth_, time, 0.35);
    return limited ? cruise(time) : learn_unlimited(time);
}

std::optional<LimitReason> Limiter::mind_errors() {
    const double all = window_.answers + window_.denials + window_.errors;
    if (window_.errors < fewest_errors || window_.errors < all * rules_.errors_tolerated) return {};
    phase_ = Phase::cruise;
    before_ = {};
    return set(limit_ * (all == window_.errors ? 0.5 : 0.7), LimitReason::errors);
}

// Whoever uses half of what it may is not waiting in a queue of our making: what it takes is what it needs.
std::optional<LimitReason> Limiter::learn_unlimited(double time) {
    before_ = {};
    const bool has_half = window_.peak <= limit() / 2;
    if (time < no_load_)
        no_load_ = towards(no_load_, time, 0.3);
    else if (has_half)
        no_load_ = towards(no_load_, time, 0.1);
    const double enough = std::max(2.0 * window_.peak + 2, rules_.start / 2.0);
    if (!has_half || limit_ <= enough) return {};
    return set(towards(limit_, enough, 0.1), LimitReason::unused);
}

std::optional<LimitReason> Limiter::cruise(double time) {
    if (time + 2 * window_.error() < no_load_) no_load_ = time + window_.error();
    const double gradient = std::clamp(no_load_ / time, steepest, 1.0);
    if (++windows_ >= between_) return begin_experiment();
    const double wanted = limit_ * gradient + room_above(limit_);
    const double next = towards(limit_, wanted, wanted < limit_ ? smoothing : 1);
    if (next >= limit_)
        before_ = {};
    else if (before_.limit == 0)
        before_ = {limit_, time};
    const auto changed = set(next, next < limit_ ? LimitReason::slower : LimitReason::room);
    if (before_.limit != 0 && limit_ <= before_.limit * readable) phase_ = Phase::settle;
    return changed;
}

std::optional<LimitReason> Limiter::begin_experiment() {
    windows_ = 0;
    before_ = {limit_, smooth_, true};
    phase_ = Phase::settle;
    const auto changed = set(limit_ * (1 - depth_), LimitReason::experiment);
    if (changed) return changed;
    // At the floor.
    phase_ = Phase::cruise;
    before_ = {};
    return {};
}

// A limit that fell by itself is read as an experiment is. Where answers come no sooner for it, the server
// has become slower, not fuller: that is the time it needs now, and the limit goes back to where it was.
std::optional<LimitReason> Limiter::read_descent(double time) {
    phase_ = Phase::cruise;
    const Reference before = std::exchange(before_, {});
    const double followed = elasticity(before.limit, before.time, limit_, time);
    smooth_ = time;
    if (followed >= queued_above) return read_queue(before, time);
    depth_ = first_depth;
    const bool is_sound = followed >= unsound_below;
    const bool is_news = !is_sound || std::abs(time / no_load_ - 1) > news;
    between_ = is_news ? between_at_first : std::min(between_ * 2, rules_.windows_between);
    if (is_sound) no_load_ = towards(no_load_, time, before.deliberate ? 0.5 : 1);
    if (!is_sound && !before.deliberate) return {};
    return set(before.limit, before.deliberate ? LimitReason::experiment : LimitReason::room);
}

// Fewer came than the limit admits: their time says nothing about it.
std::optional<LimitReason> Limiter::give_up_descent() {
    phase_ = Phase::cruise;
    return set(std::exchange(before_, {}).limit, LimitReason::room);
}

std::optional<LimitReason> Limiter::read_queue(const Reference& before, double time) {
    if (!before.deliberate) return {};
    no_load_ = std::min(no_load_, time);
    depth_ = std::min(depth_ * deeper, deepest);
    between_ = between_at_first;
    return LimitReason::faster;
}

// A square root is what chance makes of so many (Gradient2 has it so); of a handful it is a queue as long as
// what the server works at.
double Limiter::room_above(double limit) {
    const double of_few = std::max(1 + limit / 10, limit / 4);
    return std::max(std::min(std::sqrt(limit), of_few), limit / 10);
}

std::optional<LimitReason> Limiter::set(double limit, LimitReason reason) {
    const unsigned before = this->limit();
    limit_ = std::clamp(limit, double(rules_.floor), double(rules_.ceiling));
    if (this->limit() == before) return {};
    return reason;
}

}  // namespace tidegate::edge
