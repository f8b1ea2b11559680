#pragma once
// The commands of SMTP and its relatives, by name: what each end does with one is its own affair.

#include <cstdint>
#include <string_view>

namespace tidegate::wire {

enum class SmtpVerb : std::uint8_t {
    unknown,
    ehlo,
    helo,
    starttls,
    auth,
    noop,
    rset,
    help,
    quit,
    mail,
    rcpt,
    data,
    bdat,  // and BURL: what follows one of them may be no command
    vrfy,
    expn,
    etrn,
    foreign,  // known, and offered by none of us
    web,      // not our protocol: a browser was made to speak to us
};

/// Regardless of case.
[[nodiscard]] SmtpVerb smtp_verb_named(std::string_view name);

}  // namespace tidegate::wire
