#pragma once
// The text form of an event: a JSON object a line, which `tidegate parse` prints and `replay --events` reads.

#include <string>
#include <string_view>

#include "base/error.h"
#include "event/batch.h"
#include "event/event.h"

namespace tidegate {

/// Appends the event as one JSON object without a line end. Fields that say nothing are left out; invalid
/// UTF-8 becomes U+FFFD, control characters are escaped. Order of the fields is fixed. Thread: any.  Cost:
/// linear, no allocation but for `out`'s growth.
void append_text(const Event& event, std::string& out);

/// Reads one line of the text form. Unknown fields are ignored; a field of the wrong type, an unknown name in
/// an enumeration, a bad address or time is an error that names the field and what was expected (no file or
/// line: the caller adds them). Texts live in `batch`. Required: `time`, `event` (default "attempt"), and for
/// an attempt `outcome`.
[[nodiscard]] Result<Event> parse_text(std::string_view line, EventBatch& batch);

}  // namespace tidegate
