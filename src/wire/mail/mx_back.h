#pragma once
// SMTP as a proxy speaks it to a server that takes other people's mail for us. No I/O.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "event/event.h"
#include "wire/mail/back.h"
#include "wire/mail/smtp_opening.h"
#include "wire/mail/smtp_words.h"

namespace tidegate::wire {

/// After SmtpOpening one command at a time, each answered before the next.
/// Thread: one at a time.  Cost: linear in the bytes.  Fails: `broken` and trouble() says why, for good; a
/// server that speaks unasked is broken too, for its replies would belong to the wrong commands; but for 421,
/// with which it closes, and which is taken for the reply to whatever comes next.
class MxBack {
public:
    MxBack(const BackRules& rules, ForwardedClient client)
        : opening_(rules, std::move(client)), replies_(rules.most_bytes) {}

    enum class Turn : std::uint8_t {
        more,
        start_tls,  // as Back has it
        ready,      // for commands; said once
        reply,      // to what was said last, or 421: code(), bytes()
        broken,
    };
    struct Heard {
        std::size_t used = 0;
        Turn turn = Turn::more;
    };
    [[nodiscard]] Heard hear(std::string_view bytes, std::string& out);
    void secured(std::string& out) { opening_.secured(out); }

    /// `line` is without CR LF. Nothing is being waited for.
    void say(std::string_view line, std::string& out);
    /// After 354: the message was sent, to its end, and a reply will come.
    void ended();

    /// Neither a command nor a message is under way.
    [[nodiscard]] bool is_idle() const { return state_ == State::idle; }
    [[nodiscard]] unsigned code() const { return replies_.code(); }
    /// Whole lines with CR LF.
    [[nodiscard]] std::string_view bytes() const { return replies_.bytes(); }
    /// Why it said no: an unknown recipient by its code (RFC 3463 3.2: X.1.1), all else in Postfix's words.
    [[nodiscard]] Reason refusal() const;
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

private:
    enum class State : std::uint8_t { opening, idle, waiting, content, broken };
    Heard open(std::string_view bytes, std::string& out);
    Turn take_reply();
    Turn fail(std::string why);

    SmtpOpening opening_;
    SmtpReplies replies_;
    State state_ = State::opening;
    bool said_data_ = false;
    std::string trouble_;
};

}  // namespace tidegate::wire
