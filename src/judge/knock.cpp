#include "judge/knock.h"

#include <algorithm>

#include "base/hash.h"
#include "judge/normalise.h"

namespace tidegate::judge {
namespace {

// One kind of key never meets another.
constexpr std::uint64_t address_salt = 0x9e37'79b9'7f4a'7c15ULL, network_salt = 0xc2b2'ae3d'27d4'eb4fULL,
                        region_salt = 0x1656'67b1'9e37'79f9ULL, client_seed = 0x636c'6965'6e74'0001ULL,
                        shape_seed = 0x7368'6170'6500'0001ULL, as_tag = 0xa500'0000'0000'0000ULL;

// 0 means "not known".
std::uint64_t nonzero(std::uint64_t key) {
    return key != 0 ? key : 1;
}

std::uint64_t client_key(const Event& event) {
    if (!event.client.empty()) return nonzero(hash_bytes(event.client, client_seed));
    if (!event.ehlo.empty()) return nonzero(hash_bytes(event.ehlo, client_seed ^ 1U));
    return 0;
}

// What a log always shows of a client: service, mechanism, encryption. No fingerprint, but tools often differ
// in it.
std::uint8_t shape_of(const Event& event) {
    constexpr unsigned mechanisms = 8;
    const unsigned tls = event.tls ? 1U + *event.tls : 0U;
    const std::uint64_t method =
        event.method.empty() ? 0 : hash_bytes(event.method, shape_seed) % (mechanisms - 1) + 1;
    return static_cast<std::uint8_t>((static_cast<unsigned>(event.service) * 3 + tls) * mechanisms + method);
}

bool fits(const Exception& exception, const Event& event, std::string_view account) {
    if (exception.expires && event.time >= *exception.expires) return false;
    if (exception.prefix) return exception.prefix->contains(event.address);
    if (exception.as_number) return event.as_number != 0 && *exception.as_number == event.as_number;
    return !exception.account.empty() && exception.account == account;
}

}  // namespace

std::int32_t exception_for(const Event& event, std::string_view account, const Policy& policy) {
    std::int32_t found = -1;
    for (std::size_t i = 0; i < policy.exceptions.size(); ++i) {
        if (!fits(policy.exceptions[i], event, account)) continue;
        if (policy.exceptions[i].effect == Exception::Effect::allow) return static_cast<std::int32_t>(i);
        if (found < 0) found = static_cast<std::int32_t>(i);
    }
    return found;
}

Knock make_knock(const Event& event, const Policy& policy) {
    thread_local std::string name;
    Knock knock;
    knock.seconds = unix_seconds(event.time);
    knock.service = event.service;
    knock.outcome = event.outcome;
    knock.reason = event.reason;
    knock.attempts = event.attempts;
    knock.lists = event.lists;
    knock.is_attempt = event.kind == EventKind::attempt && event.reason != Reason::internal &&
                       event.attempts > 0 && event.outcome != Outcome::none;
    if (!knock.is_attempt) return knock;
    const std::string_view account = normalise(event.account, policy, name);
    knock.account = account_key(account);
    if (policy.is_forwarder(event.address)) {
        knock.lists = 0;
    } else if (!event.address.is_none()) {
        knock.address = nonzero(mix(event.address.host_key() ^ address_salt));
        knock.network = nonzero(mix(event.address.network_key() ^ network_salt));
        const std::uint64_t region =
            event.as_number != 0 ? as_tag | event.as_number : event.address.region_key();
        knock.region = nonzero(mix(region ^ region_salt));
    }
    knock.client = client_key(event);
    knock.shape = shape_of(event);
    knock.has_guess = event.guess.has_value();
    knock.guess = event.guess.value_or(0);
    knock.has_tag = event.tag.has_value();
    knock.tag = event.tag.value_or(0);
    if (!policy.exceptions.empty()) knock.exception = exception_for(event, account, policy);
    return knock;
}

}  // namespace tidegate::judge
