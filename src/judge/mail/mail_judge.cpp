#include "judge/mail/mail_judge.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/check.h"
#include "judge/mail/mail_state.h"

namespace tidegate::judge {

MailJudge::MailJudge(std::shared_ptr<const MailPolicy> policy)
    : state_(std::make_unique<MailState>(std::move(policy))) {}
MailJudge::~MailJudge() = default;
MailJudge::MailJudge(MailJudge&&) noexcept = default;
MailJudge& MailJudge::operator=(MailJudge&&) noexcept = default;

Verdict MailJudge::consider(const Event& event) const {
    MailKnock knock = make_mail_knock(event, *state_->policy);
    knock.seconds = std::max(knock.seconds, state_->latest);
    Verdict verdict;
    const MailLook seen = look(*state_, knock);
    verdict.familiar = seen.has_delivered;
    weigh(*state_, knock, seen, event.kind == EventKind::attempt, verdict);
    return verdict;
}

void MailJudge::learn(const Event& event) {
    MailKnock knock = make_mail_knock(event, *state_->policy);
    state_->latest = knock.seconds = std::max(knock.seconds, state_->latest);
    remember(*state_, event, knock);
}

bool MailJudge::is_known_sender(const Address& address) const {
    if (address.is_none()) return false;
    MailKnock knock;
    knock.seconds = state_->latest;
    knock.address = sender_key(address);
    knock.network = sender_network_key(address);
    return look(*state_, knock).has_delivered;
}

bool MailJudge::asks_strangers() const {
    return state_->asks_strangers(state_->latest);
}

void MailJudge::set_posture(Posture posture) {
    state_->posture = posture;
}

void MailJudge::adopt(std::shared_ptr<const MailPolicy> policy) {
    std::array<std::optional<std::size_t>, most_lists> from;
    const auto& before = state_->policy->common->lists;
    const auto& lists = policy->common->lists;
    for (std::size_t i = 0; i < std::min(most_lists, lists.size()); ++i) {
        const auto found = std::ranges::find(before, lists[i].name, &ListPrior::name);
        if (found != before.end()) from[i] = static_cast<std::size_t>(found - before.begin());
    }
    state_->lists.move_lists(from, static_cast<float>(policy->list_prior.value()));
    state_->policy = std::move(policy);
}

MailMemoryUse MailJudge::memory() const {
    const MailMemory& memory = state_->memory;
    return {memory.bytes(), memory.addresses.size(), memory.networks.size(), memory.names.size(),
            memory.asked.size()};
}

}  // namespace tidegate::judge
