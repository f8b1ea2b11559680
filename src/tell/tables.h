#pragma once
// The tables of the page. Everything given is escaped.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tell/report.h"

namespace tidegate::tell {

/// A bar as long as the share.
[[nodiscard]] std::string bar(std::uint64_t part, std::uint64_t of, std::string_view css = {});

/// Shares are of `all` hostile attempts.
[[nodiscard]] std::string network_table(std::string_view caption, const std::vector<Network>& networks,
                                        std::uint64_t all);
[[nodiscard]] std::string as_table(const std::vector<AutonomousSystem>& list, std::uint64_t all);
[[nodiscard]] std::string target_table(const std::vector<Target>& targets, std::uint64_t all, bool names);
/// The first `most` of them; addresses only with names.
[[nodiscard]] std::string login_table(const Report& report, std::string_view caption,
                                      const std::vector<Login>& logins, std::size_t most, bool names);
[[nodiscard]] std::string defence_table(const Report& report);
[[nodiscard]] std::string day_table(const Report& report);

}  // namespace tidegate::tell
