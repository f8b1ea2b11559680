#pragma once
// The binary form of an event, for the journal and the cluster. docs/formats.md has the layout.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "event/batch.h"
#include "event/event.h"

namespace tidegate {

/// Version written. Readers take every version up to it and, of later ones, the fields that they know.
inline constexpr std::uint8_t binary_version = 1;

/// Appends one event: a length, a version and tagged fields, so that fields of later versions are skipped.
void append_binary(const Event& event, std::string& out);

/// Reads the event at the front of `bytes` and removes it from there. Texts live in `batch`. Bytes that are
/// no event (cut short, a length beyond the end, a value out of range) are an error and leave `bytes` as it
/// was.
[[nodiscard]] Result<Event> parse_binary(std::string_view& bytes, EventBatch& batch);

}  // namespace tidegate
