// ManageSieve's health check (RFC 5804): capabilities -> STARTTLS, handshake, capabilities -> LOGOUT.

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "wire/mail/probe_words.h"
#include "wire/mail/sieve_words.h"

namespace tidegate::wire {
namespace {

using Words = std::span<const SieveWord>;

constexpr std::size_t most_quoted_bytes = 1024;

class SieveProbe final : public ProbeBase {
public:
    using ProbeBase::ProbeBase;
    Heard hear(std::string_view bytes, std::string& out) override;
    void secured(std::string&) override {
        CHECK(state_ == State::handshake);
        // RFC 5804 2.2: all is said again, unasked, and only that counts.
        secured_ = true;
        offer_ = {};
        has_starttls_ = false;
        state_ = State::greeting;
    }

private:
    enum class State : std::uint8_t { greeting, starttls, handshake, logout };

    Turn line(Words words, std::string& out);
    Turn status(bool ok, std::string_view text, std::string& out);
    Turn greeted(std::string& out);
    void capability(Words words);
    Turn say(std::string_view command, State next, std::string& out) {
        out.append(command).append("\r\n");
        state_ = next;
        return Turn::more;
    }

    SieveLines lines_{SieveLines::From::server};
    State state_ = State::greeting;
    bool has_starttls_ = false;
};

Probe::Heard SieveProbe::hear(std::string_view bytes, std::string& out) {
    Heard heard;
    while (heard.turn == Turn::more && !over_ && state_ != State::handshake) {
        const auto found = lines_.next(bytes.substr(heard.used), left_bytes());
        if (found.state == SieveLines::State::more) return heard;
        heard.used += found.used;
        heard_bytes_ += found.used;
        if (found.state == SieveLines::State::line)
            heard.turn = line(found.words, out);
        else
            heard.turn = broken(found.state == SieveLines::State::too_long ? "it said more than it may"
                                                                           : "no ManageSieve");
    }
    return checked(heard, bytes.size());
}

Probe::Turn SieveProbe::line(Words words, std::string& out) {
    if (!words.empty() && words[0].is_string() && words.size() <= 2 && state_ == State::greeting) {
        capability(words);
        return Turn::more;
    }
    if (words.empty() || words[0].kind != SieveWord::Kind::atom) return broken("no ManageSieve reply");
    const auto text = sieve_text(words.subspan(1));
    if (!text) return broken("no ManageSieve reply");
    if (is_same_word(words[0].text, "OK")) return status(true, *text, out);
    if (is_same_word(words[0].text, "NO")) return status(false, *text, out);
    if (!is_same_word(words[0].text, "BYE")) return broken("no ManageSieve reply");
    return state_ == State::logout ? done() : broken("it said BYE", *text);
}

Probe::Turn SieveProbe::status(bool ok, std::string_view text, std::string& out) {
    switch (state_) {
        case State::greeting:
            return ok ? greeted(out) : broken("greeting", text);
        case State::starttls:
            if (!ok) return broken("STARTTLS", text);
            state_ = State::handshake;
            return Turn::start_tls;
        case State::logout:
            return ok ? done() : broken("LOGOUT", text);
        default:
            CHECK(false);
    }
}

Probe::Turn SieveProbe::greeted(std::string& out) {
    if (needs_tls())
        return has_starttls_ ? say("STARTTLS", State::starttls, out) : broken("it has no STARTTLS");
    offer_.passwords = std::ranges::find(offer_.mechanisms, "PLAIN") != offer_.mechanisms.end();
    leaving_ = true;
    return say("LOGOUT", State::logout, out);
}

void SieveProbe::capability(Words words) {
    const std::string name = one_line(words[0].meaning(), std::string_view::npos);
    const std::string value =
        words.size() < 2 ? std::string() : one_line(words[1].meaning(), std::string_view::npos);
    if (is_same_word(name, "STARTTLS")) has_starttls_ = true;
    if (is_same_word(name, "SASL")) take_mechanisms(value, offer_);
    // RFC 5804 4: what is longer would have to be a literal.
    if (name.empty() || name.size() + value.size() > most_quoted_bytes) return;
    std::string line;
    append_sieve_string(name, SieveLines::From::server, line);
    if (words.size() == 2) {
        line += ' ';
        append_sieve_string(value, SieveLines::From::server, line);
    }
    take_capability(OfferWords::managesieve, line, offer_);
}

}  // namespace

std::unique_ptr<Probe> make_sieve_probe(const ProbeRules& rules) {
    return std::make_unique<SieveProbe>(rules);
}

}  // namespace tidegate::wire
