#include "judge/remember.h"

#include <algorithm>

#include "base/hash.h"
#include "judge/weigh.h"

namespace tidegate::judge {
namespace {

// How much an outcome says, in decibans: a wrong password is fifty times commoner among attackers, a right
// one two hundred times among customers.
constexpr float wrong_says = 17, abort_says = 5, right_says = -23;
// What we refused has no outcome; it counts as an attack with this part of its probability.
constexpr float refused_counts = 0.3F;
// A success this close below the threshold is somebody else with the right password.
constexpr float takeover_margin = 7;
constexpr unsigned settled_quarters = 24;  // before that every place of a new account is new

template <class Slot>
float fade(const Slot& slot, const Fading& fading, Quarter now) {
    return fading.left(quarters_since(static_cast<Quarter>(slot.last), now));
}

/// How useful a slot is to keep, in times like these; what has faded is of little use, however much it was.
class Usefulness {
public:
    explicit Usefulness(Quarter now) : now_(now) {}

    // Failures and log-ins are both worth keeping; among equals the newest.
    std::uint64_t operator()(const AddressSlot& slot) const {
        return ranked(worth(slot, slot.failures.value(), slot.log_ins.value()) * 1024, slot.last);
    }
    std::uint64_t operator()(const GroupSlot& slot) const {
        return ranked(worth(slot, slot.failures, slot.log_ins) * 64, slot.last);
    }
    std::uint64_t operator()(const RegionSlot& slot) const {
        const float clean = slot.clean * fade(slot, halves().recent, now_);
        return ranked((worth(slot, slot.failures, slot.log_ins) + clean) * 64, slot.last);
    }
    // Names that never logged in go first, whatever an attacker invents.
    std::uint64_t operator()(const AccountSlot& slot) const {
        if (slot.first != AccountSlot::nobody) return std::uint64_t{1} << 63U | slot.last_login;
        return ranked(slot.failures * fade(slot, halves().attack, now_) * 64, slot.last);
    }
    std::uint64_t operator()(const TagSlot& slot) const { return ranked(0, slot.last); }
    std::uint64_t operator()(const PairSlot& slot) const { return ranked(0, slot.when); }

private:
    template <class Slot>
    [[nodiscard]] float worth(const Slot& slot, float failures, float log_ins) const {
        return failures * fade(slot, halves().attack, now_) +
               4 * log_ins * fade(slot, halves().customer, now_);
    }
    [[nodiscard]] std::uint64_t ranked(float worth, std::uint64_t last) const {
        constexpr float most = 0x1p46F;  // and 16 bits of age leave the highest to others
        const unsigned age = std::min(quarters_since(static_cast<Quarter>(last), now_), 0x7fffU);
        return static_cast<std::uint64_t>(std::min(worth, most)) << 16U | (0x7fffU - age);
    }

    Quarter now_;
};

class Remembering {
public:
    Remembering(State& state, const Knock& knock, const PairKeys& keys, const Look& seen, Verdict& verdict)
        : state_(state), knock_(knock), keys_(keys), seen_(seen), verdict_(verdict) {}

