#include "tell/peers.h"

#include <algorithm>

namespace tidegate::tell {
namespace {

constexpr std::uint32_t dovecot_capacity = 3, dovecot_leak = 360;  // seconds for one failure
constexpr std::uint32_t postfix_capacity = 5, postfix_leak = 10;

std::uint16_t less(std::uint16_t seconds, std::uint32_t passed) {
    return seconds > passed ? static_cast<std::uint16_t>(seconds - passed) : std::uint16_t{0};
}

/// One more failure in a bucket: does it overflow?
bool overflows(std::uint16_t& level, std::uint32_t capacity, std::uint32_t leak) {
    level = static_cast<std::uint16_t>(level + leak);
    return level > capacity * leak;
}

bool is_smtp(Service service) {
    return service == Service::smtp || service == Service::submission;
}

}  // namespace

void Peers::Host::advance(std::uint32_t now) {
    const std::uint32_t by = passed(now);
    last = now;
    if (by == 0) return;
    for (std::uint16_t& ago : failures) {
        const bool counts = ago != 0 && ago + by <= fail2ban_window + 1;
        ago = counts ? static_cast<std::uint16_t>(ago + by) : std::uint16_t{0};
    }
    for (std::uint16_t* left : {&dovecot, &postfix, &fail2ban_left, &crowdsec_left}) *left = less(*left, by);
}

bool Peers::Host::dead(std::uint32_t now) const {
    const std::uint32_t by = passed(now);
    return by > fail2ban_window && by >= std::max({dovecot, postfix, fail2ban_left, crowdsec_left});
}

Peers::Blocked Peers::see(std::uint64_t key, std::uint32_t now, Service service, bool failed) {
    Host* host = failed ? &hosts_.add(key, now) : hosts_.find(key);
    if (host == nullptr) return {};
    const std::uint32_t by = host->passed(now);
    const Blocked blocked{host->fail2ban_left > by, host->crowdsec_left > by};
    if (!failed) return blocked;
    host->advance(now);
    if (!blocked.fail2ban) count_fail2ban(*host);
    if (!blocked.crowdsec) count_crowdsec(*host, service);
    return blocked;
}

void Peers::count_fail2ban(Host& host) {
    auto& ago = host.failures;
    if (ago.back() != 0) {
        host.fail2ban_left = fail2ban_ban;
        ago = {};
        ++fail2ban_bans_;
        return;
    }
    std::ranges::copy_backward(ago.begin(), ago.end() - 1, ago.end());
    ago.front() = 1;
}

void Peers::count_crowdsec(Host& host, Service service) {
    const bool overflow = is_smtp(service) ? overflows(host.postfix, postfix_capacity, postfix_leak)
                                           : overflows(host.dovecot, dovecot_capacity, dovecot_leak);
    if (!overflow) return;
    host.crowdsec_left = crowdsec_ban;
    host.dovecot = host.postfix = 0;
    ++crowdsec_bans_;
}

}  // namespace tidegate::tell
