#pragma once
// What is asked of the systemd journal, and an entry of it as a line of a log.

#include <systemd/sd-journal.h>

#include <string>

namespace tidegate::observe {

/// Asks for entries of mail programs only: the facilities mail, local6, auth and authpriv, or known programs
/// that use others. A negative errno where that fails.
[[nodiscard]] int ask_for_mail(sd_journal* journal);

/// "TIME HOST PROGRAM[PID]: MESSAGE" with its line end: one line, whatever the message holds. The time is
/// that of its reception; in UTC, with microseconds.
[[nodiscard]] std::string entry_line(sd_journal* journal);

}  // namespace tidegate::observe
