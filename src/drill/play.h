#pragma once
// A scenario as it happens: people and bots try to log in, and react to what they are answered.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "drill/scenario.h"
#include "event/event.h"
#include "event/verdict.h"

namespace tidegate::drill {

/// What only the simulator knows of a try. The judge, detection and posture never see it.
struct Truth {
    bool hostile = false;     // an attacker's
    bool right = false;       // the password is right: for an attacker a takeover, if it gets through
    bool familiar = false;    // this account succeeded before from this /24 (/48)
    std::uint16_t group = 0;  // which entry of the scenario's customers, or of its botnets
    std::uint32_t actor = 0;  // person or bot, numbered within all
    std::uint32_t account = 0xffff'ffff;  // index of the account; 0xffff'ffff: it does not exist
    std::uint64_t login =
        0;  // tries of one log-in, or of one guess, share it (retries after a temporary failure)
};

/// One try. `event.outcome` and `event.reason` are what the password database would say; the judge withholds
/// them itself where it stops the try. The event shows only what the chosen sensor sees; its texts live as
/// long as the Play.
struct Try {
    Event event;
    Truth truth;
};

/// Plays a scenario from its first second to its last. Deterministic: same scenario, seed, sensor and
/// answers, same tries. Thread: one at a time.  Cost: below a microsecond a try.  Fails: never (a Scenario is
/// checked when it is read).
class Play {
public:
    Play(const Scenario& scenario, std::uint64_t seed, Sensor sensor);  // scenario outlives it
    ~Play();
    Play(Play&&) noexcept;
    Play& operator=(Play&&) noexcept;

    /// The next tries in order of time, none of which depends on the answer to another of them; empty at the
    /// end. Valid until the next call.
    [[nodiscard]] std::span<const Try> next();
    /// What became of each of them, in the same order; people and bots react. Call before the next next().
    void answer(std::span<const Verdict> verdicts);

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace tidegate::drill
