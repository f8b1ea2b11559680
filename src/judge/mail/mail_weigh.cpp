// From what is known of a client to a sum in decibans, and from there to a measure. docs/judge.md, "Mail on
// port 25", has the reasons for each figure.

#include <algorithm>
#include <array>
#include <bit>

#include "judge/decay.h"
#include "judge/mail/mail_state.h"
#include "judge/thresholds.h"

namespace tidegate::judge {
namespace {

float odds(float share) {
    return decibans(share / (1 - share));
}

// A share as it was seen, shrunk towards what was believed, which counts as `strength` cases.
float shrunk(float with, float without, float believed, float strength) {
    return (with + strength * believed) / (with + without + strength);
}

// Refusals among the mails of an address; its network's stand in for what is not known of it, and for those
// that of nobody.
constexpr float usual_refused = 0.3F, usual_unknown = 0.05F;
float past_weight(const Past& address, const Past& network) {
    constexpr float network_strength = 8, address_strength = 2, lowest = -25, highest = 20;
    const float around = shrunk(network.refused, network.taken, usual_refused, network_strength);
    const float here = shrunk(address.refused, address.taken, around, address_strength);
    return std::clamp(odds(here) - odds(usual_refused), lowest, highest);
}

// The same of recipients that do not exist. That few of them are unknown is what the deliveries say already.
float harvest_weight(const Past& address, const Past& network) {
    constexpr float network_strength = 40, address_strength = 10, highest = 18;
    const float around = shrunk(network.unknown, network.taken, usual_unknown, network_strength);
    const float here = shrunk(address.unknown, address.taken, around, address_strength);
    return std::clamp(odds(here) - odds(usual_unknown), 0.0F, highest);
}

float early_weight(bool now, float lately) {
    constexpr float at_once = 14, before = 8, once = 0.5F;
    return now ? at_once : lately >= once ? before : 0;
}

float name_weight(EhloKind kind) {
    constexpr std::array<float, ehlo_kinds> weights{0, 0, 6, 7, 9, 9, 12, 17};
    return weights[static_cast<std::size_t>(kind)];
}

// A name is the client's own choice: that others of it were good says nothing, and that they were bad only
// where they are many places', for one place's past is told by its addresses.
float name_past_weight(const Past& name) {
    constexpr float strength = 4, several = 2, highest = 12;
    if (name.spread < several) return 0;
    const float share = shrunk(name.refused, name.taken, usual_refused, strength);
    return std::clamp(odds(share) - odds(usual_refused), 0.0F, highest);
}

class MailWeighing {
public:
    MailWeighing(const MailState& state, const MailKnock& knock, const MailLook& seen, Verdict& verdict)
        : state_(state),
          knock_(knock),
          seen_(seen),
          verdict_(verdict),
          defer_(std::max(Decibans::of(1), state.policy->defer_at + shift())),
          refuse_(std::max(defer_, state.policy->refuse_at)) {
        verdict_.threshold = defer_;
    }

    bool exception() {
        if (knock_.exception < 0) return false;
        const auto& entry = state_.policy->common->exceptions[static_cast<std::size_t>(knock_.exception)];
        const bool allow = entry.effect == Exception::Effect::allow;
        add(EvidenceKind::exception, Decibans::of(allow ? -100 : 100), static_cast<float>(knock_.exception));
        verdict_.measure = allow ? Measure::pass : Measure::refuse;
        return true;
    }

    void evidence() {
        const Past &here = seen_.address, &around = seen_.network, &name = seen_.name;
        add(EvidenceKind::sender_past, past_weight(here, around), here.refused, here.taken);
        add(EvidenceKind::unknown_recipients, harvest_weight(here, around), here.unknown, here.taken);
        add(EvidenceKind::early_talk, early_weight(knock_.early, here.early), knock_.early ? 1.0F : 0.0F);
        // What others of a strange name did is mostly that it is strange.
        constexpr float of_a_name = 18;
        const float kind = name_weight(knock_.ehlo);
        add(EvidenceKind::ehlo_name, kind);
        add(EvidenceKind::ehlo_past, std::min(name_past_weight(name), of_a_name - kind), name.refused,
            name.taken);
        lists();
    }

