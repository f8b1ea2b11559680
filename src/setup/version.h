#pragma once
// Versions of mail servers: three numbers are enough to know which settings there are.

#include <compare>
#include <string>
#include <string_view>

namespace tidegate::setup {

/// A value; 0.0.0 is "unknown".
struct Version {
    unsigned major = 0, minor = 0, patch = 0;

    /// The numbers at the front of "2.3.19.1 (9b53102964)" or "3.7.11"; unknown where there are none.
    [[nodiscard]] static Version parse(std::string_view text);
    [[nodiscard]] bool is_known() const { return major != 0 || minor != 0 || patch != 0; }
    [[nodiscard]] std::string text() const;

    friend auto operator<=>(const Version&, const Version&) = default;
};

}  // namespace tidegate::setup
