#include "judge/judge.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/hash.h"
#include "judge/remember.h"
#include "judge/state.h"
#include "judge/weigh.h"

namespace tidegate::judge {

Judge::Judge(std::shared_ptr<const Policy> policy) : state_(std::make_unique<State>(std::move(policy))) {}
Judge::~Judge() = default;
Judge::Judge(Judge&&) noexcept = default;
Judge& Judge::operator=(Judge&&) noexcept = default;

Verdict Judge::consider(const Knock& knock) const {
    Verdict verdict;
    if (!knock.is_attempt) return verdict;
    const PairKeys keys = pair_keys(knock);
    prefetch(state_->memory, knock, keys);  // all at once: one wait for memory, not ten
    weigh(*state_, knock, look(state_->memory, knock, keys, state_->now(knock)), verdict);
    return verdict;
}

bool Judge::is_home(const Knock& knock) const {
    return judge::is_home(state_->memory, knock, state_->now(knock));
}

void Judge::expect(const Knock& knock) const {
    if (knock.is_attempt) prefetch(state_->memory, knock, pair_keys(knock));
}

void Judge::learn(const Knock& knock, Verdict& verdict) {
    if (!knock.is_attempt) return;
    const PairKeys keys = pair_keys(knock);
    const Look seen = look(state_->memory, knock, keys, state_->now(knock));
    remember(*state_, knock, keys, seen, verdict);
}

void Judge::fold(std::span<const Knock> knocks, std::span<Verdict> verdicts) {
    CHECK(knocks.size() == verdicts.size());
    // Memory is fetched some attempts ahead of the one that is judged, steadily: many requests at once would
    // wait for each other.
    constexpr std::size_t ahead = 8;
    std::array<PairKeys, ahead> keys;
    const auto expect_at = [&](std::size_t i) {
        keys[i % ahead] = pair_keys(knocks[i]);
        prefetch(state_->memory, knocks[i], keys[i % ahead]);
    };
    for (std::size_t i = 0; i < std::min(ahead, knocks.size()); ++i) expect_at(i);
    for (std::size_t i = 0; i < knocks.size(); ++i) {
        const Knock& knock = knocks[i];
        const PairKeys mine = keys[i % ahead];
        if (i + ahead < knocks.size()) expect_at(i + ahead);
        Verdict& verdict = verdicts[i];
        verdict = Verdict{};
        if (!knock.is_attempt) continue;
        const Look seen = look(state_->memory, knock, mine, state_->now(knock));
        weigh(*state_, knock, seen, verdict);
        remember(*state_, knock, mine, seen, verdict);
    }
}

void Judge::set_posture(Decibans lowest_shift) {
    state_->lowest_shift = std::min(lowest_shift, Decibans());
}

void Judge::vouch(const Knock& knock) {
    state_->advance(knock.seconds);
    remember_place(*state_, knock, pair_keys(knock));
}

void Judge::pardon(const Knock& knock) {
    Memory& memory = state_->memory;
    if (AddressSlot* slot = knock.address == 0 ? nullptr : memory.addresses.find(knock.address)) {
        slot->failures.set(0);
        slot->own.set(0);
    }
    if (AccountSlot* slot = knock.account == 0 ? nullptr : memory.accounts.find(knock.account))
        slot->failures = 0;
    const PairKeys keys = pair_keys(knock);
    if (PairSlot* slot = memory.refused.find(keys.refused)) slot->count = 0;
    for (unsigned service = 0; service < names_of<Service>().size(); ++service) {
        Knock each = knock;
        each.service = static_cast<Service>(service);
        each.has_guess = true;
        if (PairSlot* slot = memory.guessed.find(pair_keys(each).wrong_here)) slot->count = 0;
    }
}

void Judge::adopt(std::shared_ptr<const Policy> policy) {
    std::array<std::optional<std::size_t>, most_lists> from;
    const auto& before = state_->policy->lists;
    for (std::size_t i = 0; i < std::min(most_lists, policy->lists.size()); ++i) {
        const auto found = std::ranges::find(before, policy->lists[i].name, &ListPrior::name);
        if (found != before.end()) from[i] = static_cast<std::size_t>(found - before.begin());
    }
    state_->shares.move_lists(from);
    state_->policy = std::move(policy);
}

MemoryUse Judge::memory() const {
    const Memory& memory = state_->memory;
    return {memory.bytes(), memory.addresses.size(), memory.accounts.size(), memory.familiar.size(),
            memory.addresses.forgotten()};
}

}  // namespace tidegate::judge
