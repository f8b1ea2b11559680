#pragma once
// The case book as it is kept in the state folder and as programs read it: JSON. docs/cases.md has the
// fields.

#include <string>
#include <string_view>

#include "base/error.h"
#include "event/public_record.h"
#include "tell/cases/case.h"

namespace tidegate::tell {

/// A case (a piece of work) a line, and who wrote it (`version`).
[[nodiscard]] std::string case_state_text(const CaseState& state);
/// Reads case_state_text(). Unknown fields are ignored, missing ones stay as they begin.
/// Fails: no such JSON, a later version, a value of the wrong kind; nothing of it is taken then.
/// Cost: linear, of at most some megabytes.
[[nodiscard]] Result<CaseState> read_case_state(std::string_view text);

[[nodiscard]] std::string service_days_text(const std::vector<PublicService>& services);
[[nodiscard]] Result<std::vector<PublicService>> read_service_days(std::string_view text);

// One JSON object each, without a line end, safe to print.
[[nodiscard]] std::string case_json(const CaseRecord& record);
[[nodiscard]] std::string work_json(const WorkRecord& record);
[[nodiscard]] std::string public_record_json(const PublicRecord& record);

}  // namespace tidegate::tell
