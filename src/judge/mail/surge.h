#pragma once
// Are there far more strangers than usual?

#include <cstdint>

namespace tidegate::judge {

/// Counts mails of senders that never delivered anything: a rate of the last minutes against that of the last
/// days. What came in a surge is hardly learned as usual. Takes its time from the events.
/// Thread: one at a time.  Cost: two table look-ups.  Fails: never; a memory younger than six hours, to which
/// everybody is a stranger, sees none.
class Surge {
public:
    void see(std::int64_t seconds);
    [[nodiscard]] bool is_on(std::int64_t seconds) const;

    /// Every member, for checkpoints.
    void each_field(this auto& self, auto&& visit) {
        visit(self.first_);
        visit(self.minute_);
        visit(self.lately_);
        visit(self.usual_);
    }

private:
    void advance(std::int64_t minute);

    std::int64_t first_ = 0;   // Unix time, 0: nothing was seen
    std::int64_t minute_ = 0;  // of the counts
    double lately_ = 0;        // fades by half in ten minutes
    double usual_ = 0;         // ... in a day
};

}  // namespace tidegate::judge
