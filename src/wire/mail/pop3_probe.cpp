// POP3's health check: greeting -> STLS, handshake -> CAPA (RFC 2449) -> QUIT.

#include "base/check.h"
#include "wire/log/scan.h"
#include "wire/mail/probe_words.h"

namespace tidegate::wire {
namespace {

class Pop3Probe final : public ProbeBase {
public:
    using ProbeBase::ProbeBase;
    Heard hear(std::string_view bytes, std::string& out) override;
    void secured(std::string& out) override {
        CHECK(state_ == State::handshake);
        secured_ = true;
        say("CAPA", State::capa, out);
    }

private:
    enum class State : std::uint8_t { greeting, stls, handshake, capa, list, quit };

    Turn line(std::string_view line, std::string& out);
    Turn status(bool ok, std::string_view line, std::string& out);
    Turn capability(std::string_view line, std::string& out);
    Turn leave(std::string& out) {
        leaving_ = true;
        return say("QUIT", State::quit, out);
    }
    Turn say(std::string_view command, State next, std::string& out) {
        out.append(command).append("\r\n");
        state_ = next;
        return Turn::more;
    }

    LineEnds ends_;
    State state_ = State::greeting;
};

Probe::Heard Pop3Probe::hear(std::string_view bytes, std::string& out) {
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

Probe::Turn Pop3Probe::line(std::string_view line, std::string& out) {
    if (state_ == State::list) return capability(line, out);
    const auto is_status = [line](std::string_view word) {
        return begins_with_word(line, word) && (line.size() == word.size() || line[word.size()] == ' ');
    };
    if (is_status("+OK")) return status(true, line, out);
    return is_status("-ERR") ? status(false, line, out) : broken("no POP3 reply", line);
}

Probe::Turn Pop3Probe::status(bool ok, std::string_view line, std::string& out) {
    switch (state_) {
        case State::greeting:
            if (!ok) return broken("greeting", line);
            return needs_tls() ? say("STLS", State::stls, out) : say("CAPA", State::capa, out);
        case State::stls:
            if (!ok) return broken("STLS", line);
            state_ = State::handshake;
            return Turn::start_tls;
        case State::capa:
            // Who has no CAPA is of before RFC 2449, and takes USER.
            if (!ok) return leave(out);
            offer_.passwords = false;
            state_ = State::list;
            return Turn::more;
        case State::quit:
            return ok ? done() : broken("QUIT", line);
        default:
            CHECK(false);
    }
}

Probe::Turn Pop3Probe::capability(std::string_view line, std::string& out) {
    if (line == ".") return leave(out);
    Scan scan(line);
    const auto name = scan.until_or_rest(' ');
    if (is_same_word(name, "SASL")) take_mechanisms(scan.rest(), offer_);
    if (is_same_word(name, "USER")) offer_.passwords = true;
    for (const auto& mechanism : offer_.mechanisms)
        offer_.passwords = offer_.passwords || mechanism == "PLAIN";
    take_capability(OfferWords::pop3, one_line(line, line.size()), offer_);
    return Turn::more;
}

}  // namespace

std::unique_ptr<Probe> make_pop3_probe(const ProbeRules& rules) {
    return std::make_unique<Pop3Probe>(rules);
}

}  // namespace tidegate::wire
