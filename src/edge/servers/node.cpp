#include "edge/servers/node.h"

#include <algorithm>
#include <cmath>

namespace tidegate::edge {
namespace {

constexpr double decay_seconds = 30;

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

void LogInRate::add(Time now) {
    sum_ = a_second(now) * decay_seconds + 1;
    at_ = now;
}

double LogInRate::a_second(Time now) const {
    return sum_ / decay_seconds * std::exp(-seconds(now - at_) / decay_seconds);
}

void LogInsInARow::note(std::uint64_t account) {
    ++in_a_row_;
    const auto known = accounts_.begin() + different_;
    if (different_ < most_accounts && std::find(accounts_.begin(), known, account) == known)
        accounts_[different_++] = account;
}

void LogInsInARow::put_off(double chance, Time now) {
    back_off_ = std::clamp(back_off_ * 2, rules_->retry_from, rules_->retry_most);
    retry_at_ = now + back_off_ +
                Duration(static_cast<std::int64_t>(chance / 4 * static_cast<double>(back_off_.count())));
}

void LogInsInARow::failed(std::uint64_t account, bool was_trial, double chance, Time now) {
    if (was_trial) {
        trying_ = false;
        return put_off(chance, now);
    }
    if (down_) return;  // it had begun before
    note(account);
    down_ = in_a_row_ >= rules_->down_after && different_ >= std::min(rules_->down_accounts, most_accounts);
    if (down_) put_off(chance, now);
}

void LogInsInARow::decided(bool was_trial) {
    // One that had begun before says nothing of now.
    if (down_ && !was_trial) return;
    *this = LogInsInARow(*rules_);
}

double Node::warmth(const ChoiceRules& all, Time now) const {
    if (is_warm || all.slow_start <= Duration(0)) return 1;
    const double part = std::clamp(seconds(now - warming_since) / seconds(all.slow_start), 0.0, 1.0);
    return all.slow_start_from + (1 - all.slow_start_from) * part;
}

ServerState Node::state_now() const {
    if (!configured) return ServerState::removed;
    if (wanted == Wanted::quarantined) return ServerState::quarantined;
    if (ill || log_ins_in_a_row.is_down()) return ServerState::down;
    if (wanted == Wanted::draining) return ServerState::draining;
    return is_warm ? ServerState::up : ServerState::slow_start;
}

}  // namespace tidegate::edge
