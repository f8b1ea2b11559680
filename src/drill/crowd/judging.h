#pragma once
// The judges as the edge asks them, and who looks on.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "drill/crowd/calls.h"
#include "edge/admission/client_class.h"
#include "edge/recipients_heard.h"
#include "guard/lookout.h"
#include "guard/mail_desk.h"
#include "judge/judge.h"

namespace tidegate::drill {

/// The judge of log-ins, and the desk of those who bring mail. Both see what the edge sees, and are asked and
/// told in the same order as by the daemon. Thread: one at a time.  Cost: that of the judges.  Fails: never.
class Judging {
public:
    explicit Judging(const Scenario& scenario);

    /// What is thought of whoever connects, before he said anything.
    [[nodiscard]] edge::ClientClass class_of(Moment at, const Guest& guest) const;
    struct Opinion {
        Verdict verdict;
        std::optional<edge::ClientClass> known_as;
    };
    /// ... and now that he has spoken.
    [[nodiscard]] Opinion consider(Moment at, const Guest& guest, const Words& words);
    /// What became of it.
    void learn(Moment at, const Guest& guest, const Words& words, const Verdict& verdict, Deserves deserves);
    /// It was sent away for what it said: by consider().
    void stopped(Moment at, const Guest& guest, const Words& words, const Verdict& verdict);
    /// The same as consider() and learn(), long before anybody looked on. In order of time.
    void remember(Moment at, const Guest& guest, const Words& words, Deserves deserves);
    void came(Moment at, const Guest& guest);
    /// A connection to port 25 is over: what came of it, to whom it said its mail was.
    void visited(Moment at, const Guest& guest, VisitEnd end, edge::RecipientsHeard recipients = {});
    void tick(Moment at);

    [[nodiscard]] judge::Posture posture() const { return lookout_.posture(); }
    [[nodiscard]] const std::vector<judge::PostureChange>& postures() const { return postures_; }
    [[nodiscard]] const guard::MailDesk& mail() const { return mail_; }
    [[nodiscard]] const guard::Lookout& lookout() const { return lookout_; }

private:
    [[nodiscard]] Event event_of(Moment at, const Guest& guest, const Words& words) const;
    [[nodiscard]] Verdict judged(const Event& event) const;
    [[nodiscard]] Opinion consider_mail(const Event& event);
    void learn_log_in(const Event& event, Verdict verdict);
    void hear();

    Time start_;
    std::shared_ptr<const judge::Policy> policy_;
    judge::Judge log_ins_;
    guard::MailDesk mail_;
    guard::Lookout lookout_;
    std::vector<judge::PostureChange> postures_;
};

}  // namespace tidegate::drill
