#include "tell/peers.h"

#include <algorithm>

namespace tidegate::tell {
namespace {

constexpr std::uint32_t dovecot_capacity = 3, dovecot_leak = 360;  // seconds for one failure
constexpr std::uint32_t postfix_capacity = 5, postfix_leak = 10;

/// A ban that ends later than any could was made by a clock that was wrong.
bool holds(std::uint32_t until, std::uint32_t now, std::uint32_t ban) {
    return now < until && until - now <= ban;
}

bool is_smtp(Service service) {
    return service == Service::smtp || service == Service::submission;
}

}  // namespace

bool Peers::Bucket::overflows(std::uint32_t now, std::uint32_t capacity, std::uint32_t leak) {
    level = level_at(now) + leak;
    at = now;
    return level > capacity * leak;
}

bool Peers::Host::dead(std::uint32_t now) const {
    return failures[0] + fail2ban_window < now && fail2ban_until <= now && crowdsec_until <= now &&
           dovecot.level_at(now) == 0 && postfix.level_at(now) == 0;
}

Peers::Blocked Peers::see(std::uint64_t key, std::uint32_t now, Service service, bool failed) {
    Host* host = failed ? &hosts_.add(key, now) : hosts_.find(key);
    if (host == nullptr) return {};
    const Blocked blocked{holds(host->fail2ban_until, now, fail2ban_ban),
                          holds(host->crowdsec_until, now, crowdsec_ban)};
    if (failed && !blocked.fail2ban) count_fail2ban(*host, now);
    if (failed && !blocked.crowdsec) count_crowdsec(*host, now, service);
    return blocked;
}

void Peers::count_fail2ban(Host& host, std::uint32_t now) {
    auto& times = host.failures;
    if (times.back() != 0 && times.back() + fail2ban_window >= now) {
        host.fail2ban_until = now + fail2ban_ban;
        times = {};
        ++fail2ban_bans_;
        return;
    }
    std::ranges::copy_backward(times.begin(), times.end() - 1, times.end());
    times.front() = now;
}

void Peers::count_crowdsec(Host& host, std::uint32_t now, Service service) {
    const bool overflow = is_smtp(service) ? host.postfix.overflows(now, postfix_capacity, postfix_leak)
                                           : host.dovecot.overflows(now, dovecot_capacity, dovecot_leak);
    if (!overflow) return;
    host.crowdsec_until = now + crowdsec_ban;
    host.dovecot = host.postfix = {};
    ++crowdsec_bans_;
}

}  // namespace tidegate::tell
