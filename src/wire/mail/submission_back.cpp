// Submission as a proxy speaks it to a server (RFC 5321, 3207, 4954; Postfix's XCLIENT_README), up to the
// answer to AUTH.
//
// The order is: the greeting, EHLO, STARTTLS and EHLO again, XCLIENT with its new greeting and EHLO again,
// AUTH. The last EHLO says the client's own name, so that checks and Received lines are what they were
// without a proxy; those before it are our own affair.
//
// SECURITY: a login is written only where nothing else can follow in the same buffer, once, and no text that
// came after it is repeated in trouble(): a server may echo what it does not understand. XCLIENT's LOGIN is
// never said, since it logs in without a password.
//
// Limits: BackRules::most_bytes for a reply; XCLIENT and a command with a first response are 512 bytes at
// most, what is longer goes another way.

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "wire/log/scan.h"
#include "wire/mail/back.h"
#include "wire/mail/lines.h"
#include "wire/mail/refusals.h"
#include "wire/mail/sasl.h"
#include "wire/mail/smtp_words.h"

namespace tidegate::wire {
namespace {

constexpr std::size_t most_quoted_bytes = 200;         // of a server's words in trouble()
constexpr std::size_t most_xclient_value_bytes = 255;  // as Postfix has it

/// What a server says after EHLO.
struct Offered {
    bool starttls = false;
    std::string mechanisms;
    std::optional<std::string> xclient;  // its attributes
};

void take_capability(std::string_view text, Offered& offered) {
    const auto keyword = take_word(text);
    if (is_same_word(keyword, "STARTTLS")) offered.starttls = true;
    if (is_same_word(keyword, "XCLIENT")) offered.xclient = text;
    // "AUTH=LOGIN" is of before RFC 2554; servers say it beside the other for old clients.
    if (is_same_word(keyword, "AUTH")) offered.mechanisms.append(" ").append(text);
}

Offered read_offered(std::string_view reply) {
    Offered offered;
    (void)take_reply_text(reply);  // its name
    while (const auto text = take_reply_text(reply)) take_capability(*text, offered);
    return offered;
}

/// One XCLIENT command. Attributes that the server does not know or that have no room are left out.
class XclientCommand {
public:
    XclientCommand(std::string_view offered, std::size_t most_bytes)
        : offered_(offered), most_bytes_(most_bytes) {}

