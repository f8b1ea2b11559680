#pragma once
// The text of a message on its way: what a client sends from 354 to the dot (RFC 5321 4.1.1.4).
//
// SECURITY: a message ends with CR LF . CR LF, and with nothing else. Servers differ in what CR or LF alone
// mean to them, and who knows two that differ can hide a second message in the first ("SMTP smuggling",
// CVE-2023-51764 to -51766). So such a byte is never passed on: RFC 5321 2.3.8 has none in a message.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tidegate::wire {

/// Cuts one message out of bytes that are given again, with more behind them, until they are used. What is
/// `good`, all pieces put together, has CR and LF only as pairs, and the end only at its end; the dots that
/// double those at the beginning of lines (RFC 5321 4.5.2) are left for the server.
/// Thread: a value.  Cost: two looks at each byte; keeps none, but may leave one unused.  Fails: never.
class MailContent {
public:
    struct Seen {
        std::size_t used = 0;
        std::size_t good = 0;  // of them, from the front: to be passed on as they are
        bool whole = false;    // the end was among them; what is behind it are commands
    };
    [[nodiscard]] Seen next(std::string_view bytes);

    /// CR or LF stood alone somewhere. Nothing is good any more, yet the end is found all the same.
    [[nodiscard]] bool is_spoilt() const { return spoilt_; }

private:
    enum class Place : std::uint8_t { start, dot, within };  // of a line

    std::size_t take_part(std::string_view text);
    bool take_line(std::string_view line);

    Place place_ = Place::start;  // what precedes is DATA's own line
    bool spoilt_ = false;
};

}  // namespace tidegate::wire
