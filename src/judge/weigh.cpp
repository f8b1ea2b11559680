#include "judge/weigh.h"

#include <algorithm>
#include <chrono>

#include "judge/thresholds.h"

namespace tidegate::judge {
namespace {

constexpr float smoothing = 100;     // pseudo-attempts spread over all regions
constexpr float many = 8;            // so many accounts logging in from one address make it a shared place
constexpr unsigned few_guesses = 2;  // different passwords that a person's devices try

float clipped(float value, float low, float high) {
    return std::clamp(value, low, high);
}

// Share of a region among attackers' attempts or customers' new places.
float share(float count, float total, float kinds) {
    return (count + smoothing / kinds) / (total + smoothing);
}

Sight sight(const Knock& knock) {
    return knock.has_tag ? Sight::password : knock.has_guess ? Sight::guess : Sight::log;
}

class Weighing {
public:
    Weighing(const State& state, const Knock& knock, const Look& seen, Verdict& verdict)
        : state_(state),
          knock_(knock),
          seen_(seen),
          verdict_(verdict),
          at_(thresholds(*state.policy, state.shares.prior(), sight(knock), state.lowest_shift)) {}

    void run() {
        verdict_.familiar = seen_.level() <= Level::network;
        verdict_.again = is_retry();
        if (exception()) return;
        place();
        if (seen_.level() >= Level::region) {
            if (knock_.address != 0) neighbours();
            account();
            client();
            lists();
        }
        guess();
        add(EvidenceKind::password_tag, tag_weight(state_, seen_));
        if (verdict_.familiar) forgive();
        persistence();
        decide();
    }

private:
    void add(EvidenceKind kind, float weight, float count = 0, float of = 0) {
        if (weight == 0 || (state_.policy->without >> static_cast<unsigned>(kind) & 1U) != 0) return;
        const Decibans piece = Decibans::of(weight);
        verdict_.sum += piece;
        verdict_.evidence.add(kind, piece, count, of);
    }

    // The same password within the quarter of an hour; where it is not shown, whoever was refused.
    [[nodiscard]] bool is_retry() const {
        if (knock_.has_guess) return seen_.guess_repeated && seen_.quarters_repeated <= 1;
        return seen_.refused_before > 0 && seen_.quarters_refused <= 1;
    }

    bool exception() {
        if (knock_.exception < 0) return false;
        const auto& entry = state_.policy->exceptions[static_cast<std::size_t>(knock_.exception)];
        const bool allow = entry.effect == Exception::Effect::allow;
        add(EvidenceKind::exception, allow ? -100.0F : 100.0F, static_cast<float>(knock_.exception));
        verdict_.threshold = at_.defer;
        verdict_.measure = allow ? Measure::pass : Measure::refuse;
        return true;
    }

    // How well the account knows the place, and how common the place is among attackers.
    void place() {
        const float attacks = std::max(state_.totals.failures, 1.0F);
        const float share_here = state_.shares.customer_share(seen_.level());
        switch (seen_.level()) {
            case Level::address:
                add(EvidenceKind::familiar_address,
                    clipped(decibans((seen_.others_here + 0.2F) / attacks) - share_here, -45, -25),
                    seen_.account_log_ins);
                break;
            case Level::network:
                add(EvidenceKind::familiar_network,
                    clipped(decibans((seen_.network.failures + 1) / attacks) - share_here, -45, -5),
                    seen_.account_log_ins);
                break;
            case Level::region:
                add(EvidenceKind::familiar_as,
                    clipped(decibans(copied(seen_.nearby, attack_share())) - share_here, -25, 12),
                    seen_.region.failures, seen_.region.log_ins);
                break;
            case Level::fresh:
                elsewhere(EvidenceKind::new_place, seen_.account_log_ins);
                break;
            case Level::never:
                elsewhere(EvidenceKind::never_seen, seen_.account_failures);
                break;
            case Level::unknown:
                elsewhere(EvidenceKind::unknown_account, seen_.account_failures);
                break;
        }
    }
    void elsewhere(EvidenceKind kind, float count) {
        add(kind, clipped(state_.shares.level(seen_.level()), -5, 30), count);
        if (knock_.region == 0) return;
        region_ = clipped(decibans(attack_share()) - decibans(customer_region_share()), -15, 20);
        add(EvidenceKind::as_rate, region_, seen_.region.failures, seen_.region.log_ins);
    }
    // Customers travel to where none has been: how often is learned. Where to is not: half of it is shared
    // out evenly, half as the attack is, for both follow how many people a region has.
    [[nodiscard]] float customer_region_share() const {
        const float unseen = state_.shares.unseen_regions();
        const float abroad = 0.5F / regions() + 0.5F * attack_share() / state_.shares.attacks_where_unseen();
        return (1 - unseen) * seen_.region.log_ins / (state_.totals.log_ins + 1) + unseen * abroad;
    }
    [[nodiscard]] float regions() const { return static_cast<float>(state_.memory.regions.size() + 1); }
    [[nodiscard]] float attack_share() const {
        const float unseen = state_.shares.unseen_attack_regions();
        return (1 - unseen) * seen_.region.failures / (state_.totals.failures + 1) + unseen / regions();
    }

