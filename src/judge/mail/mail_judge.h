#pragma once
// Whether mail on port 25 is let in: judged by who brings it. What is in it is the content filter's business,
// whose word comes back as a mail that the server took or refused, or as one that it should not have taken.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "event/event.h"
#include "event/verdict.h"
#include "judge/mail/mail_policy.h"
#include "judge/posture.h"

namespace tidegate::judge {

struct MailState;

struct MailMemoryUse {
    std::size_t bytes = 0;
    std::size_t addresses = 0, networks = 0, names = 0, asked = 0;  // kept
};

/// Deterministic: same history, same verdicts. Takes its time from the events, never from a clock; does no
/// I/O. Time never runs backwards here.
///
/// It takes the events of port 25 (edge/rules.h, Hooks) and those that logs tell of it: `connect`, with
/// `early` and `ehlo` where known; `attempt` without an outcome, a question; `attempt` with one, a mail that
/// a server took or refused; `reject`. Of what block lists say only Event::lists counts, so `listed` and what
/// a server refused for a list of its own is not learned from; nor is what is our own trouble
/// (Reason::internal, rate, tls).
///
/// Verdicts are pass, defer (450: come again) or refuse (554). At a connection, before anybody brings mail,
/// only the certain is stopped. Who has delivered before is never stopped; who comes again after minutes, as
/// a mail server does, gets through unless much more speaks against him, and after hours unless the sum is as
/// high as refuse_at.
///
/// Thread: one at a time.  Cost: four cache lines an event, no allocation but for an EHLO name beyond 15
/// bytes and when a table grows.  Fails: never.
class MailJudge {
public:
    explicit MailJudge(std::shared_ptr<const MailPolicy> policy);
    ~MailJudge();
    MailJudge(MailJudge&&) noexcept;
    MailJudge& operator=(MailJudge&&) noexcept;

    /// Before: may it pass? Changes nothing.
    [[nodiscard]] Verdict consider(const Event& event) const;
    /// After: what became of it. A question is learned with what it was answered (Event::measure): without
    /// one it was let pass.
    void learn(const Event& event);

    /// Has this address brought mail lately that was mostly taken? That its network delivers much spares it
    /// greylisting, but a bot among mail servers is not served before them: this is not asked of networks.
    /// The same as Verdict::familiar.
    [[nodiscard]] bool is_known_sender(const Address& address) const;
    /// Is nobody of whom nothing is known let in at once? In a storm, or while far more of them come than is
    /// usual here.
    [[nodiscard]] bool asks_strangers() const;

    /// Of the whole installation: what it takes to stop somebody falls with it. Until it is told, calm; no
    /// checkpoint has it.
    void set_posture(Posture posture);
    /// Another policy holds from now on. What was learned of a block list goes with its name; `memory_bytes`
    /// stays what it was.
    void adopt(std::shared_ptr<const MailPolicy> policy);

    [[nodiscard]] MailMemoryUse memory() const;

    /// Appends all that is remembered, so that a judge made from it answers the same (docs/formats.md).
    void save(std::string& out) const;
    /// Fails: not ours, damaged, or of another memory limit. Every number is checked.
    [[nodiscard]] static Result<MailJudge> load(std::string_view bytes,
                                                std::shared_ptr<const MailPolicy> policy);

private:
    std::unique_ptr<MailState> state_;
};

}  // namespace tidegate::judge
