#include "guard/mail_desk.h"

#include <utility>

#include "judge/mail/ehlo_name.h"

namespace tidegate::guard {

MailDesk::MailDesk(judge::MailPolicy policy)
    : policy_(std::make_shared<const judge::MailPolicy>(std::move(policy))), judge_(policy_) {}

Answer MailDesk::consider(const Event& event, Stance stance) {
    const std::scoped_lock lock(mutex_);
    judge_.set_posture(stance.posture);
    Answer answer{.verdict = judge_.consider(event), .acts = stance.acts, .code = {}};
    note(event, answer);
    Event answered = event;
    answered.measure = answer.acts ? answer.verdict.measure : Measure::pass;
    judge_.learn(answered);
    return answer;
}

void MailDesk::note(const Event& event, const Answer& answer) {
    ++counts_.questions;
    const Measure measure = answer.verdict.measure;
    if (!is_stopped(measure)) return;
    stops_.add(event, answer.verdict, answer.acts);
    if (!answer.acts)
        ++counts_.would_stop;
    else
        ++(measure == Measure::defer ? counts_.deferred : counts_.refused);
}

std::optional<MailStop> MailDesk::learn(const Event& event) {
    const std::scoped_lock lock(mutex_);
    if (event.outcome == Outcome::success) ++counts_.taken;
    if (event.outcome == Outcome::failure && event.reason != Reason::internal) ++counts_.turned_down;
    judge_.learn(event);
    const MailStop* stop = event.outcome == Outcome::success ? stops_.of_session(event.session) : nullptr;
    return stop == nullptr || stop->acts ? std::nullopt : std::optional(*stop);
}

Verdict MailDesk::look(const Event& event, judge::Posture posture) {
    const std::scoped_lock lock(mutex_);
    judge_.set_posture(posture);
    return judge_.consider(event);
}

std::vector<MailStop> MailDesk::stops_of(const Address& address, Time since) const {
    const std::scoped_lock lock(mutex_);
    return stops_.of_address(address, since);
}

bool MailDesk::is_known_sender(const Address& address) const {
    const std::scoped_lock lock(mutex_);
    return judge_.is_known_sender(address);
}

// Of connections first contact is not asked, and only the certain is stopped: the sum says it.
bool MailDesk::doubts(const Event& event) const {
    const std::scoped_lock lock(mutex_);
    const Verdict verdict = judge_.consider(event);
    return verdict.sum >= verdict.threshold;
}

void MailDesk::adopt(const std::shared_ptr<const judge::Policy>& common) {
    const std::scoped_lock lock(mutex_);
    if (policy_->common == common) return;
    judge::MailPolicy policy = *policy_;
    policy.common = common;
    follow(std::move(policy));
}

void MailDesk::name_ourselves(std::vector<std::string> names) {
    for (std::string& each : names) each = judge::folded_name(each);
    const std::scoped_lock lock(mutex_);
    judge::MailPolicy policy = *policy_;
    policy.own_names = std::move(names);
    follow(std::move(policy));
}

void MailDesk::follow(judge::MailPolicy policy) {
    policy_ = std::make_shared<const judge::MailPolicy>(std::move(policy));
    judge_.adopt(policy_);
}

MailCounts MailDesk::counts() const {
    const std::scoped_lock lock(mutex_);
    return counts_;
}

judge::MailMemoryUse MailDesk::memory() const {
    const std::scoped_lock lock(mutex_);
    return judge_.memory();
}

void MailDesk::save(std::string& out) const {
    const std::scoped_lock lock(mutex_);
    judge_.save(out);
}

Result<void> MailDesk::restore(std::string_view bytes) {
    const std::scoped_lock lock(mutex_);
    auto loaded = judge::MailJudge::load(bytes, policy_);
    if (!loaded) return std::unexpected(std::move(loaded.error()));
    judge_ = std::move(*loaded);
    return {};
}

}  // namespace tidegate::guard