    // How likely whoever guesses at this account has a thing of the owner's, who is known to those that
    // besiege him: as often as it was seen there, starting with how common it is among all attackers.
    [[nodiscard]] float copied(float seen, float everywhere) const {
        constexpr float strength = 3;
        return (seen_.account_failures * seen + strength * everywhere) / (seen_.account_failures + strength);
    }

    void neighbours() {
        add(EvidenceKind::network_rate, beyond_region(network_weight()),
            std::max(0.0F, seen_.network.failures - seen_.address.failures), seen_.network.log_ins);
        float here = state_.shares.address().weight(seen_.traits.address, seen_.traits.network_empty);
        if (seen_.address.log_ins < 1) here = std::max(here, stubborn(seen_.others_here));
        if (seen_.address.log_ins >= many) here = std::min(here, 0.0F);
        // Whoever has the right password has not guessed here: somebody else at his address did.
        const bool right = same(seen_.traits.tag);
        if (right) here = std::min(here, 10.0F);
        add(EvidenceKind::address_rate, here, seen_.others_here, seen_.address.log_ins);
        // Nobody fails on account after account where hardly anybody logs in; that most attackers here try
        // once or twice says nothing of one who goes on.
        if (right) return;
        if (seen_.address.log_ins < seen_.roving / 4)
            add(EvidenceKind::many_accounts, clipped(5 * (seen_.roving - 4), 0, 60), seen_.roving);
        const float patient = knock_.has_guess ? stubborn(std::max(seen_.own, seen_.wrong_here))
                                               : clipped(3 * (seen_.own - 8), 0, 40);
        add(EvidenceKind::guesses_here, std::max(state_.shares.own(seen_.traits.own), patient),
            std::max(seen_.own, seen_.wrong_here));
    }
    // Nobody has so many different wrong passwords: known where guesses are shown, and not for shares to
    // learn, in which a few stubborn ones drown among millions that try once.
    [[nodiscard]] float stubborn(float failures) const {
        const float people = differs(seen_.traits.tag) ? 4 : 8;
        if (!knock_.has_guess || failures <= people) return -100;
        return std::min(5 * (failures - people) + 20, 60.0F);
    }

    // A network in which many customers live makes the good name of its AS: that is said once.
    [[nodiscard]] float beyond_region(float network) const {
        return region_ < 0 && network < 0 ? std::min(network - region_, 0.0F) : network;
    }

    // Attackers that visit half the networks of an AS say less by visiting one more there; and a network that
    // they left alone never speaks worse than one that they visited.
    [[nodiscard]] float network_weight() const {
        constexpr float strength = 20;
        const Surroundings& around = state_.shares.network();
        const float everywhere = around.visited();
        const float here = (seen_.visited + strength * everywhere) / (seen_.visited + seen_.clean + strength);
        const float if_visited = decibans(everywhere / here);
        const std::size_t cell = seen_.traits.network;
        const bool implied = seen_.traits.customers_unseen;
        if (is_visited(cell)) return clipped(around.weight(cell, implied) + if_visited, -25, 25);
        const float clean = around.weight(cell, implied) + decibans((1 - everywhere) / (1 - here));
        return clipped(std::min(clean, around.weight(grid_cell(1, log_ins_of(cell)), implied) + if_visited),
                       -25, 25);
    }