    // What speaks for a client beyond all evidence, and against one of whom there is none.
    void standing(bool is_question) {
        if (seen_.is_known) return below(defer_, EvidenceKind::known_sender, deliveries());
        if (seen_.is_good_network) below(refuse_, EvidenceKind::known_sender, seen_.network.taken);
        if (verdict_.sum >= refuse_) return;
        if (seen_.patience > 0) below(defer_, EvidenceKind::came_again, 0, Decibans::of(seen_.patience));
        if (is_question && is_stranger() && !has_waited() && state_.asks_strangers(knock_.seconds) &&
            verdict_.sum < defer_)
            add(EvidenceKind::first_contact, difference(defer_, verdict_.sum));
    }

    void decide(bool is_question) {
        if (verdict_.sum >= refuse_) verdict_.measure = Measure::refuse;
        // It has to come with mail to be asked to come again with it.
        else if (verdict_.sum >= defer_ && is_question)
            verdict_.measure = Measure::defer;
    }

private:
    [[nodiscard]] Decibans shift() const {
        if (state_.asks_strangers(knock_.seconds)) return storm_shift;
        return state_.posture == Posture::watch ? Decibans::of(-2) : Decibans();
    }
    [[nodiscard]] bool is_stranger() const {
        constexpr float once = 0.5F;  // a mail within two weeks
        return seen_.address.taken < once;
    }
    // Whose waiting was for nothing, since what it brought was refused, waits for longer.
    [[nodiscard]] bool has_waited() const {
        return seen_.patience >= (seen_.was_let_down ? patience_of_an_hour : patience_once);
    }
    [[nodiscard]] float deliveries() const { return std::max(seen_.address.taken, seen_.network.taken); }

    static Decibans difference(Decibans a, Decibans b) {
        return Decibans::hundredths(a.in_hundredths() - b.in_hundredths());
    }

    void add(EvidenceKind kind, Decibans weight, float count = 0, float of = 0) {
        if (weight == Decibans()) return;
        verdict_.sum += weight;
        verdict_.evidence.add(kind, weight, count, of);
    }
    void add(EvidenceKind kind, float weight, float count = 0, float of = 0) {
        add(kind, Decibans::of(weight), count, of);
    }
    // As near under it as can be, by at most `most`: never lower than a sum that needed no help.
    void below(Decibans limit, EvidenceKind kind, float count, Decibans most = Decibans::of(1000)) {
        if (verdict_.sum < limit) return;
        const Decibans above = difference(verdict_.sum, limit + Decibans::hundredths(-1));
        add(kind, difference({}, std::min(above, most)), count);
    }

    void lists() {
        if (knock_.lists == 0) return;
        const auto prior = static_cast<float>(state_.policy->list_prior.value());
        add(EvidenceKind::listed, state_.lists.together(knock_.lists, prior),
            static_cast<float>(std::countr_zero(knock_.lists)));
    }

    const MailState& state_;
    const MailKnock& knock_;
    const MailLook& seen_;
    Verdict& verdict_;
    const Decibans defer_, refuse_;
};

}  // namespace

void weigh(const MailState& state, const MailKnock& knock, const MailLook& seen, bool is_question,
           Verdict& verdict) {
    MailWeighing weighing(state, knock, seen, verdict);
    if (weighing.exception() || knock.address == 0) return;
    weighing.evidence();
    weighing.standing(is_question);
    weighing.decide(is_question);
    verdict.evidence.sort();
}

float evidence_sum(const MailState& state, const MailKnock& knock, const MailLook& seen) {
    Verdict verdict;
    MailWeighing(state, knock, seen, verdict).evidence();
    return static_cast<float>(verdict.sum.value());
}

}  // namespace tidegate::judge
