#pragma once
// Customers who were refused, as far as can be told: who is at home where he was refused, or came again and
// was let in.

#include <cstdint>

#include "base/time.h"
#include "tell/aging_table.h"

namespace tidegate::tell {

inline constexpr std::int64_t refusal_window = 3600;  // seconds within which a customer comes again
inline constexpr std::int64_t refusal_grace = 10;     // let in that fast, he was not refused

/// Remembers clients (a host with an account) that were stopped within the last hour.
/// Thread: one at a time.  Cost: one cache miss; 6 MiB at most.  Fails: never; what it forgets for want of
/// room is not counted when it comes back.
class Refusals {
public:
    /// What is to be added to the counts.
    struct Change {
        int refused = 0, familiar = 0, let_in_later = 0;
        Time first{};  // when the client was stopped first
        std::int64_t wait = 0;
    };

    /// `client` is well spread and not 0.
    Change stopped(std::uint64_t client, Time now, bool familiar);
    Change let_in(std::uint64_t client, Time now);
    [[nodiscard]] std::uint64_t forgotten() const { return table_.forgotten(); }

private:
    struct Entry {
        std::uint64_t key = 0;
        std::uint32_t first = 0;  // 0: let in since
        bool familiar = false;
        [[nodiscard]] bool dead(std::uint32_t now) const { return first + refusal_window < now; }
        [[nodiscard]] bool light() const { return !familiar; }
    };
    [[nodiscard]] std::uint32_t steady(Time now);
    [[nodiscard]] Time moment(std::uint32_t steady) const { return time_of_unix(origin_ + steady); }

    AgingTable<Entry> table_{std::size_t{1} << 18};
    std::int64_t origin_ = 0;
    std::uint32_t last_ = 0;
};

}  // namespace tidegate::tell