    void account() {
        add(EvidenceKind::habit, state_.shares.habit(seen_.level(), seen_.traits.habit), seen_.new_places,
            seen_.account_log_ins);
        if (!differs(seen_.traits.tag) && (!knock_.has_guess || tries_few_guesses()))
            add(EvidenceKind::persistence, state_.shares.returned(seen_.traits.returned),
                static_cast<float>(seen_.refused_before));
        if (same(seen_.traits.tag)) return;  // those who besiege it do not have it
        const auto accounts = static_cast<float>(state_.memory.accounts.size() + 1);
        const float mean = state_.totals.failures / accounts;
        add(EvidenceKind::target, clipped(decibans((seen_.account_failures + 5) / (mean + 5)), 0, 10),
            seen_.account_failures, mean);
    }

    void client() {
        if (knock_.client == 0) {
            add(EvidenceKind::client_rate, state_.shares.shape(seen_.traits.shape));
            return;
        }
        const float kinds = static_cast<float>(state_.memory.clients.size() + 1);
        const float attack = share(seen_.client.failures, state_.clients.failures, kinds);
        if (seen_.familiar_client) {
            add(EvidenceKind::familiar_client,
                clipped(decibans(copied(seen_.imitated, attack) / 0.6F), -15, 0), seen_.client.failures);
            return;
        }
        const float customers = share(seen_.client.log_ins, state_.clients.log_ins, kinds);
        add(EvidenceKind::client_rate, clipped(decibans(attack) - decibans(customers), -10, 25),
            seen_.client.failures, seen_.client.log_ins);
    }

    void lists() {
        for (std::size_t i = 0; i < state_.policy->lists.size() && i < 32; ++i)
            if ((knock_.lists >> i & 1U) != 0)
                add(EvidenceKind::listed,
                    state_.shares.list(i, static_cast<float>(state_.policy->lists[i].weight.value())),
                    static_cast<float>(i));
    }

    // The same wrong password on many accounts. Only counts well above what chance puts into one bucket of
    // the hash. A customer's password is one that was right here before, unless nothing is known of the
    // account or its last ones are: then it may be any.
    void guess() {
        if (!knock_.has_guess || seen_.guess_repeated) return;
        constexpr float background = 3000, narrow = 65536, wide = 16777216;
        const float buckets = knock_.guess < 65536 ? narrow : wide;
        const bool any = seen_.level() >= Level::never || seen_.traits.tag != TagMatch::unknown;
        const float unseen = any ? 0.5F : 0.02F;
        const float others = std::max(0.0F, seen_.guess.failures - (seen_.guess_known ? 1.0F : 0.0F));
        const float attack = (others + background / buckets) / (state_.guesses.failures + background);
        const float customers = (1 - unseen) * (seen_.guess.log_ins + background / buckets) /
                                    (state_.guesses.log_ins + background) +
                                unseen / buckets;
        add(EvidenceKind::shared_guess, clipped(decibans(attack) - decibans(customers), -3, 20), others,
            seen_.guess.log_ins);
    }

    // A customer at a place he knows is never refused for what the neighbours or a list say; only many and
    // different wrong passwords speak against whoever shares the place, where they can be told from his own.
    void forgive() {
        const float sum = static_cast<float>(verdict_.sum.value());
        if (sum > 0) add(EvidenceKind::familiar_network, -sum);
        if (!differs(seen_.traits.tag) || stubborn(seen_.wrong_here) <= 0) return;
        // A new password of his own, which one of his devices goes on with.
        const bool abused = state_.shares.patience_abused();
        if (abused ? with_this_guess() >= 14 && seen_.quarters_repeated >= 8 : with_this_guess() >= 3) return;
        add(EvidenceKind::guesses_here, stubborn(seen_.wrong_here) - std::min(sum, 0.0F), seen_.wrong_here);
    }

    // How often this very guess was refused here before.
    [[nodiscard]] unsigned with_this_guess() const {
        return seen_.guess_repeated && seen_.repeats_refused > 0 ? seen_.repeats_refused + 1 : 0;
    }

