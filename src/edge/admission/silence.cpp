#include "edge/admission/silence.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/hash.h"

namespace tidegate::edge {
namespace {

constexpr unsigned most_periods = 32;

std::int64_t ticks(Span span) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(span).count();
}

std::int64_t ticks(Moment moment) {
    return ticks(moment.time_since_epoch());
}

Moment moment_of(std::int64_t nanoseconds) {
    return Moment(std::chrono::duration_cast<Span>(std::chrono::nanoseconds(nanoseconds)));
}

Prefix network_of(const Address& address) {
    return {address, address.is_v4() ? 24U : 48U};
}

bool is_suspect(ClientClass which) {
    return which == ClientClass::doubtful || which == ClientClass::listed;
}

}  // namespace

Silence::Silence(const SilenceRules& rules, LimitLog& log)
    : rules_(rules), log_(log), networks_(rules.table_bytes), familiars_(rules.familiar_table_bytes) {
    CHECK(rules.flood_full > 0 && rules.flood_calm >= rules.flood_full);
    CHECK(rules.first > Span::zero() && rules.longest >= rules.first && rules.probe > Span::zero());
    orders_.reserve(std::min<std::size_t>(rules.orders_most, 4096));
}

std::uint64_t Silence::key_of(const Address& address) const {
    return mix(address.network_key() ^ rules_.seed);
}

std::int64_t Silence::period(unsigned periods) const {
    const double wanted = double(ticks(rules_.first)) * std::exp2(periods - 1);
    return static_cast<std::int64_t>(std::min(wanted, double(ticks(rules_.longest))));
}

unsigned Silence::flood_from(double pressure) const {
    const double calm = rules_.flood_calm, full = rules_.flood_full;
    return static_cast<unsigned>(std::lround(calm * std::pow(full / calm, std::clamp(pressure, 0.0, 1.0))));
}

bool Silence::is_familiar(std::int64_t now, std::uint64_t key) const {
    const FamiliarSlot* slot = familiars_.find(key);
    return slot != nullptr && now - slot->seen <= ticks(rules_.familiar_for);
}

bool Silence::answers(Moment now, const Address& address, ClientClass which, double pressure) {
    if (which == ClientClass::familiar || which == ClientClass::known_sender) return true;
    const std::int64_t at = ticks(now);
    const std::uint64_t key = key_of(address);
    if (is_familiar(at, key)) return true;
    Slot* slot = is_suspect(which) ? &slot_of(at, key) : networks_.find(key);
    if (slot == nullptr) return true;
    catch_up(at, address, *slot);
    if (State(slot->state) == State::silent) return false;
    // In a probe everybody counts.
    return (!is_suspect(which) && State(slot->state) == State::watched) ||
           count(at, address, *slot, pressure);
}

void Silence::in_vain(Moment now, const Address& address, double pressure) {
    const std::int64_t at = ticks(now);
    const std::uint64_t key = key_of(address);
    if (is_familiar(at, key)) return;
    Slot& slot = slot_of(at, key);
    catch_up(at, address, slot);
    // Of a probe it was counted when it came.
    if (State(slot.state) == State::watched) static_cast<void>(count(at, address, slot, pressure));
}

void Silence::sent_elsewhere(Moment now, const Address& address, ClientClass which, double pressure) {
    const std::int64_t at = ticks(now);
    const std::uint64_t key = key_of(address);
    if (is_familiar(at, key)) return;
    Slot& slot = slot_of(at, key);
    catch_up(at, address, slot);
    if (slot.elsewhere != ~std::uint32_t{0}) ++slot.elsewhere;
    const bool insists = slot.elsewhere > rules_.elsewhere_excused;
    if (insists || is_suspect(which)) in_vain(now, address, insists ? 1 : pressure);
}

Silence::Slot& Silence::slot_of(std::int64_t now, std::uint64_t key) {
    // Who is silent or was often is worth most; then who came often, of late.
    const auto usefulness = [&](const Slot& slot) {
        const double age = double(std::max<std::int64_t>(now - slot.seen, 0)) / double(ticks(rules_.window));
        const double worth = 1e3 * double(slot.periods) / (1 + age / 100) + double(slot.count) / (1 + age);
        return static_cast<std::uint64_t>(worth * 1e3);
    };
    Slot& slot = networks_.insert(key, usefulness);
    if (slot.seen == 0 && slot.count == 0) slot.since = slot.seen = now;
    return slot;
}

