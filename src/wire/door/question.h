#pragma once
// What every door has in common: mail servers ask before they look up a password, and are answered.
//
// A door is bytes -> Question -> (somebody judges) -> Answer -> bytes. Nothing here does I/O, judges or knows
// the time: whoever asked sets `event.time`.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "event/event.h"

namespace tidegate::wire {

/// What is asked.
enum class Ask : std::uint8_t {
    nothing,  // understood, and there is nothing to judge: a ping, a state of no interest
    before,   // may this attempt go on? The password is not known to be right
    after,    // the password was right: may it go on?
    report,   // what became of an attempt
    reset,    // forget what was held against this account, this address or both
    connect,  // may this client go on? It has named no account
    mail,     // somebody who is logged in (`account`), or a stranger, sends mail
};

/// Somebody else's hash of a password: `bits` of it are worth something.
struct ForeignHash {
    std::uint64_t value = 0;
    unsigned bits = 0;

    friend bool operator==(const ForeignHash&, const ForeignHash&) = default;
};

/// One question. Texts of the event are views into the batch that the parser was given (auth policy, JSON,
/// nginx's account) or into the request's bytes, and no longer than `max_door_text_bytes`.
/// Thread: a value.
struct Question {
    Ask ask = Ask::nothing;
    // Of `before`: the protocol does not say whether the password was checked already (docs/doors.md, "Before
    // and after"). Whoever answers remembers: the same session, account and address a moment ago.
    bool perhaps_after = false;
    bool policy_reject = false;  // of `report`: our own answer refused it, so it says nothing of the password
    bool plain_password = false;  // the mechanism sent a password, so that hashes below are of one
    Event event{};
    // Of the password alone, the same for all accounts: to be hashed again with our own key of the day and
    // put into `event.guess`. Never there for mechanisms that send no password.
    std::optional<ForeignHash> guess{};
    // Of account and password: says "the same password again" within one account, and nothing between two. To
    // be hashed again for `event.tag`. Where `plain_password` is false it may be the same for every password.
    std::optional<ForeignHash> account_guess{};
    unsigned tries = 1;  // in this session, this one included
    // Who a proxy in front says that it speaks for. Only to be believed, by believe_forwarder(), where
    // `event.address` is one of our own forwarders.
    Address forwarded{};
    std::uint16_t forwarded_port = 0;
};

/// The client is whom the forwarder named; nothing changes where it named nobody.
void believe_forwarder(Question& question);

/// Longer texts are cut: no account, session or name that is real is so long.
inline constexpr std::size_t max_door_text_bytes = 512;

/// What becomes of a password that a door sees: what may go into an event. Called at once, never kept.
struct PasswordMarks {
    std::optional<std::uint64_t> guess{};  // Event::guess
    std::optional<std::uint8_t> tag{};     // Event::tag
};
using MarkPassword = std::function<PasswordMarks(std::string_view password, std::string_view account)>;

/// What a door answers.
struct Answer {
    enum class Step : std::uint8_t { go_on, wait, defer, refuse };
    Step step = Step::go_on;
    std::chrono::seconds wait{};  // of `wait`
    std::string_view text{};      // for people: why; empty: each door's own words
    std::string_view code{};      // of the refusal, to be told to the help desk; empty: none
    std::string_view help{};      // where the code can be shown, as the beginning of a URL; empty: none

    [[nodiscard]] bool stops() const { return step >= Step::defer; }
};

/// At most this many bytes of words for people: with everything before it, it fits a line of SMTP (512 bytes,
/// RFC 5321 4.5.3.1.5).
inline constexpr std::size_t max_reply_text_bytes = 240;

/// Appends `text` fit for a line of any mail protocol: control characters are blanks, what is not ASCII is
/// '?', at most `most` bytes. So no text ever ends a line or a reply.
void append_line_text(std::string_view text, std::size_t most, std::string& out);

/// Appends the answer's words, or `otherwise` where it has none, with code and URL: "Too many failures from
/// your network (https://help.example.org/?code=7KQ2M9X)". Always one line.
void append_reason(const Answer& answer, std::string_view otherwise, std::string& out);

/// "1f4b" and the like, in upper or lower case; longer than 64 bits is folded. Nothing for anything else.
[[nodiscard]] std::optional<ForeignHash> foreign_hash(std::string_view hex);

/// The service that a protocol's name stands for, in any of the doors' words: "imap", "pop3", "sieve",
/// "submission". `smtp` is submission: these doors are asked about log-ins, and nobody's mail server logs in.
[[nodiscard]] Service service_of_protocol(std::string_view name);

}  // namespace tidegate::wire