    // With this one, where it is another.
    [[nodiscard]] bool tries_few_guesses() const {
        const bool another = knock_.has_guess && !seen_.guess_repeated;
        return seen_.refused_guesses + (another ? 1U : 0U) <= few_guesses;
    }

    // Whoever was refused and comes again like a person (spaced, few different passwords) gets through now
    // and then, or a refusal would seal itself.
    void persistence() {
        const float limit = static_cast<float>(at_.defer.value());
        const float sum = static_cast<float>(verdict_.sum.value());
        // With a password that is not the last one it must be one alone. From a place where others guess too,
        // patience must be longer, unless it is one password alone or has the right tag.
        const bool wrong = differs(seen_.traits.tag);
        const bool alone = seen_.others_here < 2 || seen_.address.log_ins >= many;
        const bool few = wrong ? seen_.refused_guesses <= 1 && seen_.guess_repeated : tries_few_guesses();
        const bool soon = alone || !few || seen_.traits.tag != TagMatch::unknown;
        const unsigned made = few ? seen_.refused_before : with_this_guess();
        const unsigned since = few ? seen_.quarters_refused : seen_.quarters_repeated;
        // People mistype once or twice. After two chances that were wasted the next is an hour away, then
        // two, four, eight.
        const unsigned wasted = seen_.chances_wasted;
        const unsigned pause = wasted < few_guesses ? 0 : 1U << std::min(wasted, 7U);
        const bool like_a_person = state_.shares.patience_abused() || wasted > 0
                                       ? made >= 14 && since >= std::max(8U, 2 * pause)
                                       : made >= (soon ? 3U : 6U) && since >= (soon ? 1U : 4U);
        // Where attackers are not seen to come back after a refusal, whoever does is none of them, unless
        // others are guessed at from the same address.
        constexpr float never_attackers = -12;
        const bool unlike_attackers = !wrong && alone && seen_.quarters_refused >= pause &&
                                      tries_few_guesses() &&
                                      state_.shares.returned(seen_.traits.returned) <= never_attackers;
        if ((like_a_person || unlike_attackers) && sum >= limit)
            add(EvidenceKind::persistence, limit - 0.5F - sum, static_cast<float>(seen_.refused_before));
    }

    void decide() {
        verdict_.threshold = at_.defer;
        if (verdict_.sum >= at_.refuse) {
            verdict_.measure = Measure::refuse;
            if (is_certain()) ban();
        } else if (verdict_.sum >= at_.defer) {
            verdict_.measure = Measure::defer;
        } else if (verdict_.sum >= at_.slow) {
            verdict_.measure = Measure::slow;
            verdict_.delay = std::chrono::seconds(2);
        }
        verdict_.evidence.sort();
    }

    // A ban shuts out whoever is behind the address, unheard: only where the sum is far beyond doubt, it is
    // not the first try from there, and nobody ever logged in from there (a shared place is never banned).
    [[nodiscard]] bool is_certain() const {
        const Decibans far_beyond = at_.refuse + Decibans::of(10);
        constexpr float came_again = 0.5F;  // two refusals, which count 0.3 at most, or one wrong password
        return knock_.address != 0 && verdict_.sum >= far_beyond && seen_.address.failures >= came_again &&
               !is_home(state_.memory, knock_, state_.now(knock_));
    }
    // A quarter of an hour, doubled with each failure that is remembered, up to half a day.
    void ban() {
        verdict_.measure = Measure::ban;
        const auto failures = std::min(static_cast<unsigned>(seen_.address.failures), 6U);
        verdict_.hold = std::min(std::chrono::minutes(15U << failures), std::chrono::minutes(720));
    }

    const State& state_;
    const Knock& knock_;
    const Look& seen_;
    Verdict& verdict_;
    const Thresholds at_;
    float region_ = 0;  // weight of as_rate
};

}  // namespace

float tag_weight(const State& state, const Look& seen) {
    constexpr float differs_at_home = 3;
    if (seen.level() > Level::network) return state.shares.tag(seen.traits.tag);
    return differs(seen.traits.tag) ? differs_at_home : 0;
}

void weigh(const State& state, const Knock& knock, const Look& seen, Verdict& verdict) {
    Weighing(state, knock, seen, verdict).run();
}

}  // namespace tidegate::judge
