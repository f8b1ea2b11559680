#include "judge/mail/mail_knock.h"

#include <algorithm>
#include <string>

#include "base/hash.h"
#include "judge/knock.h"

namespace tidegate::judge {
namespace {

// One kind of key never meets another; nor do those of log-ins.
constexpr std::uint64_t address_salt = 0x7365'6e64'6572'0001ULL, network_salt = 0x7365'6e64'6572'0002ULL,
                        name_seed = 0x7365'6e64'6572'0003ULL, pair_seed = 0x7365'6e64'6572'0004ULL;

std::uint64_t nonzero(std::uint64_t key) {
    return key != 0 ? key : 1;
}

// What a line is called after its address is one client's name: its neighbour's is another.
std::uint64_t family_key(std::string_view folded, EhloKind kind) {
    return hash_bytes(kind == EhloKind::holds_address ? folded : ehlo_family(folded), pair_seed);
}

}  // namespace

std::uint64_t sender_key(const Address& address) {
    return nonzero(mix(address.host_key() ^ address_salt));
}

std::uint64_t sender_network_key(const Address& address) {
    return nonzero(mix(address.network_key() ^ network_salt));
}

MailKnock make_mail_knock(const Event& event, const MailPolicy& policy) {
    MailKnock knock;
    knock.seconds = std::max<std::int64_t>(unix_seconds(event.time), 0);
    knock.early = event.early;
    knock.exception = exception_for(event, {}, *policy.common);
    if (event.address.is_none() || policy.common->is_forwarder(event.address)) return knock;
    knock.lists = event.lists;
    knock.address = sender_key(event.address);
    knock.network = sender_network_key(event.address);
    const std::string folded = folded_name(event.ehlo);
    knock.ehlo = ehlo_kind(event.ehlo, event.address, policy.own_names);
    if (knock.ehlo != EhloKind::absent) knock.name = nonzero(hash_bytes(folded, name_seed));
    knock.pair = nonzero(mix(knock.network ^ family_key(folded, knock.ehlo)));
    return knock;
}

}  // namespace tidegate::judge
