#pragma once
// Pieces of sentences that the parts of the weekly report share.

#include <cstdint>
#include <string>
#include <string_view>

#include "tell/weekly/week.h"

namespace tidegate::tell {

/// "34 % more than", "3.1 times as many as", "about as many as", "20 % fewer than".
[[nodiscard]] std::string against(double now, double then);
/// "2,104 (5.1 %)" of a whole; without a whole the count alone.
[[nodiscard]] std::string with_share(std::uint64_t part, std::uint64_t of);
/// "Wed 25 Nov".
[[nodiscard]] std::string day_of(const Zone& zone, Time time);
/// A first letter as sentences begin.
[[nodiscard]] std::string capital(std::string text);
/// "a", "a and b", "a, b and 3 more": at most `most` of them.
[[nodiscard]] std::string listed(const std::vector<std::string>& things, std::size_t most);

/// Attempts that were hostile and reached the password database.
[[nodiscard]] constexpr std::uint64_t through(const WeekCounts& counts) {
    return counts.hostile - std::min(counts.stopped, counts.hostile);
}
/// Takeovers of which no change of the password was reported.
[[nodiscard]] std::uint64_t unchanged(const Week& week);
/// Nothing is stopped, as the daemon or the figures say.
[[nodiscard]] bool only_watches(const Week& week);

}  // namespace tidegate::tell
