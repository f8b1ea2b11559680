#include <algorithm>

#include "judge/decay.h"
#include "judge/mail/mail_state.h"

namespace tidegate::judge {
namespace {

// How much a refusal says of who brought the mail. Our own trouble says nothing; what a server's own lists
// say is told by Event::lists; a message that breaks the protocol is mostly an old program's.
float guilt(Reason reason) {
    switch (reason) {
        case Reason::internal:
        case Reason::rate:
        case Reason::tls:
        case Reason::listed:
            return 0;
        case Reason::protocol:
            return 0.3F;
        default:
            return 1;
    }
}

class MailRemembering {
public:
    MailRemembering(MailState& state, const MailKnock& knock) : state_(state), knock_(knock) {}

    void question(bool stopped) {
        const MailLook seen = look(state_, knock_);
        if (seen.address.taken <= 0 && !seen.is_known) state_.surge.see(knock_.seconds);
        if (stopped)
            stop(seen);
        else if (seen.patience > 0)
            state_.memory.pair(knock_.pair).passed = now();
    }

    void connection() {
        if (knock_.early) address().early += 1;
    }

    void taken() {
        address().taken += 1;
        network().taken += 1;
        if (knock_.name != 0) name().taken += 1;
        state_.lists.add(knock_.lists, false, 1, knock_.quarter());
        if (AskedSlot* slot = state_.memory.asked.find(knock_.pair)) {
            slot->passed = now();
            slot->level = 0;
        }
    }

    void unknown_recipient() {
        address().unknown += 1;
        network().unknown += 1;
    }

    void refused(float weight) {
        address().refused += weight;
        network().refused += weight;
        if (knock_.name != 0) spread(weight);
        state_.lists.add(knock_.lists, true, weight, knock_.quarter());
        ask_anew();
    }

private:
    [[nodiscard]] std::uint32_t now() const { return static_cast<std::uint32_t>(knock_.seconds); }
    PastSlot& brought_up(PastSlot& slot) const {
        fade(slot, knock_.quarter());
        return slot;
    }
    PastSlot& address() { return brought_up(state_.memory.address(knock_.address)); }
    PastSlot& network() { return brought_up(state_.memory.network(knock_.network)); }
    PastSlot& name() { return brought_up(state_.memory.name(knock_.name)); }

    // What is stopped has no outcome: it counts as refused with 0.3 of how likely it would have been, and
    // never as more than two mails, or a refusal would be the reason for the next.
    void stop(const MailLook& seen) {
        constexpr float part = 0.3F, even = 15, most = 2;
        PastSlot& slot = address();
        const float likely = probability(evidence_sum(state_, knock_, seen) - even);
        slot.refused = std::max(slot.refused, std::min(slot.refused + part * likely, most));
        AskedSlot& asked = state_.memory.pair(knock_.pair);
        if (!is_awaited(asked, knock_.seconds)) {
            asked.asked = now();
            asked.times = 0;
        }
        asked.times = std::min<std::uint64_t>(asked.times + 1, 255);
    }

    // It came again as a mail server does, and what it brought was refused: next time it waits longer, unless
    // it has delivered, too.
    void ask_anew() {
        constexpr std::uint64_t highest = 100;
        AskedSlot* slot = state_.memory.asked.find(knock_.pair);
        if (slot == nullptr || slot->passed == 0 || address().taken >= 1) return;
        slot->passed = 0;
        slot->asked = now();
        slot->times = 0;
        slot->level = std::min<std::uint64_t>(slot->level + 1, highest);
    }

    void spread(float weight) {
        PastSlot& slot = name();
        const auto place = static_cast<std::uint16_t>(knock_.network | 1U);
        if (slot.place != place) slot.spread += weight;
        slot.place = place;
        slot.refused += weight;
    }

    MailState& state_;
    const MailKnock& knock_;
};

void outcome(MailRemembering& remembering, Reason reason) {
    if (reason == Reason::unknown_recipient) return remembering.unknown_recipient();
    if (const float weight = guilt(reason); weight > 0) remembering.refused(weight);
}

}  // namespace

void remember(MailState& state, const Event& event, const MailKnock& knock) {
    if (knock.address == 0) return;
    MailRemembering remembering(state, knock);
    switch (event.kind) {
        case EventKind::connect:
            return remembering.connection();
        case EventKind::reject:
            return outcome(remembering, event.reason);
        case EventKind::attempt:
            if (event.outcome == Outcome::none)
                return remembering.question(event.measure && is_stopped(*event.measure));
            if (event.outcome == Outcome::success) return remembering.taken();
            if (event.outcome == Outcome::failure) return outcome(remembering, event.reason);
            return;
        default:
            return;
    }
}

}  // namespace tidegate::judge
