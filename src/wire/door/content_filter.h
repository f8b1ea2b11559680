#pragma once
// What a content filter says of mail that a server has taken: Rspamd's word, for the judge of mail.

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "event/event.h"

namespace tidegate::wire {

/// Rspamd lists every symbol, and headers that a stranger wrote.
inline constexpr std::size_t max_content_bytes = 64 * 1024;

/// Reads what Rspamd's metadata exporter posts with its formatter `json`: of its fields `ip`, `user` and
/// `action`. The event says that mail of this client was taken and is not wanted (EventKind::reject, port
/// 25, no texts); time and place are the caller's to set. Nothing: not to be held against anybody: mail that
/// is wanted; that was refused or put off, which who brought it was told in the session; of somebody who is
/// logged in; that came from no address.
/// Thread: any.  Cost: one pass.
/// Fails: no object, too long, `ip` or `action` missing, of a wrong type or twice; the error names the field
/// and the mend.
[[nodiscard]] Result<std::optional<Event>> read_content_word(std::string_view body);

}  // namespace tidegate::wire
