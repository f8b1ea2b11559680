#pragma once
// Pieces of JSON (RFC 8259) as everything here writes it: one line, safe to print on a terminal.

#include <string>
#include <string_view>

namespace tidegate {

/// Appends `text` as a JSON string with its quotes. Bytes that are no UTF-8 become U+FFFD, one for each
/// maximal part of a sequence (Unicode 15, 3.9); control characters, DEL and C1 ones too, are escaped.
/// Thread: any.  Cost: linear, no allocation but for `out`'s growth.
void append_json_string(std::string_view text, std::string& out);

/// Appends `,"name":"text"`, or nothing where `text` is empty. `name` needs no escaping.
void append_json_field(std::string_view name, std::string_view text, std::string& out);

/// The same as a text of its own.
[[nodiscard]] std::string json_string(std::string_view text);

}  // namespace tidegate
