#include "wire/mail/smtp_verbs.h"

#include <algorithm>
#include <array>
#include <utility>

#include "wire/mail/lines.h"

namespace tidegate::wire {

SmtpVerb smtp_verb_named(std::string_view name) {
    using Row = std::pair<std::string_view, SmtpVerb>;
    static constexpr auto rows = std::to_array<Row>(
        {{"EHLO", SmtpVerb::ehlo},        {"HELO", SmtpVerb::helo},    {"STARTTLS", SmtpVerb::starttls},
         {"AUTH", SmtpVerb::auth},        {"NOOP", SmtpVerb::noop},    {"RSET", SmtpVerb::rset},
         {"HELP", SmtpVerb::help},        {"QUIT", SmtpVerb::quit},    {"MAIL", SmtpVerb::mail},
         {"RCPT", SmtpVerb::rcpt},        {"DATA", SmtpVerb::data},    {"BDAT", SmtpVerb::bdat},
         {"BURL", SmtpVerb::bdat},        {"VRFY", SmtpVerb::vrfy},    {"EXPN", SmtpVerb::expn},
         {"ETRN", SmtpVerb::etrn},        {"LHLO", SmtpVerb::foreign}, {"TURN", SmtpVerb::foreign},
         {"ATRN", SmtpVerb::foreign},     {"SEND", SmtpVerb::foreign}, {"SOML", SmtpVerb::foreign},
         {"SAML", SmtpVerb::foreign},     {"VERB", SmtpVerb::foreign}, {"XCLIENT", SmtpVerb::foreign},
         {"XFORWARD", SmtpVerb::foreign}, {"GET", SmtpVerb::web},      {"POST", SmtpVerb::web},
         {"PUT", SmtpVerb::web},          {"HEAD", SmtpVerb::web},     {"OPTIONS", SmtpVerb::web},
         {"CONNECT", SmtpVerb::web},      {"DELETE", SmtpVerb::web}});
    const auto found =
        std::ranges::find_if(rows, [&](const Row& row) { return is_same_word(row.first, name); });
    return found == rows.end() ? SmtpVerb::unknown : found->second;
}

}  // namespace tidegate::wire
