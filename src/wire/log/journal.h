#pragma once
// systemd's journal: the lines of `journalctl -o json`. (Its export format is declared in parser.h.)

#include <string_view>

#include "event/batch.h"
#include "wire/log/line.h"

namespace tidegate::wire {

/// Reads one entry: __REALTIME_TIMESTAMP (microseconds), _HOSTNAME, SYSLOG_IDENTIFIER (else _COMM), _PID
/// (else SYSLOG_PID) and MESSAGE, which journalctl writes as a string, as an array of bytes where it is no
/// UTF-8, as an array of strings where the field came twice (the first counts), and as null where it is too
/// long (then the message is empty). `out.number` is left alone. Texts live in `json`, or in `arena` where
/// they had to be unescaped. Thread: any.  Cost: linear, whatever is nested inside.  Fails: false where
/// `json` is no object or has no MESSAGE.
[[nodiscard]] bool journal_json_to_line(std::string_view json, EventBatch& arena, LogLine& out);

}  // namespace tidegate::wire
