#pragma once
// A line of a log, taken apart as far as all formats share: when, which host, which program, what it said.

#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "event/batch.h"
#include "event/event.h"

namespace tidegate::wire {

/// One line without its end. Views into the line; a value.
struct LogLine {
    Time time{};
    std::string_view host;     // empty where the format has none
    std::string_view program;  // "dovecot", "postfix/smtps/smtpd", "exim"; without [pid] and colon
    std::string_view message;  // what follows "program[pid]: "
    std::uint32_t pid = 0;
    std::uint64_t number = 0;  // in the file, from 1
};

/// What a parser made of a line.
enum class Recognised : std::uint8_t {
    event,    // one event or more were appended
    nothing,  // a line that we know and that says nothing of interest
    unknown,  // a line that no parser knows
};

// Every daemon's parser is a pure function of one line: it reads `line.message`, appends to `out` and keeps
// no state. What a client wrote (account, EHLO name, reason) never passes for an address or for another
// field: the parsers walk the line from its fixed words inwards and take the last closing delimiter that the
// daemon itself wrote. Cost: linear in the line, no allocation but for texts that must be unescaped (into
// `out`'s arena). Fails: never; a line that only looks like ours is `unknown`.
using MessageParser = Recognised (*)(const LogLine& line, EventBatch& out);

Recognised parse_dovecot(const LogLine& line, EventBatch& out);
Recognised parse_postfix(const LogLine& line, EventBatch& out);
Recognised parse_exim(const LogLine& line, EventBatch& out);
Recognised parse_cyrus(const LogLine& line, EventBatch& out);
Recognised parse_courier(const LogLine& line, EventBatch& out);
Recognised parse_sendmail(const LogLine& line, EventBatch& out);
Recognised parse_roundcube(const LogLine& line, EventBatch& out);
Recognised parse_sogo(const LogLine& line, EventBatch& out);
Recognised parse_nginx_mail(const LogLine& line, EventBatch& out);
Recognised parse_pam_unix(const LogLine& line, EventBatch& out);

/// Starts an event of `line` at the end of `out` with the fields that every event of a line has (time, host,
/// line number, program) and returns it for filling in.
Event& begin_event(const LogLine& line, EventBatch& out, EventKind kind, Service service, Layer layer);

}  // namespace tidegate::wire
