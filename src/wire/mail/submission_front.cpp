// Submission (RFC 6409) until the client is logged in: RFC 5321's commands, STARTTLS (RFC 3207), AUTH
// (RFC 4954).
//
// SECURITY: what came behind STARTTLS in the clear is thrown away. What came behind AUTH is not looked at
// before AUTH is answered, though RFC 4954 4 has nothing come there: after a yes it is the server's, after a
// no the next command. So each byte has one reader, and since only CR LF ends a line, the server begins where
// we ended; nothing can be hidden between the two. Refusing such clients instead would depend on how the
// network cut their bytes.
//
// Limits: a command has 512 bytes, one of AUTH's lines as many as a response may have; FrontLimits has the
// number of lines and of those that were no good.

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "wire/mail/front.h"
#include "wire/mail/lines.h"
#include "wire/mail/sasl.h"
#include "wire/mail/sasl_opening.h"
#include "wire/mail/smtp_verbs.h"
#include "wire/mail/smtp_words.h"

namespace tidegate::wire {
namespace {

struct Words {
    std::string_view code, text;
};
constexpr Words line_too_long{"500 5.5.2", "Line too long"};
constexpr Words exchange_too_long{"500 5.5.6", "Authentication exchange line is too long"};  // RFC 4954 6
constexpr Words bad_line{"500 5.5.2", "Syntax error"};
constexpr Words bad_ends{"500 5.5.2", "Lines end with CR LF"};
constexpr Words no_parameters{"501 5.5.4", "No parameters here"};
constexpr Words out_of_order{"503 5.5.1", "EHLO comes first"};

/// RFC 4954 6, RFC 5248.
Words words_of(Denial why) {
    switch (why) {
        case Denial::wrong:
            return {"535 5.7.8", "Authentication credentials invalid"};
        case Denial::unavailable:
            return {"454 4.7.0", "Temporary authentication failure"};
        case Denial::insecure:
            return {"538 5.7.11", "Encryption required for requested authentication mechanism"};
        case Denial::unsupported:
            return {"504 5.5.4", "Unrecognized authentication type"};
        case Denial::malformed:
            return {"501 5.5.2", "Cannot read that response"};
        case Denial::cancelled:
            return {"501 5.7.0", "Authentication cancelled"};
    }
    CHECK(false);
}

// What we say ourselves, and what is between a server and us.
bool is_kept_back(std::string_view capability) {
    constexpr std::string_view names = "STARTTLS AUTH XCLIENT XFORWARD";
    const auto keyword = capability.substr(0, capability.find_first_of(" ="));
    return keyword.empty() || has_word(names, keyword);
}

class SubmissionFront final : public Front {
public:
    SubmissionFront(const FrontOffer& offer, const FrontLimits& limits)
        : offer_(offer), limits_(limits), opening_(limits.literal_bytes) {
        std::erase_if(offer_.capabilities, is_kept_back);
    }

    void greet(std::string& out) override { append_smtp_reply("220", offer_.host + " ESMTP ready", out); }
    Heard hear(std::string_view bytes, std::string& out) override;
    void secured() override;

    Login& login() override { return opening_.login(); }
    const Secret& response() const override { return response_; }

    void challenge(std::string_view text, std::string& out) override;
    void reply(const ServerReply& reply, std::string& out) override;
    void deny(Denial why, std::string_view text, std::string& out) override;
    void bye(std::string_view text, std::string& out) override;

    bool is_amid_command() const override;
    std::string_view client_words() const override { return helo_name_; }

private:
    enum class State : std::uint8_t {
        command,
        handshake,
        opening,   // the client answers a question of ours
        response,  // or the server's
        deciding,  // the caller
        logged_in,
        over,
    };

    bool is_in_exchange() const { return state_ == State::opening || state_ == State::response; }
    bool may_bare_secrets() const { return tls_ || offer_.plain_without_tls; }
    std::size_t most_line_bytes(std::string_view bytes) const;

    Turn take_line(const SmtpLines::Cut& cut, std::string& out);
    Turn take_command(const SmtpLines::Cut& cut, std::string& out);
    Turn obey(const SmtpCommand& command, std::string& out);
    Turn answer(Words words, std::string& out);
    Turn refuse(Words words, std::string& out);
    Turn leave(std::string_view code, std::string_view text, std::string& out);

    Turn ehlo(std::string_view words, bool extended, std::string& out);
    void append_offer(std::string& out) const;
    Turn starttls(std::string_view words, std::string& out);
    Turn refuse_mail(std::string& out);

    Turn auth(std::string_view words, std::string& out);
    Turn go_on(SaslOpening::Step step, std::string& out);
    Turn ask(State state, std::string_view question, std::string& out);
    Turn take_exchange_line(const SmtpLines::Cut& cut, std::string& out);
    Turn respond(std::string_view base64);
    Turn give_up(Words words, std::string& out);
    void end_exchange();

    FrontOffer offer_;
    FrontLimits limits_;
    SmtpLines lines_;
    State state_ = State::command;
    bool tls_ = false;
    bool extended_ = false;  // EHLO was said
    std::string helo_name_;
    unsigned lines_heard_ = 0, bad_lines_ = 0;

