#pragma once
// What setup and audit have to say: one thing that is wrong, or worth knowing, and what to do about it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::setup {

/// error: we are not asked, or an attack passes unseen. warning: something is lost. note: worth knowing.
enum class Severity : std::uint8_t { note, warning, error };

/// "note", "warning", "error".
[[nodiscard]] std::string_view name(Severity severity);

/// All texts are for people. `file` and `setting` say where; empty where there is nothing to point at.
struct Finding {
    Severity severity = Severity::note;
    std::string what;
    std::string file;
    std::string setting;
    std::string mend;

    /// "SEVERITY: FILE: SETTING: WHAT (MEND)", each part only where there is one; a single line without
    /// control characters, whatever other programs wrote.
    [[nodiscard]] std::string text() const;
};

using Findings = std::vector<Finding>;

/// `text` with control characters replaced, for terminals.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace tidegate::setup
