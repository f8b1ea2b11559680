#include "edge/admission/reception.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "edge/admission/pressure.h"

namespace tidegate::edge {

std::string_view name(Welcome welcome) {
    static constexpr std::array<std::string_view, 4> names{"taken", "full", "refused", "network"};
    return names[static_cast<std::size_t>(welcome)];
}

Reception::Reception(const ReceptionRules& rules, LimitLog& log)
    : rules_(rules), log_(log), networks_(rules.most, rules.seed) {
    CHECK(rules.most > 0);
    for (const ClientClass each : all_classes) {
        CHECK(rules.network_full[each] > 0 && rules.network_calm[each] >= rules.network_full[each]);
        CHECK(rules.refused_from[each] > rules.slack && rules.refused_from[each] <= 1);
    }
}

unsigned Reception::network_most(ClientClass which, double pressure) const {
    const double calm = rules_.network_calm[which], full = rules_.network_full[which];
    // In steps, as the deadlines: the record shall say which one held.
    const double step = std::floor(std::clamp(pressure, 0.0, 1.0) * Pressure::steps) / Pressure::steps;
    const double most = calm * std::pow(full / calm, step);
    return static_cast<unsigned>(std::lround(most));
}

Welcome Reception::arrive(Moment now, const Address& address, ClientClass which, double pressure) {
    if (held_ >= rules_.most) return Welcome::full;  // whatever the rules grant
    if (refused_[which]) return Welcome::refused;
    const std::uint64_t key = address.network_key();
    const unsigned most = network_most(which, pressure);
    if (const auto at = networks_.find(key); at != networks_.none && networks_[at].sessions >= most) {
        note_cap(now, address, networks_[at], most);
        return Welcome::network;
    }
    const auto at = networks_.insert(key);
    CHECK(at != networks_.none);  // there are no more networks than sessions
    ++networks_[at].sessions;
    ++held_;
    ++by_class_[which];
    settle(now);
    return Welcome::taken;
}

void Reception::gone(Moment now, const Address& address, ClientClass which) {
    const auto at = networks_.find(address.network_key());
    CHECK(at != networks_.none && held_ > 0 && by_class_[which] > 0);
    if (--networks_[at].sessions == 0) networks_.erase(at);
    --held_;
    --by_class_[which];
    settle(now);
}

void Reception::moved(ClientClass from, ClientClass to) {
    CHECK(by_class_[from] > 0);
    --by_class_[from];
    ++by_class_[to];
}

void Reception::resize(Moment now, std::size_t most) {
    CHECK(most > 0);
    networks_.grow(most);  // there may be as many networks as sessions
    rules_.most = most;
    settle(now);
}

// Which classes are refused from now on.
void Reception::settle(Moment now) {
    const auto most = double(rules_.most);
    for (const ClientClass each : all_classes) {
        const double from = rules_.refused_from[each] * most;
        // Who may have the last place may have it as soon as it is free.
        const double slack = from < most ? rules_.slack * most : 0;
        const bool refuses = double(held_) >= (refused_[each] ? from - slack : from);
        if (refuses == refused_[each]) continue;
        refused_[each] = refuses;
        log_.note({.when = now,
                   .what = LimitKind::class_refused,
                   .reason = refuses ? LimitReason::pressure : LimitReason::relief,
                   .listener = rules_.listener,
                   .client_class = each,
                   .from = refuses ? 0.0 : 1.0,
                   .to = refuses ? 1.0 : 0.0});
    }
}

// Only where it is another limit than before: a flood meets the same one all the time.
void Reception::note_cap(Moment now, const Address& address, Network& network, unsigned most) {
    if (network.capped == most) return;
    log_.note({.when = now,
               .what = LimitKind::network_sessions,
               .reason = LimitReason::flood,
               .listener = rules_.listener,
               .network = Prefix(address, address.is_v4() ? 24 : 48),
               .from = double(network.capped),
               .to = double(most)});
    network.capped = most;
}

}  // namespace tidegate::edge
