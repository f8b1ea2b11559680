#include "wire/mail/refusals.h"

#include <algorithm>
#include <array>
#include <span>

#include "wire/log/scan.h"
#include "wire/mail/imap_words.h"
#include "wire/mail/lines.h"

namespace tidegate::wire {
namespace {

struct Row {
    std::string_view code;
    Refusal means;
};

// What proxies alone are told (TLS is wanted, on the way from us) is temporary: the client has TLS, or not,
// to us.
constexpr auto imap_rows = std::to_array<Row>({{"AUTHENTICATIONFAILED", {Reason::bad_password, false}},
                                               {"AUTHORIZATIONFAILED", {Reason::other, false}},
                                               {"EXPIRED", {Reason::disabled, false}},
                                               {"CONTACTADMIN", {Reason::disabled, false}},
                                               {"NOPERM", {Reason::disabled, false}},
                                               {"CANNOT", {Reason::other, false}},
                                               {"PRIVACYREQUIRED", {Reason::tls, true}},
                                               {"LIMIT", {Reason::rate, true}},
                                               {"UNAVAILABLE", {Reason::internal, true}},
                                               {"SERVERBUG", {Reason::internal, true}},
                                               {"INUSE", {Reason::internal, true}},
                                               {"CORRUPTION", {Reason::internal, true}}});

// The mailbox is locked or was fetched a moment ago: the password was right. AUTH is the password's; an
// account that is disabled has no code of its own.
constexpr auto pop3_rows = std::to_array<Row>({{"SYS/TEMP", {Reason::internal, true}},
                                               {"SYS/PERM", {Reason::internal, true}},
                                               {"IN-USE", {Reason::internal, true}},
                                               {"LOGIN-DELAY", {Reason::rate, true}}});

constexpr auto sieve_rows = std::to_array<Row>({{"TRYLATER", {Reason::internal, true}},
                                                {"ENCRYPT-NEEDED", {Reason::tls, true}},
                                                {"TRANSITION-NEEDED", {Reason::disabled, false}},
                                                {"AUTH-TOO-WEAK", {Reason::other, false}}});

Refusal find_row(std::span<const Row> rows, std::string_view code) {
    const auto found =
        std::ranges::find_if(rows, [code](const Row& row) { return is_same_word(row.code, code); });
    return found == rows.end() ? Refusal{} : found->means;
}

}  // namespace

Refusal imap_refusal(std::string_view text) {
    return find_row(imap_rows, Scan(response_code(text)).until_or_rest(' '));
}

Refusal pop3_refusal(std::string_view text) {
    const std::string_view code = response_code(text);
    // RFC 3206 3: codes have a hierarchy, of which what is below may be new.
    return begins_with_word(code, "SYS/") ? pop3_rows.front().means : find_row(pop3_rows, code);
}

Refusal sieve_refusal(std::string_view code) {
    return find_row(sieve_rows, code);
}

// Those about the command or the way it was sent are not about whoever logs in. 525 and 5.7.13 are of the
// registry that RFC 5248 began.
Refusal smtp_refusal(unsigned code, std::string_view enhanced) {
    constexpr std::array<unsigned, 6> of_command{500, 501, 502, 503, 504, 534};
    if (code == 530 || code == 538) return {Reason::tls, true};
    if (code == 432) return {Reason::disabled, true};
    if (code < 500) return {Reason::internal, true};
    if (std::ranges::find(of_command, code) != of_command.end()) return {Reason::other, true};
    if (code == 525 || enhanced == "5.7.13") return {Reason::disabled, false};
    return {code == 535 || enhanced == "5.7.8" ? Reason::bad_password : Reason::other, false};
}

}  // namespace tidegate::wire
