#pragma once
// The judges as the edge asks them, and who looks on.

#include <memory>
#include <vector>

#include "drill/crowd/calls.h"
#include "edge/admission/client_class.h"
#include "guard/lookout.h"
#include "judge/judge.h"

namespace tidegate::drill {

/// One judge for log-ins, and one for those who bring mail, since what either population does says nothing of
/// the other. Both see what the edge sees. Thread: one at a time.  Cost: that of the judge.  Fails: never.
class Judging {
public:
    explicit Judging(const Scenario& scenario);

    /// What is thought of whoever connects, before he said anything.
    [[nodiscard]] edge::ClientClass class_of(Moment at, const Guest& guest) const;
    struct Opinion {
        Verdict verdict;
        edge::ClientClass client_class = edge::ClientClass::fresh;
    };
    /// ... and now that he has spoken.
    [[nodiscard]] Opinion consider(Moment at, const Guest& guest, const Words& words) const;
    /// What became of it.
    void learn(Moment at, const Guest& guest, const Words& words, Verdict verdict, Outcome outcome,
               Reason reason);
    /// The same, long before anybody looked on.
    void remember(Moment at, const Guest& guest, const Words& words, bool wanted);
    void came(Moment at, const Guest& guest);
    void tick(Moment at);

    [[nodiscard]] judge::Posture posture() const { return lookout_.posture(); }
    [[nodiscard]] const std::vector<judge::PostureChange>& postures() const { return postures_; }
    [[nodiscard]] const guard::Lookout& lookout() const { return lookout_; }

private:
    [[nodiscard]] Event event_of(Moment at, const Guest& guest, const Words& words) const;
    [[nodiscard]] judge::Judge& judge_for(Port port) { return port == Port::smtp ? mail_ : log_ins_; }
    [[nodiscard]] const judge::Judge& judge_for(Port port) const {
        return port == Port::smtp ? mail_ : log_ins_;
    }
    [[nodiscard]] Verdict judged(const Event& event, Port port) const;
    void hear();

    Time start_;
    std::shared_ptr<const judge::Policy> policy_;
    judge::Judge log_ins_, mail_;
    guard::Lookout lookout_;
    std::vector<judge::PostureChange> postures_;
};

}  // namespace tidegate::drill
