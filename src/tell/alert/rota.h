#pragma once
// Whose turn it is: people in a circle, handed over by the clock of a zone.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace tidegate::tell {

/// Seconds since 1970-01-01 00:00 as a clock on the wall counts them.
using WallTime = std::chrono::local_seconds;

/// Instead of whose turn it is. Where several hold at once, the last of them does.
struct RotaException {
    std::string person;
    WallTime from{}, until{};
};

struct RotaPlan {
    std::string name;
    std::vector<std::string> people;  // at least one; the first has the turn that begins at `first`
    std::string zone;                 // an IANA name that this machine knows
    WallTime first{};                 // a hand-over
    std::chrono::days turn{7};
    std::vector<RotaException> exceptions{};
};

struct Turn {
    std::string person;
    Time from{};                  // of what was asked about on
    std::optional<Time> until{};  // nothing: nobody else comes

    friend bool operator==(const Turn&, const Turn&) = default;
};

/// Hand-overs stay at their time of the day, whatever becomes of the clocks: a turn over their change is an
/// hour shorter or longer. A time that a change leaves out is that change; one that comes twice is the first.
/// Thread: any.  Cost: some looks into the zone's table, and the exceptions.  Fails: never; where the zone's
/// table is gone, UTC.
class Rota {
public:
    explicit Rota(RotaPlan plan);

    [[nodiscard]] const std::string& name() const { return plan_.name; }
    [[nodiscard]] const RotaPlan& plan() const { return plan_; }
    /// The turns from then on, `count` of them or all that there are; no two that follow are the same
    /// person's.
    [[nodiscard]] std::vector<Turn> turns(Time from, std::size_t count) const;
    /// Who has the turn, or the one after it, ...
    [[nodiscard]] std::string person(Time now, std::size_t ahead = 0) const;

private:
    [[nodiscard]] Time moment(WallTime wall) const;
    [[nodiscard]] Time hand_over(std::int64_t number) const {
        return moment(plan_.first + number * plan_.turn);
    }
    [[nodiscard]] std::int64_t number_at(Time time) const;
    [[nodiscard]] const std::string& person_at(Time time) const;
    [[nodiscard]] Time next_edge(Time time) const;

    struct Exception {
        std::string person;
        Time from{}, until{};
    };
    RotaPlan plan_;
    const void* zone_ = nullptr;  // date::time_zone, which lives as long as the program
    std::vector<Exception> exceptions_;
};

/// Whether this machine's table has it.
[[nodiscard]] bool is_zone(const std::string& name);

}  // namespace tidegate::tell
