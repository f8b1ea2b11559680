#include "tell/weekly/mail.h"

#include <fmt/format.h>

#include "tell/alert/mail_text.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

// "=_" stands in no text that is quoted-printable (RFC 2045 6.7, note).
constexpr std::string_view boundary = "=_tidegate_weekly";

std::string part(std::string_view type, const std::string& text) {
    return fmt::format(
        "--{}\r\nContent-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: "
        "quoted-printable\r\n\r\n{}\r\n",
        boundary, type, quoted_printable(text));
}

}  // namespace

std::string letter_mail(const Letter& letter, const LetterMail& mail) {
    std::string out = fmt::format("Date: {}\r\nFrom: Tidegate <{}>\r\nTo: {}\r\n", mail_date(mail.time),
                                  mail.from, mail_recipients(mail.to));
    out += fmt::format("Subject: {}\r\n", encoded_words(harmless(letter.title)));
    out += fmt::format("Message-ID: <{}@{}>\r\n", mail.id, mail_id_host(mail.host));
    out += fmt::format(
        "Auto-Submitted: auto-generated\r\nX-Tidegate-Report: weekly\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/alternative;\r\n boundary=\"{}\"\r\n\r\n",
        boundary);
    // The last one is what a program that can do both shows.
    out += part("text/plain", letter_text(letter));
    out += part("text/html", letter_html(letter));
    return out + fmt::format("--{}--\r\n", boundary);
}

}  // namespace tidegate::tell
