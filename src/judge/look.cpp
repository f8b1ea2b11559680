#include "judge/look.h"

#include <algorithm>
#include <bit>

#include "base/hash.h"

namespace tidegate::judge {
namespace {

constexpr unsigned familiar_quarters = 90 * 96;  // a place is forgotten as familiar after 90 days

std::uint64_t pair(std::uint64_t account, std::uint64_t other, std::uint64_t kind) {
    return mix(account ^ std::rotl(other, 23) ^ (kind << 56));
}

bool known(const Table<PairSlot>& familiar, std::uint64_t key, Quarter now) {
    const PairSlot* slot = familiar.find(key);
    return slot != nullptr && quarters_since(static_cast<Quarter>(slot->when), now) < familiar_quarters;
}

template <class Slot>
float faded(const Slot& slot, float count, const Fading& fading, Quarter now) {
    return count * fading.left(quarters_since(static_cast<Quarter>(slot.last), now));
}

Counts group(const Table<GroupSlot>& table, std::uint64_t key, Quarter now) {
    if (key == 0) return {};
    const GroupSlot* slot = table.find(key);
    if (slot == nullptr) return {};
    return {faded(*slot, slot->failures, halves().attack, now),
            faded(*slot, slot->log_ins, halves().customer, now)};
}

void look_at_region(Look& out, const Memory& memory, const Knock& knock, Quarter now) {
    const RegionSlot* slot = knock.region == 0 ? nullptr : memory.regions.find(knock.region);
    if (slot == nullptr) return;
    out.region = {faded(*slot, slot->failures, halves().attack, now),
                  faded(*slot, slot->log_ins, halves().customer, now)};
    out.clean = faded(*slot, slot->clean, halves().recent, now);
    out.visited = faded(*slot, slot->visited, halves().recent, now);
}

void look_at_address(Look& out, const Memory& memory, const Knock& knock, Quarter now) {
    const AddressSlot* slot = knock.address == 0 ? nullptr : memory.addresses.find(knock.address);
    if (slot == nullptr) return;
    out.address = {faded(*slot, slot->failures.value(), halves().attack, now),
                   faded(*slot, slot->log_ins.value(), halves().customer, now)};
    const float in_a_row = faded(*slot, slot->own.value(), halves().attack, now);
    out.roving = std::max(0.0F, out.address.failures - in_a_row);
    if (slot->account == static_cast<std::uint16_t>(knock.account)) out.own = in_a_row;
    out.others_here = std::max(0.0F, out.address.failures - out.own);
}

// Unknown to the servers, and no log-in since.
Level stranger(const AccountSlot& slot, std::int64_t seconds) {
    constexpr std::int64_t believed = 30 * 86'400;
    return slot.unknown_at != 0 && seconds - slot.unknown_at < believed ? Level::unknown : Level::never;
}

void look_at_account(Look& out, const Memory& memory, const Knock& knock, Quarter now) {
    const AccountSlot* slot = knock.account == 0 ? nullptr : memory.accounts.find(knock.account);
    if (slot == nullptr) return;
    out.account_failures = faded(*slot, slot->failures, halves().attack, now);
    if (slot->first == AccountSlot::nobody) {
        out.traits.level = stranger(*slot, knock.seconds);
        return;
    }
    out.traits.level = Level::fresh;
    out.account_log_ins = faded(*slot, slot->log_ins, halves().customer, now);
    out.new_places = faded(*slot, slot->new_places.value(), halves().customer, now);
    out.nearby = slot->nearby.value();
    out.imitated = slot->imitated.value();
    out.traits.habit = habit_cell(out.new_places, knock.seconds - std::int64_t{slot->last_login});
}

void look_at_familiarity(Look& out, const Memory& memory, const Knock& knock, const PairKeys& keys,
                         Quarter now) {
    if (out.traits.level != Level::fresh) return;
    if (knock.address != 0) {
        if (known(memory.familiar, keys.network, now)) {
            const bool address = known(memory.familiar, keys.address, now);
            out.traits.level = address ? Level::address : Level::network;
        } else if (known(memory.familiar, keys.region, now)) {
            out.traits.level = Level::region;
        }
    }
    out.familiar_client = knock.client != 0 && known(memory.familiar, keys.client, now);
}

void look_at_guess(Look& out, const Memory& memory, const Knock& knock, const PairKeys& keys, Quarter now) {
    if (!knock.has_guess) return;
    out.guess = group(memory.guesses, mix(knock.guess + 1), now);
    out.guess_known = memory.guessed.find(keys.guess) != nullptr;
    if (const PairSlot* here = memory.guessed.find(keys.guess_here)) {
        out.guess_repeated = true;
        out.repeats_refused = static_cast<unsigned>(here->count);
        out.quarters_repeated = quarters_since(static_cast<Quarter>(here->when), now);
    }
    constexpr unsigned forgiven_quarters = 96;
    const PairSlot* wrong = memory.guessed.find(keys.wrong_here);
    if (wrong != nullptr && quarters_since(static_cast<Quarter>(wrong->when), now) < forgiven_quarters)
        out.wrong_here = static_cast<float>(wrong->count);
}

void look_at_tag(Look& out, const Memory& memory, const Knock& knock, Quarter now) {
    constexpr unsigned fresh_quarters = 48 * 4;
    if (!knock.has_tag || knock.account == 0) return;
    const TagSlot* slot = memory.tags.find(knock.account);
    if (slot == nullptr) return;
    unsigned kept = 0;
    bool same = false;
    for (std::size_t i = 0; i < TagSlot::most; ++i) {
        if (slot->used[i] == 0 || quarters_since(slot->when[i], now) >= fresh_quarters) continue;
        ++kept;
        same |= slot->tag[i] == knock.tag;
    }
    if (kept == 1) out.traits.tag = same ? TagMatch::same : TagMatch::differs;
    if (kept > 1) out.traits.tag = same ? TagMatch::same_of_several : TagMatch::differs_from_several;
}

void look_at_refusals(Look& out, const Memory& memory, const Knock& knock, const PairKeys& keys,
                      Quarter now) {
    if (out.traits.level <= Level::network || knock.address == 0) return;
    const PairSlot* slot = memory.refused.find(keys.refused);
    if (slot == nullptr) return;
    out.refused_before = slot->count & 15U;
    (knock.has_guess ? out.refused_guesses : out.chances_wasted) = slot->count >> 4U;
    out.quarters_refused = quarters_since(static_cast<Quarter>(slot->when), now);
}

void tell(Look& out, const Knock& knock) {
    // What others did in the network, beside this address.
    out.traits.network = grid_cell(failure_cell(out.network.failures - out.address.failures),
                                   login_cell(out.network.log_ins - out.address.log_ins));
    out.traits.address = grid_cell(failure_cell(out.others_here), login_cell(out.address.log_ins));
    out.traits.network_empty = out.network.log_ins < 0.5F;
    out.traits.own = failure_cell(out.own);
    out.traits.shape = knock.shape;
    out.traits.lists = knock.lists;
    out.traits.returned = std::min<std::size_t>(out.refused_before, return_cells - 1);
    out.traits.customers_unseen = out.region.log_ins < 0.5F;
    out.traits.attacks_unseen = out.region.failures < 0.5F;
}

}  // namespace

const Halves& halves() {
    static const Halves both;
    return both;
}

PairKeys pair_keys(const Knock& knock) {
    // Of its low bits a table makes the line: an account's pairs with an address and with its network share
    // it.
    constexpr std::uint64_t same_line = (std::uint64_t{1} << 24U) - 1;
    PairKeys keys;
    keys.network = pair(knock.account, knock.network, 2);
    keys.address = (pair(knock.account, knock.address, 1) & ~same_line) | (keys.network & same_line);
    keys.region = pair(knock.account, knock.region, 3);
    if (knock.client != 0) keys.client = pair(knock.account, knock.client, 4);
    keys.refused = pair(knock.account, knock.network, 5);
    if (knock.has_guess) {
        keys.guess = pair(knock.account, mix(knock.guess + 1), 6);
        keys.guess_here = mix(keys.guess ^ knock.address);
        // A program that asks for mail is not the one that sends: behind one address they are two clients.
        keys.wrong_here = pair(knock.account, knock.address, 16U + static_cast<unsigned>(knock.service));
    }
    return keys;
}

std::uint64_t home_key(const Knock& knock) {
    return pair(0, knock.address, 7);
}

bool is_home(const Memory& memory, const Knock& knock, Quarter now) {
    return known(memory.familiar, home_key(knock), now);
}

Look look(const Memory& memory, const Knock& knock, const PairKeys& keys, Quarter now) {
    Look out;
    look_at_address(out, memory, knock, now);
    look_at_account(out, memory, knock, now);
    look_at_familiarity(out, memory, knock, keys, now);
    out.network = group(memory.networks, knock.network, now);
    look_at_region(out, memory, knock, now);
    out.client = group(memory.clients, knock.client, now);
    look_at_guess(out, memory, knock, keys, now);
    look_at_tag(out, memory, knock, now);
    look_at_refusals(out, memory, knock, keys, now);
    tell(out, knock);
    return out;
}

void prefetch(const Memory& memory, const Knock& knock, const PairKeys& keys) {
    memory.addresses.prefetch(knock.address);
    memory.networks.prefetch(knock.network);
    memory.regions.prefetch(knock.region);
    memory.accounts.prefetch(knock.account);
    memory.familiar.prefetch(keys.region);
    memory.familiar.prefetch(keys.network);
    if (knock.outcome == Outcome::success) {
        memory.familiar.prefetch(keys.address);
        memory.familiar.prefetch(home_key(knock));
    }
    memory.refused.prefetch(keys.refused);
    if (knock.has_tag) memory.tags.prefetch(knock.account);
    if (!knock.has_guess) return;
    memory.guesses.prefetch(mix(knock.guess + 1));
    memory.guessed.prefetch(keys.guess);
    memory.guessed.prefetch(keys.guess_here);
    memory.guessed.prefetch(keys.wrong_here);
}

}  // namespace tidegate::judge