    void run() {
        state_.advance(knock_.seconds);
        now_ = quarter_of(state_.latest);
        state_.shares.advance(state_.latest);
        for (Totals* t : {&state_.totals, &state_.clients, &state_.guesses}) t->fade(now_);
        if (knock_.exception >= 0) return only_familiarity();
        classify();
        if (stopped_ && knock_.address != 0) refused();
        if (!stopped_ && seen_.refused_before > 0) state_.shares.persisted(success_);
        if (!stopped_ && !success_ && seen_.refused_before > 0) wasted();
        if (!success_ && knock_.has_guess && !seen_.guess_repeated) wrong_here();
        if (stopped_ && seen_.guess_repeated) repeated();
        if (attack_ > 0) attacked();
        if (success_) succeeded();
        account();
    }

private:
    void classify() {
        stopped_ = is_stopped(verdict_.measure);
        success_ = !stopped_ && knock_.outcome == Outcome::success;
        // A tag that differs is an outcome, though the database was not asked.
        const bool known_wrong = differs(seen_.traits.tag);
        const float sum =
            static_cast<float>(verdict_.sum.value()) - (success_ ? 0 : tag_weight(state_, seen_));
        float says = 0;
        if (!stopped_)
            says = success_ ? right_says : knock_.outcome == Outcome::abort ? abort_says : wrong_says;
        else if (known_wrong)
            says = wrong_says;
        attack_ = probability(sum + says + state_.shares.prior());
        customer_ = 1 - attack_;
        verdict_.suspected_takeover =
            success_ && verdict_.sum >= verdict_.threshold + Decibans::of(-takeover_margin);
        if (verdict_.suspected_takeover) customer_ = 0;
        if (stopped_ && !known_wrong) part_ = refused_counts;
        attack_ *= part_;
        if (success_) attack_ = 0;  // a stolen password that was right is counted as nobody's
        // The same wrong password again is a phone, and counts once; so does what was refused again and
        // again, but for guesses that are known to differ.
        const bool again = stopped_ && seen_.refused_before >= 2 && !knock_.has_guess;
        if (!success_ && knock_.address != 0 && seen_.level() > Level::network)
            state_.shares.came_again(seen_.traits.returned, attack_);
        if (!success_ && (seen_.guess_repeated || again)) attack_ = 0;
    }

    void only_familiarity() {
        if (knock_.outcome != Outcome::success || is_stopped(verdict_.measure)) return;
        success_ = true;
        familiar();
        account();
    }

    void refused() {
        PairSlot& slot = state_.memory.refused.insert(keys_.refused, by_usefulness());
        constexpr unsigned again_after = 96;  // a day later it is a new story
        if (slot.count == 0 || quarters_since(static_cast<Quarter>(slot.when), now_) >= again_after) {
            slot.when = now_;
            slot.count = 0;
        }
        unsigned tries = slot.count & 15U, guesses = slot.count >> 4U;
        if (tries < 15) ++tries;
        if (knock_.has_guess && !seen_.guess_repeated && guesses < 15) ++guesses;
        slot.count = guesses << 4U | tries;
    }

    // Whatever others try beside him: an owner comes again with one and the same password.
    void repeated() {
        PairSlot* slot = state_.memory.guessed.find(keys_.guess_here);
        if (slot == nullptr) return;
        constexpr unsigned again_after = 96;
        if (quarters_since(static_cast<Quarter>(slot->when), now_) >= again_after) {
            slot->when = now_;
            slot->count = 0;
        }
        if (slot->count < 255) slot->count = slot->count + 1;
    }

    // Let through for its persistence and wrong again: it had its chance. Where guesses are shown, one
    // password alone may have another; where they are not, time must pass.
    void wasted() {
        PairSlot* slot = state_.memory.refused.find(keys_.refused);
        if (slot == nullptr) return;
        if (knock_.has_guess) {
            slot->count = 0xff;
            return;
        }
        slot->count = std::min(seen_.chances_wasted + 1, 15U) << 4U | (slot->count & 15U);
        slot->when = now_;
    }

    void attacked() {
        const float n = attack_ * static_cast<float>(std::min(knock_.attempts, 100U));
        state_.shares.attack(seen_.traits, n, n / part_);
        if (knock_.address != 0) {
            address_failed(n);
            add_failures(state_.memory.networks, knock_.network, n, nullptr);
            region().failures += n;
            state_.totals.failures += n;
        }
        if (knock_.client != 0) add_failures(state_.memory.clients, knock_.client, n, &state_.clients);
        if (knock_.has_guess) guessed();
    }

    // One more password that is not the account's, or that nobody asked the database about.
    void wrong_here() {
        if (same(seen_.traits.tag)) return;
        PairSlot& slot = state_.memory.guessed.insert(keys_.wrong_here, by_usefulness());
        slot.when = now_;
        slot.count = std::min(static_cast<unsigned>(seen_.wrong_here) + 1, 255U);
    }

