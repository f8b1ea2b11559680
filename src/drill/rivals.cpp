#include "drill/rivals.h"

#include <algorithm>

#include "base/hash.h"

namespace tidegate::drill {
namespace {

constexpr std::uint64_t account_salt = 0x6163'636f'756e'7401ULL;

std::uint64_t pair_key(std::uint64_t host, std::uint64_t account) {
    return mix(host ^ mix(account ^ account_salt));
}

}  // namespace

std::string_view rule_of(Rival rival) {
    switch (rival) {
        case Rival::fail2ban:
            return "5 failures in 10 min by address, ban 10 min";
        case Rival::crowdsec:
            return "Dovecot and Postfix scenarios, ban 4 h";
        case Rival::stalwart:
            return "100 failures a day by address and account, ban for ever";
        case Rival::weakforced:
            return "50 different wrong passwords an hour by address";
    }
    return {};
}

bool Stalwart::within_limit(std::uint64_t key) {
    return ++failures_[key] <= most_failures;
}

bool Stalwart::blocks(std::uint64_t host, std::uint64_t account, std::int64_t seconds, bool failed) {
    if (banned_.contains(host)) return true;
    if (!failed) return false;
    if (const std::int64_t day = seconds / 86'400; day != day_) {
        day_ = day;
        failures_.clear();
    }
    // As there: the name is only counted while the address is below its own limit.
    if (!within_limit(host) || !within_limit(mix(account ^ account_salt))) banned_.insert(host);
    return false;  // this try was looked up before it was counted
}

bool Weakforced::blocks(std::uint64_t host, std::uint64_t account, std::uint64_t guess, std::int64_t seconds,
                        bool failed) {
    const std::int64_t now = seconds / window;
    if (over_limit(host, now)) return true;
    if (!failed) return false;
    auto& wrong = touch(host).wrong;
    std::erase_if(wrong, [&](const Wrong& each) { return each.window + windows <= now; });
    const auto same = std::ranges::find(wrong, guess, &Wrong::guess);
    if (same != wrong.end())
        same->window = now;
    else
        wrong.push_back({now, guess});
    touch(pair_key(host, account));  // takes a key, though its rule only delays
    return false;
}

bool Weakforced::over_limit(std::uint64_t key, std::int64_t now) const {
    const auto found = index_.find(key);
    if (found == index_.end() || found->second->wrong.size() <= most_passwords) return false;
    const auto recent = [&](const Wrong& each) { return each.window + windows > now; };
    return std::ranges::count_if(found->second->wrong, recent) > std::ptrdiff_t{most_passwords};
}

Weakforced::Entry& Weakforced::touch(std::uint64_t key) {
    if (const auto found = index_.find(key); found != index_.end()) {
        entries_.splice(entries_.end(), entries_, found->second);
        return *found->second;
    }
    if (entries_.size() < most_keys_) {
        entries_.emplace_back();
    } else {
        index_.erase(entries_.front().key);
        entries_.splice(entries_.end(), entries_, entries_.begin());
    }
    entries_.back() = {key, {}};
    index_.emplace(key, std::prev(entries_.end()));
    return entries_.back();
}

Rivals::Bits Rivals::see(const Event& event) {
    const bool failed = event.outcome == Outcome::failure;
    const std::uint64_t host = mix(event.address.host_key());
    const std::uint64_t account = hash_bytes(event.account, 0);
    const std::int64_t now = unix_seconds(event.time);
    const auto [fail2ban, crowdsec] =
        peers_.see(host, static_cast<std::uint32_t>(now), event.service, failed);
    Bits blocked = 0;
    const auto note = [&](Rival rival, bool blocks) {
        if (blocks) blocked |= bit(rival);
    };
    note(Rival::fail2ban, fail2ban);
    note(Rival::crowdsec, crowdsec);
    note(Rival::stalwart, stalwart_.blocks(host, account, now, failed));
    // Without a hash of the password it takes every wrong one for the same.
    note(Rival::weakforced, weakforced_.blocks(host, account, event.guess.value_or(0), now, failed));
    return blocked;
}

}  // namespace tidegate::drill
