#pragma once
// The live judge of mail on port 25: where the edge asks, and tells what became of it.

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/error.h"
#include "event/event.h"
#include "guard/desk.h"
#include "guard/mail_stops.h"
#include "judge/mail/mail_judge.h"
#include "judge/mail/mail_policy.h"
#include "judge/policy.h"
#include "judge/posture.h"

namespace tidegate::guard {

/// Counted since the start.
struct MailCounts {
    std::uint64_t questions = 0;
    std::uint64_t deferred = 0;     // asked to come again
    std::uint64_t refused = 0;      // ... not to
    std::uint64_t would_stop = 0;   // that watch mode let pass
    std::uint64_t taken = 0;        // mails that servers took
    std::uint64_t turned_down = 0;  // mails and recipients that servers refused, but for trouble of their own
};

/// What the log-ins' desk says of itself, and goes for mail too.
struct Stance {
    bool acts = false;
    judge::Posture posture = judge::Posture::calm;
};

/// One mail judge for many threads. It begins empty, unless restore() gives it what save() took: until it
/// has seen deliveries again it knows no sender, and in a storm asks everybody to come again once.
/// Thread: any.  Cost: one lock and the judge's own time (a microsecond or so).  Fails: never, but restore().
class MailDesk {
public:
    explicit MailDesk(judge::MailPolicy policy = {});

    /// A client has come, named itself, or brings mail: an event of the edge (edge/rules.h, Hooks), with its
    /// place (lists, AS) looked up. What is answered is learned here. No code: there is nobody to show one.
    [[nodiscard]] Answer consider(const Event& event, Stance stance);
    /// What became of what was let in. In watch mode: that a server took the mail of a session that acting
    /// would have stopped.
    std::optional<MailStop> learn(const Event& event);
    /// What would be answered; nothing is counted, learned or remembered.
    [[nodiscard]] Verdict look(const Event& event, judge::Posture posture);
    /// The sessions of a client that were stopped, or would have been, since then: latest first, at most 16.
    [[nodiscard]] std::vector<MailStop> stops_of(const Address& address, Time since) const;
    [[nodiscard]] bool is_known_sender(const Address& address) const;
    /// Would this client be asked to come again for what is known of it, were it to bring mail now? That
    /// nothing is known is no doubt. `event`: a connection's. Learns nothing.
    [[nodiscard]] bool doubts(const Event& event) const;

    /// Exceptions, forwarders and lists that hold from now on. The same again costs a comparison.
    void adopt(const std::shared_ptr<const judge::Policy>& common);
    /// What only we are called, in any case.
    void name_ourselves(std::vector<std::string> names);

    [[nodiscard]] MailCounts counts() const;
    [[nodiscard]] judge::MailMemoryUse memory() const;

    /// Appends what it knows.
    void save(std::string& out) const;
    /// Knows what was saved, and nothing else. Fails: not readable; then it stays as it is.
    Result<void> restore(std::string_view bytes);

private:
    void follow(judge::MailPolicy policy);
    void note(const Event& event, const Answer& answer);

    mutable std::mutex mutex_;  // guards all below
    std::shared_ptr<const judge::MailPolicy> policy_;
    judge::MailJudge judge_;
    MailCounts counts_;
    MailStops stops_;
};

}  // namespace tidegate::guard
