#pragma once
// The weekly report as a mail.

#include <string>
#include <vector>

#include "tell/alert/route.h"
#include "tell/weekly/letter.h"

namespace tidegate::tell {

/// What a mail says beside the report.
struct LetterMail {
    std::string from{};  // both as MailTarget has them
    std::vector<std::string> to{};
    std::string id{};    // without host: letters, digits, '.' and '-'
    std::string host{};  // who sends, right of the id's @
    Time time{};
};

/// RFC 5322 with text and HTML as alternatives (RFC 2046 5.1.4), both quoted-printable: ASCII, CRLF, no line
/// above 78 characters but for addresses and the Message-ID. Whatever the letter holds, it adds no header.
/// Thread: any.  Fails: never.
[[nodiscard]] std::string letter_mail(const Letter& letter, const LetterMail& mail);

}  // namespace tidegate::tell