    void address_failed(float n) {
        AddressSlot& slot = state_.memory.addresses.insert(knock_.address, by_usefulness());
        fade_address(slot);
        slot.failures.set(slot.failures.value() + n);
        const auto account = static_cast<std::uint16_t>(knock_.account);
        const float before = slot.account == account ? slot.own.value() : 0;
        slot.account = account;
        slot.own.set(before + (stopped_ ? n : static_cast<float>(knock_.attempts)));
    }
    void fade_address(AddressSlot& slot) {
        if (slot.last == now_) return;
        slot.failures.set(slot.failures.value() * fade(slot, halves().attack, now_));
        slot.own.set(slot.own.value() * fade(slot, halves().attack, now_));
        slot.log_ins.set(slot.log_ins.value() * fade(slot, halves().customer, now_));
        slot.last = now_;
    }

    RegionSlot& region() {
        RegionSlot& slot = state_.memory.regions.insert(knock_.region, by_usefulness());
        if (slot.last == now_) return slot;
        const float recent = fade(slot, halves().recent, now_);
        slot.failures *= fade(slot, halves().attack, now_);
        slot.log_ins *= fade(slot, halves().customer, now_);
        slot.clean *= recent;
        slot.visited *= recent;
        slot.last = now_;
        return slot;
    }
    GroupSlot& group(Table<GroupSlot>& table, std::uint64_t key) {
        GroupSlot& slot = table.insert(key, by_usefulness());
        if (slot.last == now_) return slot;
        slot.failures *= fade(slot, halves().attack, now_);
        slot.log_ins *= fade(slot, halves().customer, now_);
        slot.last = now_;
        return slot;
    }
    void add_failures(Table<GroupSlot>& table, std::uint64_t key, float n, Totals* total) {
        group(table, key).failures += n;
        if (total != nullptr) total->failures += n;
    }
    void add_log_in(Table<GroupSlot>& table, std::uint64_t key, float n, Totals* total) {
        group(table, key).log_ins += n;
        if (total != nullptr) total->log_ins += n;
    }

    // Distinct pairs of account and guess: one phone's old password is one.
    void guessed() {
        note(state_.memory.guessed, keys_.guess_here);
        if (seen_.guess_known) return;
        note(state_.memory.guessed, keys_.guess);
        add_failures(state_.memory.guesses, mix(knock_.guess + 1), attack_, &state_.guesses);
    }
    void note(Table<PairSlot>& table, std::uint64_t key) { table.insert(key, by_usefulness()).when = now_; }

    void succeeded() {
        // An account whose log-ins come from ever new places earns them little, and says little of what
        // customers do: it may be stolen.
        const float habit = seen_.new_places / 4;
        const float credit = customer_ / (1 + habit * habit);
        state_.shares.customer(seen_.level(), seen_.level() >= Level::region ? credit : customer_);
        if (seen_.level() >= Level::region) {
            fresh_log_in(credit);
        } else {
            known_log_in();
        }
        if (knock_.has_guess && customer_ > 0)
            add_log_in(state_.memory.guesses, mix(knock_.guess + 1), customer_, &state_.guesses);
        familiar();
        if (knock_.has_tag) remember_tag();
    }

    // In the place of the one that was right longest ago.
    void remember_tag() {
        if (knock_.account == 0) return;
        TagSlot& slot = state_.memory.tags.insert(knock_.account, by_usefulness());
        slot.last = now_;
        std::size_t at = 0;
        while (at < TagSlot::most && slot.used[at] != 0 && slot.tag[at] != knock_.tag) ++at;
        if (at == TagSlot::most) at = oldest_of(slot);
        slot.tag[at] = knock_.tag;
        slot.used[at] = 1;
        slot.when[at] = now_;
    }
    [[nodiscard]] std::size_t oldest_of(const TagSlot& slot) const {
        const auto oldest = std::ranges::max_element(
            slot.when, {}, [this](Quarter when) { return quarters_since(when, now_); });
        return static_cast<std::size_t>(oldest - slot.when.begin());
    }

    void fresh_log_in(float credit) {
        state_.shares.fresh_customer(seen_.traits, credit);
        if (credit <= 0) return;
        if (knock_.address != 0) {
            address_log_in(credit);
            add_log_in(state_.memory.networks, knock_.network, credit, nullptr);
            if (seen_.level() >= Level::fresh) {
                region().log_ins += credit;
                state_.totals.log_ins += credit;
            }
        }
        if (knock_.client != 0 && !seen_.familiar_client)
            add_log_in(state_.memory.clients, knock_.client, credit, &state_.clients);
    }
    void address_log_in(float credit) {
        AddressSlot& slot = state_.memory.addresses.insert(knock_.address, by_usefulness());
        fade_address(slot);
        slot.log_ins.set(slot.log_ins.value() + credit);
    }

