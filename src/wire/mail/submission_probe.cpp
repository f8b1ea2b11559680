// Submission's health check: greeting -> EHLO -> STARTTLS, handshake, EHLO -> QUIT (RFC 5321, 3207, 4954).

#include <algorithm>

#include "base/check.h"
#include "wire/mail/probe_words.h"
#include "wire/mail/smtp_words.h"

namespace tidegate::wire {
namespace {

class SubmissionProbe final : public ProbeBase {
public:
    explicit SubmissionProbe(const ProbeRules& rules) : ProbeBase(rules), replies_(rules.most_bytes) {}
    Heard hear(std::string_view bytes, std::string& out) override;
    void secured(std::string& out) override {
        CHECK(state_ == State::handshake);
        secured_ = true;
        say_ehlo(out);
    }

private:
    enum class State : std::uint8_t { greeting, ehlo, starttls, handshake, quit };

    Turn reply(std::string& out);
    Turn offered(std::string& out);
    void capability(std::string_view text);
    Turn say_ehlo(std::string& out) {
        return say("EHLO " + (rules_.helo.empty() ? std::string("localhost") : rules_.helo), State::ehlo,
                   out);
    }
    Turn say(std::string_view command, State next, std::string& out) {
        out.append(command).append("\r\n");
        state_ = next;
        return Turn::more;
    }

    SmtpReplies replies_;
    State state_ = State::greeting;
    bool has_starttls_ = false;
};

Probe::Heard SubmissionProbe::hear(std::string_view bytes, std::string& out) {
    Heard heard;
    while (heard.turn == Turn::more && !over_ && state_ != State::handshake) {
        const auto one = replies_.hear(bytes.substr(heard.used));
        heard.used += one.used;
        heard_bytes_ += one.used;
        if (heard_bytes_ > rules_.most_bytes)
            heard.turn = broken("it said more than it may");
        else if (one.state == SmtpReplies::State::broken)
            heard.turn = broken("no SMTP reply");
        else if (one.state == SmtpReplies::State::more)
            return heard;
        else
            heard.turn = reply(out);
    }
    return checked(heard, bytes.size());
}

Probe::Turn SubmissionProbe::reply(std::string& out) {
    const auto wants = [this](unsigned code) { return replies_.code() == code; };
    switch (state_) {
        case State::greeting:
            return wants(220) ? say_ehlo(out) : broken("greeting", replies_.bytes());
        case State::ehlo:
            return wants(250) ? offered(out) : broken("EHLO", replies_.bytes());
        case State::starttls:
            if (!wants(220)) return broken("STARTTLS", replies_.bytes());
            state_ = State::handshake;
            return Turn::start_tls;
        case State::quit:
            return wants(221) ? done() : broken("QUIT", replies_.bytes());
        default:
            CHECK(false);
    }
}

Probe::Turn SubmissionProbe::offered(std::string& out) {
    offer_ = {};
    has_starttls_ = false;
    std::string_view bytes = replies_.bytes();
    (void)take_reply_text(bytes);  // its name
    while (const auto text = take_reply_text(bytes)) capability(*text);
    if (needs_tls())
        return has_starttls_ ? say("STARTTLS", State::starttls, out) : broken("it has no STARTTLS");
    const auto has = [this](std::string_view name) {
        return std::ranges::find(offer_.mechanisms, name) != offer_.mechanisms.end();
    };
    offer_.passwords = has("PLAIN") || has("LOGIN");
    leaving_ = true;
    return say("QUIT", State::quit, out);
}

void SubmissionProbe::capability(std::string_view text) {
    std::string_view words = text;
    const auto keyword = take_word(words);
    if (is_same_word(keyword, "STARTTLS")) has_starttls_ = true;
    if (is_same_word(keyword, "AUTH")) take_mechanisms(words, offer_);
    // "AUTH=PLAIN" is of before RFC 2554, and said beside the other.
    if (!begins_with_word(text, "AUTH="))
        take_capability(OfferWords::submission, one_line(text, text.size()), offer_);
}

}  // namespace

std::unique_ptr<Probe> make_submission_probe(const ProbeRules& rules) {
    return std::make_unique<SubmissionProbe>(rules);
}

}  // namespace tidegate::wire
