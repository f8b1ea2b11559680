#pragma once
// All that a mail judge is made of, and the two halves of what it does; for this folder alone.

#include <cstdint>
#include <memory>
#include <utility>

#include "event/verdict.h"
#include "judge/mail/list_shares.h"
#include "judge/mail/mail_knock.h"
#include "judge/mail/mail_policy.h"
#include "judge/mail/past.h"
#include "judge/mail/surge.h"
#include "judge/posture.h"

namespace tidegate::judge {

struct MailState {
    explicit MailState(std::shared_ptr<const MailPolicy> given)
        : policy(std::move(given)), memory(policy->memory_bytes) {}

    std::shared_ptr<const MailPolicy> policy;
    MailMemory memory;
    ListShares lists;
    Surge surge;
    std::int64_t latest = 0;  // Unix time
    Posture posture = Posture::calm;

    [[nodiscard]] bool asks_strangers(std::int64_t seconds) const {
        return posture == Posture::storm || surge.is_on(seconds);
    }
};

/// Decibans for coming again: of mail servers nearly all do, of bots one in twenty; for an hour, one in a
/// hundred.
inline constexpr float patience_once = 13, patience_of_an_hour = 20;

/// What the tables say of one knock, faded to its moment.
struct MailLook {
    Past address, network, name;
    bool has_delivered = false;    // itself, and little of it was refused (MailJudge::is_known_sender)
    bool is_known = false;         // the same, or its network vouches for it
    bool is_good_network = false;  // delivers much, and little of it is refused
    float patience = 0;            // decibans, for having come again as mail servers do; 0: has not
    bool was_let_down = false;     // came again, and what it brought then was refused
};
/// Is it asked to come again, and still in time to?
[[nodiscard]] bool is_awaited(const AskedSlot& slot, std::int64_t now);
[[nodiscard]] MailLook look(const MailState& state, const MailKnock& knock);

/// The sum of all that does not hang on having come before, in decibans, added to the verdict piece by piece.
/// `is_question`: somebody brings mail.
void weigh(const MailState& state, const MailKnock& knock, const MailLook& seen, bool is_question,
           Verdict& verdict);

/// The same sum alone: what first contact and coming again have no part in.
[[nodiscard]] float evidence_sum(const MailState& state, const MailKnock& knock, const MailLook& seen);

void remember(MailState& state, const Event& event, const MailKnock& knock);

}  // namespace tidegate::judge