    SaslOpening opening_;
    Secret response_;
    std::optional<Words> given_up_;  // why we cancelled the server's exchange
};

bool SubmissionFront::is_amid_command() const {
    return is_in_exchange() || state_ == State::deciding || lines_.is_amid_line();
}

std::size_t SubmissionFront::most_line_bytes(std::string_view bytes) const {
    const bool is_auth = is_in_exchange() || is_same_word(bytes.substr(0, 5), "AUTH ");
    return is_auth ? limits_.response_bytes : std::min(limits_.line_bytes, most_command_bytes);
}

Front::Heard SubmissionFront::hear(std::string_view bytes, std::string& out) {
    Heard heard;
    if (state_ == State::handshake || state_ == State::over) return {.used = bytes.size()};
    while (heard.turn == Turn::more && state_ != State::deciding && state_ != State::logged_in) {
        const auto rest = bytes.substr(heard.used);
        const auto cut = lines_.next(rest, most_line_bytes(rest));
        heard.used += cut.used;
        if (cut.end == SmtpLines::End::more) break;
        heard.turn = take_line(cut, out);
    }
    if (heard.turn == Turn::start_tls || heard.turn == Turn::close) heard.used = bytes.size();
    return heard;
}

Front::Turn SubmissionFront::take_line(const SmtpLines::Cut& cut, std::string& out) {
    if (cut.end == SmtpLines::End::endless) return leave("421 4.7.0", "Line too long", out);
    if (++lines_heard_ > limits_.commands) return leave("421 4.7.0", "Too many commands", out);
    return is_in_exchange() ? take_exchange_line(cut, out) : take_command(cut, out);
}

void SubmissionFront::secured() {
    CHECK(state_ == State::command || state_ == State::handshake);
    state_ = State::command;
    lines_ = {};
    tls_ = true;
    extended_ = false;
    helo_name_.clear();
}

// --- commands

Front::Turn SubmissionFront::take_command(const SmtpLines::Cut& cut, std::string& out) {
    if (cut.end == SmtpLines::End::too_long) return refuse(line_too_long, out);
    if (cut.end == SmtpLines::End::bare) return refuse(bad_ends, out);
    const auto command = read_smtp_command(cut.line);
    return command ? obey(*command, out) : refuse(bad_line, out);
}

Front::Turn SubmissionFront::obey(const SmtpCommand& command, std::string& out) {
    switch (smtp_verb_named(command.verb)) {
        case SmtpVerb::ehlo:
            return ehlo(command.words, true, out);
        case SmtpVerb::helo:
            return ehlo(command.words, false, out);
        case SmtpVerb::starttls:
            return starttls(command.words, out);
        case SmtpVerb::auth:
            return auth(command.words, out);
        case SmtpVerb::noop:
            return answer({"250 2.0.0", "OK"}, out);
        case SmtpVerb::rset:
            return command.words.empty() ? answer({"250 2.0.0", "OK"}, out) : refuse(no_parameters, out);
        case SmtpVerb::help:
            return answer({"214 2.0.0", "EHLO STARTTLS AUTH NOOP RSET HELP QUIT"}, out);
        case SmtpVerb::quit:
            return command.words.empty() ? leave("221 2.0.0", "Bye", out) : refuse(no_parameters, out);
        case SmtpVerb::mail:
        case SmtpVerb::rcpt:
        case SmtpVerb::data:
        case SmtpVerb::bdat:
        case SmtpVerb::vrfy:
        case SmtpVerb::expn:
        case SmtpVerb::etrn:
            return refuse_mail(out);
        case SmtpVerb::foreign:
            return refuse({"502 5.5.1", "Command not implemented"}, out);
        case SmtpVerb::web:
            return leave("421 4.7.0", "This is no web server", out);
        case SmtpVerb::unknown:
            break;
    }
    return refuse({"500 5.5.1", "Command unrecognized"}, out);
}

Front::Turn SubmissionFront::answer(Words words, std::string& out) {
    append_smtp_reply(words.code, words.text, out);
    return Turn::more;
}

Front::Turn SubmissionFront::refuse(Words words, std::string& out) {
    if (++bad_lines_ > limits_.bad_commands) return leave("421 4.7.0", "Too many errors", out);
    return answer(words, out);
}

// RFC 5321 4.2.3: 221 and 421 name the host.
Front::Turn SubmissionFront::leave(std::string_view code, std::string_view text, std::string& out) {
    append_smtp_reply(code, offer_.host + ' ' + std::string(text), out);
    end_exchange();
    lines_ = {};
    state_ = State::over;
    return Turn::close;
}

Front::Turn SubmissionFront::ehlo(std::string_view words, bool extended, std::string& out) {
    auto name = read_helo_name(words);
    if (name.empty()) return refuse({"501 5.5.4", "One name belongs here"}, out);
    helo_name_ = std::move(name);
    extended_ = extended;
    if (!extended) return answer({"250", offer_.host}, out);
    append_offer(out);
    return Turn::more;
}

void SubmissionFront::append_offer(std::string& out) const {
    std::string last = offer_.host;
    const auto add = [&](std::string_view keyword) {
        out.append("250-").append(last).append("\r\n");
        last = keyword;
    };
    for (const auto& capability : offer_.capabilities) add(capability);
    if (offer_.starttls && !tls_) add("STARTTLS");
    if (const auto names = offered_mechanisms(offer_, may_bare_secrets()); !names.empty())
        add("AUTH " + names);
    out.append("250 ").append(last).append("\r\n");
}

Front::Turn SubmissionFront::starttls(std::string_view words, std::string& out) {
    if (tls_) return refuse({"503 5.5.1", "TLS is already active"}, out);
    if (!offer_.starttls) return refuse({"502 5.5.1", "Command not implemented"}, out);
    if (!words.empty()) return refuse(no_parameters, out);
    append_smtp_reply("220 2.0.0", "Ready to start TLS", out);
    state_ = State::handshake;
    return Turn::start_tls;
}

Front::Turn SubmissionFront::refuse_mail(std::string& out) {
    const bool needs_tls = !tls_ && offer_.starttls && offered_mechanisms(offer_, may_bare_secrets()).empty();
    return refuse(
        {"530 5.7.0", needs_tls ? "Must issue a STARTTLS command first" : "Authentication required"}, out);
}

// --- AUTH

Front::Turn SubmissionFront::auth(std::string_view words, std::string& out) {
    if (!extended_) return refuse(out_of_order, out);
    const auto name = take_word(words), initial = take_word(words);
    if (name.empty() || !words.empty())
        return refuse({"501 5.5.4", "A mechanism and at most one response belong here"}, out);
    const auto mechanism = mechanism_name(name);
    if (!mechanism) return refuse(words_of(Denial::unsupported), out);
    if (const auto why = refusal(offer_, *mechanism, may_bare_secrets())) return refuse(words_of(*why), out);
    if (initial.empty()) return go_on(opening_.begin(*mechanism, std::nullopt), out);
    return go_on(opening_.begin(*mechanism, initial), out);
}

Front::Turn SubmissionFront::go_on(SaslOpening::Step step, std::string& out) {
    switch (step) {
        case SaslOpening::Step::ask:
            return ask(State::opening, opening_.question(), out);
        case SaslOpening::Step::ready:
            state_ = State::deciding;
            return Turn::log_in;
        case SaslOpening::Step::malformed:
            return give_up(words_of(Denial::malformed), out);
    }
    CHECK(false);
}

Front::Turn SubmissionFront::ask(State state, std::string_view question, std::string& out) {
    out.append("334 ").append(question).append("\r\n");
    state_ = state;
    return Turn::more;
}

Front::Turn SubmissionFront::take_exchange_line(const SmtpLines::Cut& cut, std::string& out) {
    if (cut.end == SmtpLines::End::too_long) return give_up(exchange_too_long, out);
    if (cut.end == SmtpLines::End::bare) return give_up(bad_ends, out);
    if (cut.line == "*") return give_up(words_of(Denial::cancelled), out);
    if (state_ == State::opening) return go_on(opening_.answer(cut.line), out);
    return from_base64(cut.line) ? respond(cut.line) : give_up(words_of(Denial::malformed), out);
}

Front::Turn SubmissionFront::respond(std::string_view base64) {
    response_ = Secret(base64);
    state_ = State::deciding;
    return Turn::respond;
}

// Where the server is asking it must hear of the end too; the client hears our reason, if it was ours.
Front::Turn SubmissionFront::give_up(Words words, std::string& out) {
    if (state_ != State::response) {
        end_exchange();
        return refuse(words, out);
    }
    if (words.code != words_of(Denial::cancelled).code) given_up_ = words;
    return respond("*");
}

void SubmissionFront::end_exchange() {
    opening_.login() = {};
    response_.wipe();
    given_up_.reset();
    state_ = State::command;
}

// --- what was decided

void SubmissionFront::challenge(std::string_view text, std::string& out) {
    CHECK(state_ == State::deciding);
    opening_.login() = {};
    response_.wipe();
    ask(State::response, text, out);
}

void SubmissionFront::reply(const ServerReply& reply, std::string& out) {
    CHECK(state_ == State::deciding);
    CHECK(reply.text.ends_with("\r\n"));
    if (given_up_ && !reply.ok) return deny(Denial::cancelled, {}, out);
    end_exchange();
    out.append(reply.before).append(reply.text);
    if (reply.ok) state_ = State::logged_in;
}

void SubmissionFront::deny(Denial why, std::string_view text, std::string& out) {
    CHECK(state_ == State::deciding);
    const Words words = given_up_.value_or(words_of(why));
    append_smtp_reply(words.code, text.empty() || given_up_ ? words.text : text, out);
    end_exchange();
}

void SubmissionFront::bye(std::string_view text, std::string& out) {
    leave("421 4.3.2", text.empty() ? "Service not available, closing transmission channel" : text, out);
}

}  // namespace

std::unique_ptr<Front> make_submission_front(const FrontOffer& offer, const FrontLimits& limits) {
    return std::make_unique<SubmissionFront>(offer, limits);
}

}  // namespace tidegate::wire
