// IMAP's health check (RFC 9051, RFC 3501): greeting -> STARTTLS, handshake -> CAPABILITY -> LOGOUT. What a
// greeting says of capabilities is not believed: it may be of before STARTTLS.

#include "base/check.h"
#include "wire/log/scan.h"
#include "wire/mail/imap_words.h"
#include "wire/mail/probe_words.h"

namespace tidegate::wire {
namespace {

class ImapProbe final : public ProbeBase {
public:
    using ProbeBase::ProbeBase;
    Heard hear(std::string_view bytes, std::string& out) override;
    void secured(std::string& out) override {
        CHECK(state_ == State::handshake);
        secured_ = true;
        say("CAPABILITY", State::capability, out);
    }

private:
    enum class State : std::uint8_t { greeting, starttls, handshake, capability, logout };

    Turn line(std::string_view line, std::string& out);
    Turn greeting(std::string_view line, std::string& out);
    Turn untagged(std::string_view line);
    Turn tagged(std::string_view line, std::string& out);
    void capabilities(std::string_view list);
    Turn say(std::string_view command, State next, std::string& out) {
        tag_ = "t" + std::to_string(++tags_);
        out.append(tag_).append(" ").append(command).append("\r\n");
        state_ = next;
        return Turn::more;
    }

    LineEnds ends_;
    State state_ = State::greeting;
    std::string tag_;
    unsigned tags_ = 0;
    bool has_list_ = false;
};

// No literal has a place before a log-in; a line that ends in one's head is a text for people.
Probe::Heard ImapProbe::hear(std::string_view bytes, std::string& out) {
    Heard heard;
    while (heard.turn == Turn::more && !over_ && state_ != State::handshake) {
        const auto found = ends_.next(bytes.substr(heard.used), left_bytes());
        if (found.state == LineEnds::State::more) return heard;
        if (found.state == LineEnds::State::too_long) {
            heard.turn = broken("it said more than it may");
            break;
        }
        heard.used += found.used;
        heard_bytes_ += found.used;
        heard.turn = line(found.line, out);
    }
    return checked(heard, bytes.size());
}

Probe::Turn ImapProbe::line(std::string_view line, std::string& out) {
    if (state_ == State::greeting) return greeting(line, out);
    if (line.starts_with("* ")) return untagged(line);
    return tagged(line, out);
}

Probe::Turn ImapProbe::greeting(std::string_view line, std::string& out) {
    Scan scan(line);
    if (!scan.skip("* ")) return broken("no IMAP greeting", line);
    // PREAUTH (RFC 9051 7.1.4) would let everybody in as the same user.
    if (!is_same_word(scan.until_or_rest(' '), "OK")) return broken("greeting", line);
    return needs_tls() ? say("STARTTLS", State::starttls, out) : say("CAPABILITY", State::capability, out);
}

Probe::Turn ImapProbe::untagged(std::string_view line) {
    Scan scan(line);
    scan.skip("* ");
    const auto word = scan.until_or_rest(' ');
    if (is_same_word(word, "BYE") && state_ != State::logout) return broken("it said BYE", line);
    if (is_same_word(word, "CAPABILITY") && state_ == State::capability) capabilities(scan.rest());
    return Turn::more;
}

void ImapProbe::capabilities(std::string_view list) {
    has_list_ = true;
    offer_ = {};
    for (Scan scan(list); !scan.done();) {
        const std::string_view one = scan.until_or_rest(' ');
        if (begins_with_word(one, "AUTH=")) take_mechanisms(one.substr(5), offer_);
        if (is_same_word(one, "LOGINDISABLED")) offer_.passwords = false;
        if (!has_control(one)) take_capability(OfferWords::imap, one, offer_);
    }
}

Probe::Turn ImapProbe::tagged(std::string_view line, std::string& out) {
    Scan scan(line);
    if (scan.until_or_rest(' ') != tag_) return broken("no IMAP reply", line);
    const bool ok = is_same_word(scan.until_or_rest(' '), "OK");
    switch (state_) {
        case State::starttls:
            if (!ok) return broken("STARTTLS", line);
            state_ = State::handshake;
            return Turn::start_tls;
        case State::capability:
            if (!ok || !has_list_) return broken("CAPABILITY", line);
            leaving_ = true;
            return say("LOGOUT", State::logout, out);
        case State::logout:
            return ok ? done() : broken("LOGOUT", line);
        default:
            CHECK(false);
    }
}

}  // namespace

std::unique_ptr<Probe> make_imap_probe(const ProbeRules& rules) {
    return std::make_unique<ImapProbe>(rules);
}

}  // namespace tidegate::wire