// What has ended since its last connection.
void Silence::catch_up(std::int64_t now, const Address& address, Slot& slot) {
    if (State(slot.state) == State::silent && now >= slot.since) {
        slot.state = std::uint64_t(State::probed);
        slot.count = 0;
    }
    if (State(slot.state) == State::probed && now >= slot.since + ticks(rules_.probe)) {
        slot.state = std::uint64_t(State::watched);
        note(now, address, 0, period(slot.periods), LimitReason::gave_up);
        forgive(now - std::max(slot.seen, slot.since), slot);
        slot.since = now;
        slot.count = slot.elsewhere = 0;
    }
    if (State(slot.state) == State::watched && now >= slot.since + ticks(rules_.window)) {
        forgive(now - slot.seen, slot);
        slot.since = now;
        slot.count = slot.elsewhere = 0;
    }
    slot.seen = std::max(slot.seen, now);
}

// For every period without a connection the next silence is one step shorter.
void Silence::forgive(std::int64_t idle, Slot& slot) const {
    while (slot.periods > 0 && idle >= period(slot.periods)) {
        idle -= period(slot.periods);
        --slot.periods;
    }
}

bool Silence::count(std::int64_t now, const Address& address, Slot& slot, double pressure) {
    if (slot.count != ~std::uint32_t{0}) ++slot.count;
    if (State(slot.state) == State::probed) {
        if (slot.count <= rules_.probe_answered) return true;
        return hush(now, address, slot, LimitReason::persistent);
    }
    if (slot.count < flood_from(pressure)) return true;
    return hush(now, address, slot, LimitReason::flood);
}

// Whether it is answered all the same: an order that nobody would hear of is none.
bool Silence::hush(std::int64_t now, const Address& address, Slot& slot, LimitReason reason) {
    if (orders_.size() >= rules_.orders_most) return State(slot.state) == State::watched;
    const std::int64_t before = slot.periods == 0 ? 0 : period(slot.periods);
    slot.periods = std::min<std::uint64_t>(slot.periods + 1, most_periods);
    slot.state = std::uint64_t(State::silent);
    slot.since = now + period(slot.periods);
    orders_.push_back({network_of(address), moment_of(slot.since)});
    note(now, address, period(slot.periods), before, reason);
    return false;
}

void Silence::note(std::int64_t now, const Address& address, std::int64_t silent, std::int64_t before,
                   LimitReason reason) {
    log_.note({.when = moment_of(now),
               .what = LimitKind::silence,
               .reason = reason,
               .network = network_of(address),
               .from = double(before) / 1e9,
               .to = double(silent) / 1e9});
}

void Silence::familiar(Moment now, const Address& address) {
    const std::uint64_t key = key_of(address);
    const std::int64_t at = ticks(now);
    const auto latest = [](const FamiliarSlot& slot) {
        return static_cast<std::uint64_t>(std::max<std::int64_t>(slot.seen, 0));
    };
    FamiliarSlot& seen = familiars_.insert(key, latest);
    seen.seen = std::max(seen.seen, at);
    Slot* slot = networks_.find(key);
    if (slot == nullptr) return;
    if (State(slot->state) == State::silent && slot->since > at) {
        // Not bounded by `orders_most`: a customer waits, and there are no more of these than silences.
        orders_.push_back({network_of(address), now});
        note(at, address, 0, period(slot->periods), LimitReason::familiar);
    }
    slot->state = std::uint64_t(State::watched);
    slot->periods = 0;
    slot->since = slot->seen = at;
    slot->count = 0;
}

void Silence::drain(std::vector<SilenceOrder>& out) {
    out.clear();
    std::swap(out, orders_);
}

Moment Silence::silent_until(Moment now, const Address& address) const {
    const Slot* slot = networks_.find(key_of(address));
    if (slot == nullptr || State(slot->state) != State::silent) return now;
    return std::max(now, moment_of(slot->since));
}

}  // namespace tidegate::edge
