#pragma once
// SMTP on port 25 (RFC 5321) as a proxy speaks it to other people's servers, and to those who play them. No
// I/O, no judgement: bytes to what the client wants, and decisions and a server's replies to bytes.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/mail/front.h"
#include "wire/mail/mx_words.h"
#include "wire/mail/smtp_verbs.h"
#include "wire/mail/smtp_words.h"

namespace tidegate::wire {

/// What a client may do; more ends the session.
struct MxLimits {
    std::size_t line_bytes = 2048;  // with CR LF; as Postfix: RFC 5321's 512, and room for the extensions
    unsigned commands = 5000;       // since a message was taken: a thousand recipients are no offence
    unsigned idle_commands = 100;   // of them, such as bring no mail nearer (NOOP, RSET, EHLO)
    unsigned bad_commands = 10;     // in all
    bool refuse_early = false;      // who spoke over a point where he must wait for us (RFC 2920 3.1)
};

/// Why a command of the client's does not go on.
enum class MxDenial : std::uint8_t {
    defer,      // it was judged
    refuse,     // likewise, for good
    trouble,    // our own, or the servers'
    bare,       // of a message: MailContent::is_spoilt()
    elsewhere,  // of a recipient: its domain's mail is taken at another listener
    reserved,   // of a recipient: this listener is for other domains
};

/// One client. Each command that needs others is handed out and must be answered before the next is heard, so
/// that client and server are always at the same one.
///
/// PIPELINING may be offered, for replies come in the commands' order; a client that sends more behind a
/// command that must be the last of its group is marked: no mail server does so. VRFY, EXPN and ETRN are not
/// offered (they tell who has a mailbox), nor AUTH (there is another port for it), nor CHUNKING: in BDAT CR
/// and LF may stand alone, so what MailContent guards could not be kept, and no sender needs it. Of the
/// servers' capabilities only those are repeated that are known to change nothing but the parameters of MAIL
/// and RCPT.
///
/// Thread: one at a time.  Cost: linear in the bytes.  Fails: never; what nobody understands is answered as
/// RFC 5321 says, what is beyond the limits says goodbye.
class MxFront {
public:
    enum class Turn : std::uint8_t {
        more,       // goes on when more bytes come
        early,      // somebody spoke before he was greeted; said once, nothing is used
        start_tls,  // as Front has it
        hello,      // hello_name(); go_on() or bye(). What a server knew of the client is void
        mail,       // line() is for a server: reply() or deny()
        rcpt,       // likewise
        data,       // likewise; after 354 what comes is the message's, till reply() or deny()
        reset,      // the transaction under way is given up; go_on()
        close,      // the reply goes out, then the connection is closed
    };
    struct Heard {
        std::size_t used = 0;
        Turn turn = Turn::more;
    };

    /// Of `offer` AUTH's part is not looked at.
    MxFront(const FrontOffer& offer, const MxLimits& limits);

    /// A first line, after which no mail server talks yet: RFC 5321 4.2.1 has more to come.
    void tease(std::string& out);
    void greet(std::string& out);
    [[nodiscard]] Heard hear(std::string_view bytes, std::string& out);
    void secured();

    [[nodiscard]] std::string_view hello_name() const { return hello_name_; }
    [[nodiscard]] bool is_extended() const { return extended_; }
    /// Without CR LF, and without any CR or LF or other control character but tabs.
    [[nodiscard]] std::string_view line() const { return line_; }
    /// Spoke before the greeting, or over a point where one must wait.
    [[nodiscard]] bool was_early() const { return early_; }
    /// After Turn::close: for what the client did, and not because it said goodbye.
    [[nodiscard]] bool is_at_fault() const { return at_fault_; }

    void go_on(std::string& out);
    /// A server's: `bytes` are whole lines with CR LF. Turn::close after 421, for it closes and so do we; and
    /// after a no to DATA behind which more had come: a message must not be heard as commands.
    Turn reply(unsigned code, std::string_view bytes, std::string& out);
    /// `text`: one line for people; may be empty. Turn::close likewise.
    Turn deny(MxDenial why, std::string_view text, std::string& out);
    /// We close.
    void bye(const MxWords& words, std::string_view text, std::string& out);

    /// Whether 354 was said and the message is not answered.
    [[nodiscard]] bool is_in_content() const { return state_ == State::content; }
    [[nodiscard]] bool is_amid_line() const { return lines_.is_amid_line(); }
    /// Whether a command or a mail is under way.
    [[nodiscard]] bool is_amid_command() const;

private:
    enum class State : std::uint8_t {
        silent,  // not greeted
        command,
        handshake,
        hello,  // and the others of whom the caller knows
        mail,
        rcpt,
        data,
        content,
        reset,
        over,
    };

    Turn take_line(const SmtpLines::Cut& cut, bool is_last, std::string& out);
    Turn obey(const SmtpCommand& command, SmtpVerb verb, std::string& out);
    Turn obey_mail(const SmtpCommand& command, SmtpVerb verb, std::string& out);
    Turn answer(const MxWords& words, std::string& out);
    Turn idle(const MxWords& words, std::string& out);
    Turn refuse(const MxWords& words, std::string& out);
    Turn leave(const MxWords& words, std::string& out);
    Turn hand_out(State state, Turn turn);

    Turn hello(std::string_view words, bool extended, std::string& out);
    Turn starttls(std::string_view words, std::string& out);
    Turn mail(std::string_view words, std::string& out);
    Turn rcpt(std::string_view words, std::string& out);
    Turn data(std::string_view words, std::string& out);
    Turn reset(std::string& out);
    Turn fail_mail(const MxWords& otherwise, std::string& out);
    void note_early(SmtpVerb verb, bool is_last);
    void append_offer(std::string& out) const;
    void end_mail();

    FrontOffer offer_;
    MxLimits limits_;
    SmtpLines lines_;
    State state_ = State::silent;
    bool tls_ = false, extended_ = false, early_ = false, pipelining_ = false;
    bool at_fault_ = false;
    bool ahead_ = false;  // more was there behind DATA
    std::string hello_name_, line_;
    bool mail_ = false;  // a server has taken MAIL
    unsigned recipients_ = 0;
    // What goes on about a mail that was put off already: its other commands must not seem to be the client's
    // fault.
    std::optional<MxWords> put_off_;
    unsigned heard_ = 0, idle_ = 0, bad_ = 0;
};

}  // namespace tidegate::wire