    // Shows how the attack lies around customers; counted once a quarter of an hour for an account and
    // address.
    void known_log_in() {
        const PairSlot* slot = state_.memory.familiar.find(keys_.address);
        if (slot != nullptr && slot->when == now_) return;
        state_.shares.known_customer(seen_.traits);
        if (knock_.address == 0) return;
        RegionSlot& around = region();
        (is_visited(seen_.traits.network) ? around.visited : around.clean) += 1;
    }

    // Always written, also for a suspected takeover: its owner would stay locked out otherwise.
    void familiar() {
        remember_place(state_, knock_, keys_);
        if (knock_.account != 0 && knock_.client != 0) note(state_.memory.familiar, keys_.client);
    }

    void account() {
        if (knock_.account == 0) return;
        if (!success_ && attack_ <= 0 && knock_.reason != Reason::unknown_account) return;
        AccountSlot& slot = state_.memory.accounts.insert(knock_.account, by_usefulness());
        slot.failures *= fade(slot, halves().attack, now_);
        slot.log_ins *= fade(slot, halves().customer, now_);
        slot.new_places.set(slot.new_places.value() * fade(slot, halves().customer, now_));
        slot.last = now_;
        if (!success_) {
            failed(slot);
            if (!stopped_ && knock_.reason == Reason::unknown_account) slot.unknown_at = seconds();
            return;
        }
        settle(slot);
        if (seen_.level() == Level::fresh && slot.first == AccountSlot::settled)
            slot.new_places.set(slot.new_places.value() + 1);
        slot.log_ins += 1;
        slot.last_login = seconds();
        slot.unknown_at = 0;
    }
    // How those who guess at the account go about it.
    void failed(AccountSlot& slot) {
        slot.failures += attack_;
        if (attack_ <= 0 || seen_.level() <= Level::network) return;
        slot.nearby.mix(seen_.level() == Level::region, attack_ / slot.failures);
        slot.imitated.mix(seen_.familiar_client, attack_ / slot.failures);
    }
    void settle(AccountSlot& slot) const {
        if (slot.first == AccountSlot::nobody)
            slot.first = std::max<Quarter>(now_, AccountSlot::settled + 1);
        else if (slot.first != AccountSlot::settled && quarters_since(slot.first, now_) > settled_quarters)
            slot.first = AccountSlot::settled;
    }
    [[nodiscard]] Usefulness by_usefulness() const { return Usefulness(now_); }
    // Of the latest event: an account whose times ran backwards would look settled. 0 means "never".
    [[nodiscard]] std::uint32_t seconds() const {
        return static_cast<std::uint32_t>(std::clamp<std::int64_t>(state_.latest, 1, 0xffff'ffff));
    }

    State& state_;
    const Knock& knock_;
    const PairKeys& keys_;
    const Look& seen_;
    Verdict& verdict_;
    Quarter now_ = 0;
    bool stopped_ = false, success_ = false;
    float attack_ = 0, customer_ = 0;
    float part_ = 1;  // of its probability that an attack counts
};

}  // namespace

void Totals::fade(Quarter now) {
    const unsigned passed = quarters_since(last, now);
    if (passed == 0) return;
    failures *= halves().attack.left(passed);
    log_ins *= halves().customer.left(passed);
    last = now;
}

void remember_place(State& state, const Knock& knock, const PairKeys& keys) {
    if (knock.account == 0 || knock.address == 0) return;
    const Quarter now = quarter_of(state.latest);
    for (const std::uint64_t key : {keys.address, keys.network, keys.region, home_key(knock)})
        state.memory.familiar.insert(key, Usefulness(now)).when = now;
}

void remember(State& state, const Knock& knock, const PairKeys& keys, const Look& seen, Verdict& verdict) {
    Remembering(state, knock, keys, seen, verdict).run();
}

}  // namespace tidegate::judge
