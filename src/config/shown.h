#pragma once
// A configuration as people are shown it: every setting, what it is, and what the file says of it.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/tree.h"

namespace tidegate::config {

struct ShownSetting {
    std::string_view name, type, meaning, standard;
    bool is_set = false;               // in the file
    bool is_secret = false;            // its value is not here then
    std::optional<std::string> value;  // as TOML has it
    std::uint64_t line = 0;            // 0: not set
};

struct ShownSection {
    std::string_view name, meaning;
    bool repeats = false;
    std::size_t index = 0;  // of one that repeats
    std::vector<ShownSetting> settings;
};

/// All sections in the order of docs/configuration.md; one that repeats as often as the file has it.
/// Fails: `text` is no TOML.
[[nodiscard]] Result<std::vector<ShownSection>> shown_settings(std::string_view text,
                                                               const std::string& file);

/// A value as TOML writes it, in one line.
[[nodiscard]] std::string toml_text(const Tree& tree);
/// A text in quotes, with escapes (TOML 1.0, basic strings).
[[nodiscard]] std::string toml_text(std::string_view text);

}  // namespace tidegate::config
