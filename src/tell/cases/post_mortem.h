#pragma once
// A post-mortem for customers: its draft, from the record, and a picture of its hours.

#include <string>
#include <string_view>

#include "event/incident.h"
#include "tell/cases/case.h"
#include "tell/cases/rules.h"
#include "tell/zone.h"

namespace tidegate::tell {

/// Stands where a person has to write; a text that still has it is not published.
inline constexpr std::string_view to_be_written = "(to be written)";

/// Markdown: what happened, what customers were told, support's figures, the hours, what was done. Without
/// names of accounts. `incident` is nullptr where the record has none.
[[nodiscard]] std::string post_mortem_draft(const CaseRecord& record, const Incident* incident,
                                            const CaseRules& rules);
/// An SVG document of its own: log-ins and failures by the hour, with what is normal. Empty: no hour is
/// known.
[[nodiscard]] std::string post_mortem_plot(const Incident& incident, const Zone& zone);

}  // namespace tidegate::tell
