#pragma once
// Whether a queue is backed up: what waits there, held against what is usual.

#include <cstdint>
#include <optional>

#include "base/time.h"
#include "mail/queue_reading.h"

namespace tidegate::mail {

struct QueueRules {
    std::uint64_t least = 20;  // fewer late messages are nothing
    /// How long the mail server keeps trying before it gives a message back.
    Duration lifetime = std::chrono::hours(24 * 5);

    friend bool operator==(const QueueRules&, const QueueRules&) = default;
};

/// What outlives a restart.
struct QueueMemory {
    std::optional<double> usual_late{};  // messages; nothing: never read
    Duration learned{};                  // over how long `usual_late` was learned
    Time last{};                         // reading
    Time calm{};                         // the last reading with hardly more late mail than usual
    std::optional<Time> since{};         // it is backed up
    Time came_from{};                    // of it: what came before that is older trouble

    friend bool operator==(const QueueMemory&, const QueueMemory&) = default;
};

/// A queue is backed up once two readings one after the other have `late` messages at three times what is
/// usual, and at `least`; it is well once two have less than half of that. Usual is a mean over the past, of
/// which half is forgotten in twelve hours; while it is backed up it learns ten times slower. The very first
/// reading is taken to be usual, as if it had been so for an hour.
///
/// `oldest`: while it is backed up, of what came since shortly before that began (the last reading that was
/// as usual, less the time after which mail is late): what has been undeliverable for days is not what this
/// trouble holds up.
///
/// lost(): a server that has accepted a message keeps it until it is delivered or given back to its sender
/// (RFC 5321 4.5.4.1), and gives it back when its lifetime is over, days later. So while the queue is backed
/// up for less than that, nothing that came since can have run out: none is lost. After that it is not known.
///
/// Takes its time from whoever calls; a clock that is set back is a moment without length.
/// Thread: one at a time.  Cost: some additions.  Fails: never.  Deterministic.
class QueueAccount {
public:
    enum class Turn : std::uint8_t { none, backed_up, well };

    explicit QueueAccount(const QueueMemory& memory = {}) : memory_(memory) {}

    /// For the reading of this moment: `came_from`.
    [[nodiscard]] Time came_from(Time moment, Duration late_after) const;
    /// `came_from`: what the reading was made with.
    Turn take(const QueueFigures& figures, const QueueRules& rules, Time moment, Time came_from);

    [[nodiscard]] bool is_backed_up() const { return memory_.since.has_value(); }
    [[nodiscard]] std::optional<std::uint64_t> lost(const QueueRules& rules, Time moment) const;
    [[nodiscard]] const QueueMemory& memory() const { return memory_; }

private:
    [[nodiscard]] double limit(const QueueRules& rules) const;
    [[nodiscard]] Turn begin(double late, double most, Time moment, Time came_from);
    [[nodiscard]] Turn end(double late, double most, Time moment);
    void learn(double late, Time moment);

    QueueMemory memory_;
    std::optional<Time> above_since_{};  // the reading before was above the limit
    bool was_below_ = false;             // likewise, below half of it
};

}  // namespace tidegate::mail
