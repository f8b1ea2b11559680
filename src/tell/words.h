#pragma once
// Figures, times and names as people read them, the same in every form of the report.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "event/event.h"
#include "event/verdict.h"
#include "tell/zone.h"

namespace tidegate::tell {

/// "1,234,567".
[[nodiscard]] std::string count(std::uint64_t value);
/// "1 guess", "2 guesses": `many` is the plural.
[[nodiscard]] std::string count(std::uint64_t value, std::string_view one, std::string_view many);
/// An estimate: three significant digits, "298,000".
[[nodiscard]] std::string about(double value);
/// "94.3 %". Never 0 % or 100 % unless exactly so: "<0.01 %", ">99.99 %". "-" where there is no whole.
[[nodiscard]] std::string percent(std::uint64_t part, std::uint64_t of);
/// One decimal where it is below 100: "1.2", "340".
[[nodiscard]] std::string ratio(double value);
/// "+12.0": decibans with sign.
[[nodiscard]] std::string decibans(Decibans value);

/// "Wed 11 Dec 17:05", by the zone's clock.
[[nodiscard]] std::string day_and_time(const Zone& zone, Time time);
/// "2024-12-11 17:05".
[[nodiscard]] std::string full_time(const Zone& zone, Time time);
/// "17:05".
[[nodiscard]] std::string clock_time(const Zone& zone, Time time);
/// "2024-12-11T17:05:41+01:00" (RFC 3339).
[[nodiscard]] std::string exact_time(const Zone& zone, Time time);
/// "Wed 11 Dec 17:05 to 18:20", the day repeated only where it is another.
[[nodiscard]] std::string span(const Zone& zone, Time first, Time last);
/// "40 seconds", "20 minutes", "3.5 hours", "7 days".
[[nodiscard]] std::string length(Duration duration);

/// "IMAP", "submission".
[[nodiscard]] std::string_view words(Service service);
/// "unknown account", "the network's record".
[[nodiscard]] std::string words(EvidenceKind kind);

/// What an attacker wrote, made harmless: control characters become "\x1b", broken UTF-8 and characters that
/// are invisible or turn the direction of writing U+FFFD.
[[nodiscard]] std::string harmless(std::string_view text);
/// As it was, but that broken UTF-8 becomes U+FFFD.
[[nodiscard]] std::string valid_utf8(std::string_view text);
/// For element content and quoted attributes of HTML; harmless as well.
[[nodiscard]] std::string html(std::string_view text);
/// Code points of UTF-8 that is valid.
[[nodiscard]] std::size_t columns_of(std::string_view text);
/// At most so many code points, the last one an ellipsis where something is missing ("~" without `utf8`).
[[nodiscard]] std::string clipped(std::string_view text, std::size_t columns, bool utf8 = true);
/// Whatever is not ASCII becomes '?'.
[[nodiscard]] std::string ascii(std::string_view text);

}  // namespace tidegate::tell
