#pragma once
// The beginning of a conversation with an SMTP server on behalf of a client: greeting, EHLO, STARTTLS and
// EHLO again (RFC 3207), XCLIENT with its new greeting (Postfix's XCLIENT_README), and the client's own EHLO
// or HELO, so that checks and Received lines are what they were without a proxy.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/mail/back.h"
#include "wire/mail/smtp_words.h"

namespace tidegate::wire {

/// Goes on until the server waits for the first command that is the client's.
/// Thread: one at a time.  Cost: linear in the bytes; XCLIENT is one command of 512 bytes at most, and what
/// has no room in it is left out, but never the address.  Fails: `broken`, and trouble() says why.
class SmtpOpening {
public:
    SmtpOpening(const BackRules& rules, ForwardedClient client);

    enum class Turn : std::uint8_t {
        more,
        start_tls,  // as Back has it
        ready,
        broken,
    };
    struct Heard {
        std::size_t used = 0;
        Turn turn = Turn::more;
    };
    [[nodiscard]] Heard hear(std::string_view bytes, std::string& out);
    void secured(std::string& out);

    /// Of AUTH, with blanks between them.
    [[nodiscard]] std::string_view mechanisms() const { return mechanisms_; }
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

private:
    enum class State : std::uint8_t {
        greeting,
        ehlo,
        starttls,
        xclient,
        handshake,  // whose turn it is not
        over,
    };
    [[nodiscard]] bool is_listening() const { return state_ <= State::xclient; }
    [[nodiscard]] bool needs_tls() const { return rules_.starttls && !secured_; }
    [[nodiscard]] bool needs_xclient() const { return rules_.forward == Forward::xclient && !forwarded_; }

    Turn take_reply(std::string& out);
    Turn say(State next, std::string_view line, std::string& out);
    Turn say_ehlo(std::string& out);
    Turn say_ehlo_again(std::string& out);
    Turn say_xclient(std::string& out);
    Turn go_on(std::string& out);
    void read_offered();
    Turn fail(std::string why);
    Turn fail_at(std::string_view what);

    BackRules rules_;
    ForwardedClient client_;
    SmtpReplies replies_;
    State state_ = State::greeting;
    bool secured_ = false, forwarded_ = false;
    bool offers_starttls_ = false;
    std::string mechanisms_, trouble_;
    std::optional<std::string> xclient_;  // the attributes that it takes
};

/// The XCLIENT command for one client, without CR LF: those of the `offered` attributes that we know.
[[nodiscard]] std::string xclient_command(const ForwardedClient& client, std::string_view offered);

}  // namespace tidegate::wire
