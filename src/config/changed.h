#pragma once
// A configuration with some settings changed, for trying it: never written over the one that runs.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/tree.h"

namespace tidegate::config {

/// One setting of a section that does not repeat.
struct Change {
    std::string section, setting;
    Tree value;                 // a value or a list of them
    bool is_taken_out = false;  // as if it were not set; `value` counts for nothing then
};
inline constexpr std::size_t most_changes = 32;

/// Whether changes of this section change what a trial comes to.
[[nodiscard]] bool may_be_tried(std::string_view section);

/// {"changes":[{"section","setting","value"}]}: texts, numbers, true or false, lists of these, null.
/// Fails: anything else, a section that a trial does not look at, a setting that does not exist.
[[nodiscard]] Result<std::vector<Change>> read_changes(std::string_view json);
/// As read_changes() reads them; the list alone.
[[nodiscard]] std::string changes_json(const std::vector<Change>& changes);

/// The whole file with these changes, its relative paths made absolute.
/// Fails: it is no TOML, or the changed one is no configuration; says what is wrong.
[[nodiscard]] Result<std::string> changed_text(std::string_view text, const std::string& file,
                                               const std::vector<Change>& changes);

}  // namespace tidegate::config
