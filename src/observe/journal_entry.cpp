#include "observe/journal_entry.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/time.h"
#include "wire/log/parser.h"

namespace tidegate::observe {
namespace {

// Mail programs log to the facility mail (2); Cyrus to local6 (22), PAM and saslauthd to auth and authpriv
// (4, 10), the webmails and nginx under their own names.
constexpr std::array facilities{"SYSLOG_FACILITY=2", "SYSLOG_FACILITY=22", "SYSLOG_FACILITY=4",
                                "SYSLOG_FACILITY=10"};
constexpr std::array identifiers{"SYSLOG_IDENTIFIER=dovecot",   "SYSLOG_IDENTIFIER=exim",
                                 "SYSLOG_IDENTIFIER=exim4",     "SYSLOG_IDENTIFIER=nginx",
                                 "SYSLOG_IDENTIFIER=roundcube", "SYSLOG_IDENTIFIER=sogod",
                                 "SYSLOG_IDENTIFIER=saslauthd"};

std::string_view field(sd_journal* journal, const char* name) {
    const void* found = nullptr;
    std::size_t size = 0;
    if (sd_journal_get_data(journal, name, &found, &size) < 0) return {};
    const std::string_view text(static_cast<const char*>(found), size);
    return text.substr(std::min(std::strlen(name) + 1, text.size()));
}

void append_word(std::string_view text, std::string& line) {
    for (const char c : text) line += c == '\n' || c == '\0' || c == ' ' ? '_' : c;
}

}  // namespace

/// sd-journal joins matches of one field by OR and of several by AND: each field is a term of its own.
int ask_for_mail(sd_journal* journal) {
    int state = 0;
    for (const char* match : facilities) state = std::min(state, sd_journal_add_match(journal, match, 0));
    state = std::min(state, sd_journal_add_disjunction(journal));
    for (const char* match : identifiers) state = std::min(state, sd_journal_add_match(journal, match, 0));
    return state;
}

std::string entry_line(sd_journal* journal) {
    std::uint64_t time = 0;
    if (sd_journal_get_realtime_usec(journal, &time) < 0) return "\n";
    std::string line = rfc3339(Time(Duration(static_cast<std::int64_t>(time)))) + ' ';
    append_word(field(journal, "_HOSTNAME"), line);
    line += ' ';
    append_word(field(journal, "SYSLOG_IDENTIFIER"), line);
    line += '[';
    append_word(field(journal, "_PID"), line);
    line += "]: ";
    // A message of several lines must not pass for several entries.
    for (const char c : field(journal, "MESSAGE")) line += c == '\n' ? ' ' : c;
    // Too long by one byte is enough for the parser to count it.
    if (line.size() > wire::max_line_bytes) line.resize(wire::max_line_bytes + 1);
    line += '\n';
    return line;
}

}  // namespace tidegate::observe
