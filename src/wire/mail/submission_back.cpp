// Submission as a proxy speaks it to a server (RFC 5321, 3207, 4954; Postfix's XCLIENT_README), up to the
// answer to AUTH.
//
// What comes before AUTH is SmtpOpening's.
//
// SECURITY: a login is written only where nothing else can follow in the same buffer, once, and no text that
// came after it is repeated in trouble(): a server may echo what it does not understand. XCLIENT's LOGIN is
// never said, since it logs in without a password.
//
// Limits: BackRules::most_bytes for a reply; a command with a first response is 512 bytes at most, what is
// longer goes another way.

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "wire/log/scan.h"
#include "wire/mail/back.h"
#include "wire/mail/lines.h"
#include "wire/mail/refusals.h"
#include "wire/mail/sasl.h"
#include "wire/mail/smtp_opening.h"
#include "wire/mail/smtp_words.h"

namespace tidegate::wire {
namespace {

class SubmissionBack final : public Back {
public:
    SubmissionBack(const BackRules& rules, ForwardedClient client, Login login)
        : login_(std::move(login)), opening_(rules, std::move(client)), replies_(rules.most_bytes) {}

    Heard hear(std::string_view bytes, std::string& out) override;
    void secured(std::string& out) override { opening_.secured(out); }
    std::string_view challenge() const override { return challenge_; }
    void respond(std::string_view response, std::string& out) override;
    const ServerReply& result() const override { return result_; }
    std::string_view trouble() const override { return trouble_; }

private:
    enum class State : std::uint8_t {
        opening,
        auth,
        challenge,
        over,
    };
    /// What the server's next 334 asks for.
    enum class Answer : std::uint8_t { none, message, account, password, clients };

    Heard open(std::string_view bytes, std::string& out);
    Turn say_auth(std::string& out);
    Turn say_mechanism(std::string_view mechanism, const Secret& message, std::string& out);
    Turn take_auth_reply(std::string& out);
    Turn take_challenge(std::string& out);
    Turn send(const Secret& base64, std::string& out);
    Turn decide();

    Turn fail(std::string why);
    void wipe();

    Login login_;
    SmtpOpening opening_;
    SmtpReplies replies_;
    State state_ = State::opening;
    Answer next_ = Answer::none;
    bool cancelled_ = false;
    std::string challenge_, trouble_;
    ServerReply result_;
};

Back::Heard SubmissionBack::hear(std::string_view bytes, std::string& out) {
    Heard heard;
    if (state_ == State::opening) heard = open(bytes, out);
    while (state_ == State::auth && heard.turn == Turn::more) {
        const auto reply = replies_.hear(bytes.substr(heard.used));
        heard.used += reply.used;
        if (reply.state == SmtpReplies::State::more) return heard;
        heard.turn = reply.state == SmtpReplies::State::whole ? take_auth_reply(out)
                                                              : fail("what it says is no SMTP reply");
    }
    return heard;
}

Back::Heard SubmissionBack::open(std::string_view bytes, std::string& out) {
    const auto opened = opening_.hear(bytes, out);
    Heard heard{.used = opened.used};
    if (opened.turn == SmtpOpening::Turn::start_tls) heard.turn = Turn::start_tls;
    if (opened.turn == SmtpOpening::Turn::broken) heard.turn = fail(opening_.trouble());
    if (opened.turn == SmtpOpening::Turn::ready) heard.turn = say_auth(out);
    return heard;
}

Back::Turn SubmissionBack::say_auth(std::string& out) {
    if (!login_.is_plain()) {
        next_ = login_.has_initial ? Answer::message : Answer::clients;
        return say_mechanism(login_.mechanism, login_.initial, out);
    }
    const bool acts_for_another = !login_.acts_for.empty() && login_.acts_for != login_.account;
    if (acts_for_another || has_word(opening_.mechanisms(), "PLAIN") ||
        !has_word(opening_.mechanisms(), "LOGIN")) {
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
    if (!has_word(opening_.mechanisms(), mechanism))
        return fail("it offers no AUTH " + std::string(mechanism));
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

void SubmissionBack::wipe() {
    login_.password.wipe();
    login_.initial.wipe();
}

}  // namespace

std::unique_ptr<Back> make_submission_back(const BackRules& rules, ForwardedClient client, Login login) {
    return std::make_unique<SubmissionBack>(rules, std::move(client), std::move(login));
}

}  // namespace tidegate::wire
