#pragma once
// How close we are to our own ends, and what time that leaves to a client.

#include <cstddef>
#include <cstdint>

#include "edge/admission/client_class.h"
#include "edge/admission/limit_log.h"

namespace tidegate::edge {

/// What a class may take, when there is room and when there is none.
struct PatienceRange {
    Span calm{}, full{};
};

struct PressureRules {
    /// Where pressure begins, as a part of the sessions that may be held, and of a queue's room.
    double sessions_from = 0.5;
    double queue_from = 0.25;
    /// It follows what rises at once and what falls by half in this time.
    Span relief = std::chrono::seconds(5);
    std::uint32_t listener = 0;  // LimitChange::listener
    /// From accept, or from the last attempt, to the next one.
    ByClass<PatienceRange> log_in{
        {{range(60, 30), range(60, 20), range(60, 10), range(30, 5), range(20, 3)}}};
    /// For one command before the log-in, or of mail from outside. RFC 5321 4.5.3.2 asks for five minutes;
    /// Postfix under stress gives ten seconds (its STRESS_README), and so do we.
    ByClass<PatienceRange> command{
        {{range(300, 30), range(300, 30), range(300, 10), range(60, 5), range(30, 3)}}};

    static constexpr PatienceRange range(int calm_seconds, int full_seconds) {
        return {std::chrono::seconds(calm_seconds), std::chrono::seconds(full_seconds)};
    }
};

struct Load {
    std::size_t sessions = 0, sessions_most = 1;
    double queue = 0;  // Admission::fullness()
};

struct Deadlines {
    Span log_in{}, command{};
};

/// From 0, there is room, to 1, there is none. Deadlines follow it in `steps` even steps, geometrically from
/// calm to full, so that the record can say which one held when.
/// Thread: one at a time, the log's too.  Cost: O(1).  Fails: never.  Owner: `log` outlives it.
class Pressure {
public:
    Pressure(const PressureRules& rules, LimitLog& log);

    /// Every second or so, and whenever it may have jumped.
    void observe(Moment now, const Load& load);
    [[nodiscard]] double level() const { return level_; }
    /// Never longer than at a lower pressure, never shorter than `full`.
    [[nodiscard]] Deadlines deadlines(ClientClass which) const;

    static constexpr unsigned steps = 8;

private:
    void step_to(Moment now, unsigned step);

    PressureRules rules_;
    LimitLog& log_;
    double level_ = 0;
    unsigned step_ = 0;
    Moment observed_{};
    bool begun_ = false;
};

}  // namespace tidegate::edge
