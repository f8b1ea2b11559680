#pragma once
// The head of a line: when, which host, which program. What is left is the message, for the program's parser.
//
// | form                        | program     | message begins                                     |
// |-----------------------------|-------------|----------------------------------------------------|
// | syslog (RFC 3164, 3339)     | the tag     | after "tag[pid]: "                                  |
// | RFC 5424                    | APP-NAME    | after the structured data                           |
// | Dovecot's own file          | "dovecot"   | at the service: "imap-login: Info: Login: user=<"  |
// | Exim                        | "exim"      | after the time, the zone and "[pid]"                |
// | nginx error log             | "nginx"     | after the time: "[info] 123#123: *1 client ..."    |
// | Roundcube                   | "roundcube" | after "[21-Mar-2024 19:26:06 +0000]: "             |
// | SOGo                        | "sogod"     | after "sogod [pid]: "                               |
// | TAI64N                      | as syslog   | as syslog; a host is not expected                   |

#include <string_view>

#include "wire/log/frame_time.h"
#include "wire/log/line.h"

namespace tidegate::wire {

/// Fills `line` (but for its number) from a line without its end. False for a line that does not begin with a
/// time; `line.message` is then all of it. Thread: one at a time per reader.  Cost: linear in the head.
/// Fails: never.
bool read_frame(std::string_view text, TimeReader& times, LogLine& line);

}  // namespace tidegate::wire