    void add(std::string_view name, std::string_view value) {
        if (value.empty() || !has_word(offered_, name)) return;
        std::string xtext;
        append_xtext(value, xtext);
        if (xtext.size() > most_xclient_value_bytes) return;
        if (text_.size() + 2 + name.size() + xtext.size() > most_bytes_) return;
        text_.append(" ").append(name).append("=").append(xtext);
    }
    [[nodiscard]] std::string_view text() const { return text_; }

private:
    std::string_view offered_;
    std::size_t most_bytes_;
    std::string text_ = "XCLIENT";
};

std::string xclient_address(const Address& address) {
    if (address.is_none()) return "[UNAVAILABLE]";
    return address.is_v4() ? address.text() : "IPV6:" + address.text();
}

std::string port_text(std::uint16_t port) {
    return port == 0 ? std::string() : std::to_string(port);
}

// The address is the last: it takes away the right to say XCLIENT, which the client must not have either when
// the connection is its own. It always has room, since only HELO and SESSION are of a length that others
// chose, and they come before it.
std::string xclient_command(const ForwardedClient& client, std::string_view offered) {
    constexpr std::size_t room_for_address_bytes = 64, line_end_bytes = 2;
    XclientCommand command(offered, most_command_bytes - line_end_bytes - room_for_address_bytes);
    command.add("NAME", "[UNAVAILABLE]");  // else Postfix takes ours for the client's
    command.add("REVERSE_NAME", "[UNAVAILABLE]");
    command.add("PROTO", "ESMTP");
    command.add("PORT", port_text(client.port));
    if (!client.met_at.is_none()) command.add("DESTADDR", xclient_address(client.met_at));
    command.add("DESTPORT", port_text(client.met_at_port));
    command.add("CLIENT-TRANSPORT", client.tls ? "TLS" : "insecure");  // Dovecot 2.4
    command.add("SESSION", session_word(client.session));
    command.add("HELO", client.words);
    std::string line(command.text());
    line.append(" ADDR=").append(xclient_address(client.address));
    return line;
}

bool is_helo_name(std::string_view text) {
    return !text.empty() && text.size() <= most_domain_bytes &&
           std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

class SubmissionBack final : public Back {
public:
    SubmissionBack(const BackRules& rules, ForwardedClient client, Login login)
        : rules_(rules), client_(std::move(client)), login_(std::move(login)), replies_(rules.most_bytes) {}

    Heard hear(std::string_view bytes, std::string& out) override;
    void secured(std::string& out) override;
    std::string_view challenge() const override { return challenge_; }
    void respond(std::string_view response, std::string& out) override;
    const ServerReply& result() const override { return result_; }
    std::string_view trouble() const override { return trouble_; }

private:
    enum class State : std::uint8_t {
        greeting,  // and the replies to what is named
        ehlo,
        starttls,
        xclient,
        auth,
        handshake,  // whose turn it is not
        challenge,
        over,
    };
    /// What the server's next 334 asks for.
    enum class Answer : std::uint8_t { none, message, account, password, clients };

    bool is_listening() const { return state_ <= State::auth; }
    bool needs_tls() const { return rules_.starttls && !secured_; }
    bool needs_xclient() const { return rules_.forward == Forward::xclient && !forwarded_; }

    Turn take_reply(std::string& out);
    Turn say(State next, std::string_view line, std::string& out);
    Turn say_ehlo(std::string& out);
    Turn say_ehlo_again(std::string& out);
    Turn go_on(std::string& out);
    Turn say_xclient(std::string& out);

    Turn say_auth(std::string& out);
    Turn say_mechanism(std::string_view mechanism, const Secret& message, std::string& out);
    Turn take_auth_reply(std::string& out);
    Turn take_challenge(std::string& out);
    Turn send(const Secret& base64, std::string& out);
    Turn decide();

    Turn fail(std::string why);
    Turn fail_at(std::string_view what);
    void wipe();

    BackRules rules_;
    ForwardedClient client_;
    Login login_;
    SmtpReplies replies_;
    State state_ = State::greeting;
    Answer next_ = Answer::none;
    bool secured_ = false, forwarded_ = false, cancelled_ = false;
    Offered offered_;
    std::string challenge_, trouble_;
    ServerReply result_;
};

Back::Heard SubmissionBack::hear(std::string_view bytes, std::string& out) {
    Heard heard;
    while (is_listening() && heard.turn == Turn::more) {
        const auto reply = replies_.hear(bytes.substr(heard.used));
        heard.used += reply.used;
        if (reply.state == SmtpReplies::State::more) return heard;
        heard.turn = reply.state == SmtpReplies::State::whole ? take_reply(out)
                                                              : fail("what it says is no SMTP reply");
    }
    if (state_ == State::handshake && heard.used < bytes.size())
        heard.turn = fail("it said something in the clear behind the answer to STARTTLS");
    return heard;
}

Back::Turn SubmissionBack::take_reply(std::string& out) {
    const unsigned code = replies_.code();
    switch (state_) {
        case State::greeting:
            return code == 220 ? say_ehlo(out) : fail_at("greeting");
        case State::ehlo:
            if (code == 501 && !client_.words.empty()) return say_ehlo_again(out);
            if (code != 250) return fail_at("EHLO");
            offered_ = read_offered(replies_.bytes());
            return go_on(out);
        case State::starttls:
            if (code != 220) return fail_at("STARTTLS");
            state_ = State::handshake;
            return Turn::start_tls;
        case State::xclient:
            if (code != 220) return fail_at("XCLIENT");
            forwarded_ = true;
            return say_ehlo(out);
        default:
            return take_auth_reply(out);
    }
}

void SubmissionBack::secured(std::string& out) {
    CHECK(state_ == State::handshake);
    secured_ = true;
    say_ehlo(out);
}

Back::Turn SubmissionBack::say(State next, std::string_view line, std::string& out) {
    out.append(line).append("\r\n");
    state_ = next;
    return Turn::more;
}

Back::Turn SubmissionBack::say_ehlo(std::string& out) {
    const bool is_last = !needs_tls() && !needs_xclient();
    std::string name = is_last && is_helo_name(client_.words) ? client_.words : rules_.helo;
    if (!is_helo_name(name)) name = "localhost";
    return say(State::ehlo, "EHLO " + name, out);
}

// The server cannot read the client's name, which says nothing of the client: machines have such names.
Back::Turn SubmissionBack::say_ehlo_again(std::string& out) {
    client_.words.clear();
    return say_ehlo(out);
}

Back::Turn SubmissionBack::go_on(std::string& out) {
    if (needs_tls())
        return offered_.starttls ? say(State::starttls, "STARTTLS", out) : fail("it offers no STARTTLS");
    return needs_xclient() ? say_xclient(out) : say_auth(out);
}

// Without it all clients would be ourselves, to the server's limits and in the logs that are judged by.
Back::Turn SubmissionBack::say_xclient(std::string& out) {
    if (!offered_.xclient || !has_word(*offered_.xclient, "ADDR"))
        return fail("it offers us no XCLIENT with ADDR");
    return say(State::xclient, xclient_command(client_, *offered_.xclient), out);
}

// --- AUTH

Back::Turn SubmissionBack::say_auth(std::string& out) {
    if (!login_.is_plain()) {
        next_ = login_.has_initial ? Answer::message : Answer::clients;
        return say_mechanism(login_.mechanism, login_.initial, out);
    }
    const bool acts_for_another = !login_.acts_for.empty() && login_.acts_for != login_.account;
    if (acts_for_another || has_word(offered_.mechanisms, "PLAIN") ||
        !has_word(offered_.mechanisms, "LOGIN")) {
        next_ = Answer::message;
        login_.initial = plain_response(login_);
        return say_mechanism("PLAIN", login_.initial, out);
    }
    next_ = Answer::account;
    return say_mechanism("LOGIN", {}, out);
}

// RFC 4954 4: a message that has no room in the line goes behind the server's 334. That extension makes the
// line 12,288 bytes long, but not every server knows.
Back::Turn SubmissionBack::say_mechanism(std::string_view mechanism, const Secret& message,
                                         std::string& out) {
    if (!has_word(offered_.mechanisms, mechanism)) return fail("it offers no AUTH " + std::string(mechanism));
    constexpr std::string_view verb = "AUTH ";
    const std::size_t bytes = verb.size() + mechanism.size() + 1 + message.view().size() + 2;
    state_ = State::auth;
    out.append(verb).append(mechanism);
    if (message.empty() || bytes > most_command_bytes) {
        out += "\r\n";
        return Turn::more;
    }
    out += ' ';
    return send(message, out);
}

Back::Turn SubmissionBack::take_auth_reply(std::string& out) {
    const unsigned code = replies_.code();
    if (cancelled_ && code < 400) return fail("it goes on with an AUTH that was cancelled");
    if (code == 334 && replies_.is_one_line()) return take_challenge(out);
    if (code == 235 || code >= 400) return decide();
    return fail("its answer to AUTH is none");
}

Back::Turn SubmissionBack::take_challenge(std::string& out) {
    Secret text;
    switch (next_) {
        case Answer::none:
            return fail("it asks for more than this AUTH has");
        case Answer::message:
            return send(login_.initial.view() == "=" ? text : login_.initial, out);
        case Answer::account:
            append_base64(login_.account, text);
            return send(text, out);
        case Answer::password:
            append_base64(login_.password.view(), text);
            return send(text, out);
        case Answer::clients:
            break;
    }
    challenge_ = replies_.last_text();
    state_ = State::challenge;
    return Turn::challenge;
}

Back::Turn SubmissionBack::send(const Secret& base64, std::string& out) {
    append_secret(base64.view(), "\r\n", out);
    if (next_ == Answer::account) {
        next_ = Answer::password;
    } else {
        next_ = login_.is_plain() ? Answer::none : Answer::clients;
        wipe();
    }
    return Turn::more;
}

void SubmissionBack::respond(std::string_view response, std::string& out) {
    CHECK(state_ == State::challenge && find(response, '\r') == npos && find(response, '\n') == npos);
    cancelled_ = response == "*";
    append_secret(response, "\r\n", out);
    state_ = State::auth;
}

Back::Turn SubmissionBack::decide() {
    const unsigned code = replies_.code();
    result_.ok = code == 235;
    auto text = replies_.last_text();
    const auto enhanced = take_enhanced_code(text);
    if (!result_.ok) {
        const Refusal why = cancelled_ ? Refusal{Reason::protocol, true} : smtp_refusal(code, enhanced);
        result_.reason = why.reason;
        result_.temporary = why.temporary;
    }
    if (code == 421) {
        // It closes; we don't, and the client may try again with us.
        append_smtp_reply("454 4.7.0", text, result_.text);
    } else {
        result_.text = replies_.bytes();
    }
    wipe();
    state_ = State::over;
    return Turn::decided;
}

// --- how it ends otherwise

Back::Turn SubmissionBack::fail(std::string why) {
    trouble_ = std::move(why);
    wipe();
    state_ = State::over;
    return Turn::broken;
}

Back::Turn SubmissionBack::fail_at(std::string_view what) {
    const auto said = std::to_string(replies_.code()) + ' ' + std::string(replies_.last_text());
    std::string why(what);
    why += ": ";
    for (const char c : std::string_view(said).substr(0, most_quoted_bytes))
        why += c >= 0x20 && c < 0x7f ? c : '?';
    return fail(std::move(why));
}

void SubmissionBack::wipe() {
    login_.password.wipe();
    login_.initial.wipe();
}

}  // namespace

std::unique_ptr<Back> make_submission_back(const BackRules& rules, ForwardedClient client, Login login) {
    return std::make_unique<SubmissionBack>(rules, std::move(client), std::move(login));
}

}  // namespace tidegate::wire
