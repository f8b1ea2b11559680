// ManageSieve towards servers (RFC 5804), with Pigeonhole's XCLIENT:
//
//     capabilities -> STARTTLS, handshake, capabilities -> XCLIENT -> AUTHENTICATE
//
// Nothing that a client chose makes a server broken, or strangers could have it taken out of service.

#include <optional>
#include <utility>

#include "base/check.h"
#include "wire/log/scan.h"
#include "wire/mail/back.h"
#include "wire/mail/lines.h"
#include "wire/mail/refusals.h"
#include "wire/mail/sasl.h"
#include "wire/mail/sieve_words.h"

namespace tidegate::wire {
namespace {

constexpr auto us = SieveLines::From::client;
constexpr std::size_t most_trouble_bytes = 200;

using Words = std::span<const SieveWord>;

/// OK, NO or BYE, with what stands behind it.
struct Status {
    enum class Kind : std::uint8_t { ok, no, bye };
    Kind kind = Kind::ok;
    std::string code;  // its name
    std::string text;
};
std::optional<Status> read_status(Words words) {
    if (words.empty() || words[0].kind != SieveWord::Kind::atom) return std::nullopt;
    Status status;
    if (is_same_word(words[0].text, "NO")) {
        status.kind = Status::Kind::no;
    } else if (is_same_word(words[0].text, "BYE")) {
        status.kind = Status::Kind::bye;
    } else if (!is_same_word(words[0].text, "OK")) {
        return std::nullopt;
    }
    auto text = sieve_text(words.subspan(1));
    if (!text) return std::nullopt;
    status.text = *std::move(text);
    if (words.size() > 2 && words[1].kind == SieveWord::Kind::open) status.code = words[2].text;
    return status;
}

class SieveBack final : public Back {
public:
    SieveBack(const BackRules& rules, ForwardedClient client, Login login)
        : rules_(rules), client_(std::move(client)), login_(std::move(login)) {
        CHECK(mechanism_name(login_.mechanism) == login_.mechanism);
    }

    Heard hear(std::string_view bytes, std::string& out) override;
    void secured(std::string& out) override;
    std::string_view challenge() const override { return challenge_; }
    void respond(std::string_view response, std::string& out) override;
    const ServerReply& result() const override { return result_; }
    std::string_view trouble() const override { return trouble_; }

private:
    enum class State : std::uint8_t {
        greeting,
        starttls,
        handshake,
        xclient,
        auth,
        responding,  // the client has the word
        over,
    };
    /// As of the last list.
    struct Abilities {
        bool starttls = false, xclient = false, plain = false;
    };

    bool is_listening() const {
        return state_ != State::handshake && state_ != State::responding && state_ != State::over;
    }
    Turn take(const SieveLines::Found& found, std::string& out);
    Turn line(Words words, std::string& out);
    Turn status(const Status& status, std::string& out);
    Turn greeted(std::string& out);
    void capability(Words words);
    Turn challenged(const SieveWord& word);
    Turn decided(const Status& status);
    Turn broken(std::string_view what, std::string_view words = {});

    Turn identify(std::string& out);
    Turn authenticate(std::string& out);

    BackRules rules_;
    ForwardedClient client_;
    Login login_;
    SieveLines lines_{SieveLines::From::server};
    State state_ = State::greeting;
    bool is_secured_ = false;
    bool cancelled_ = false;      // by the client
    std::size_t list_bytes_ = 0;  // of the capabilities so far
    Abilities abilities_;
    std::string challenge_, trouble_;
    ServerReply result_;
};

Back::Heard SieveBack::hear(std::string_view bytes, std::string& out) {
    Heard heard;
    while (heard.turn == Turn::more && is_listening()) {
        if (state_ != State::greeting) list_bytes_ = 0;
        const auto found = lines_.next(bytes.substr(heard.used), rules_.most_bytes - list_bytes_);
        if (found.state == SieveLines::State::more) return heard;
        heard.used += found.used;
        list_bytes_ += found.used;
        heard.turn = take(found, out);
    }
    if (heard.turn == Turn::start_tls && heard.used < bytes.size())
        heard.turn = broken("it said more in the clear");
    return heard;
}

Back::Turn SieveBack::take(const SieveLines::Found& found, std::string& out) {
    if (found.state == SieveLines::State::line) return line(found.words, out);
    return broken(found.state == SieveLines::State::too_long ? "too long a reply" : "no ManageSieve");
}

Back::Turn SieveBack::line(Words words, std::string& out) {
    if (!words.empty() && words[0].is_string()) {
        if (state_ == State::greeting && words.size() <= 2) {
            capability(words);
            return Turn::more;
        }
        if (state_ == State::auth && words.size() == 1) return challenged(words[0]);
    }
    const auto read = read_status(words);
    return read ? status(*read, out) : broken("no ManageSieve reply");
}

Back::Turn SieveBack::status(const Status& status, std::string& out) {
    if (status.kind == Status::Kind::bye) return broken("it said BYE", status.text);
    const bool ok = status.kind == Status::Kind::ok;
    switch (state_) {
        case State::greeting:
            return ok ? greeted(out) : broken("greeting", status.text);
        case State::starttls:
            if (!ok) return broken("STARTTLS", status.text);
            state_ = State::handshake;
            return Turn::start_tls;
        case State::xclient:
            return ok ? authenticate(out) : broken("XCLIENT", status.text);
        case State::auth:
            return decided(status);
        default:
            CHECK(false);
    }
}

void SieveBack::capability(Words words) {
    const std::string name = words[0].meaning();
    if (is_same_word(name, "STARTTLS")) abilities_.starttls = true;
    if (is_same_word(name, "XCLIENT")) abilities_.xclient = true;
    if (!is_same_word(name, "SASL") || words.size() < 2) return;
    abilities_.plain = abilities_.plain || has_word(words[1].meaning(), "PLAIN");
}

Back::Turn SieveBack::greeted(std::string& out) {
    if (!rules_.starttls || is_secured_) return identify(out);
    if (!abilities_.starttls) return broken("it has no STARTTLS");
    out += "STARTTLS\r\n";
    state_ = State::starttls;
    return Turn::more;
}

void SieveBack::secured(std::string&) {
    CHECK(state_ == State::handshake);
    // RFC 5804 2.2: what was said in the clear is forgotten, and all is said again, unasked.
    is_secured_ = true;
    abilities_ = {};
    state_ = State::greeting;
}

Back::Turn SieveBack::identify(std::string& out) {
    if (rules_.forward == Forward::nothing) return authenticate(out);
    // Pigeonhole has it for those whom Dovecot trusts (login_trusted_networks). Going on without would have
    // it count all clients' failures as ours.
    if (!abilities_.xclient) return broken("it takes no XCLIENT from us");
    out += "XCLIENT ADDR=" + client_.address.text() + " PORT=" + std::to_string(client_.port);
    if (const auto session = session_word(client_.session); !session.empty()) out += " SESSION=" + session;
    out += client_.tls ? " CLIENT-TRANSPORT=TLS\r\n" : " CLIENT-TRANSPORT=insecure\r\n";
    state_ = State::xclient;
    return Turn::more;
}

Back::Turn SieveBack::authenticate(std::string& out) {
    // It would call the password wrong, in the clear.
    if (login_.is_plain() && !abilities_.plain)
        return broken("it takes no passwords (does it want STARTTLS?)");
    Secret initial = login_.is_plain() ? plain_response(login_) : std::move(login_.initial);
    out.append("AUTHENTICATE \"").append(login_.mechanism).append("\"");
    if (login_.is_plain() || login_.has_initial) {
        out += ' ';
        append_sieve_secret(initial.view() == "=" ? std::string_view{} : initial.view(), us, out);
    }
    out += "\r\n";
    login_.password.wipe();
    state_ = State::auth;
    return Turn::more;
}

Back::Turn SieveBack::challenged(const SieveWord& word) {
    if (!from_base64(word.text)) return broken("a challenge that is no base64");
    if (login_.is_plain()) return broken("it asks for more than PLAIN has");
    challenge_ = word.text;
    state_ = State::responding;
    return Turn::challenge;
}

void SieveBack::respond(std::string_view response, std::string& out) {
    CHECK(state_ == State::responding);
    cancelled_ = response == "*";
    append_sieve_secret(response == "=" ? std::string_view{} : response, us, out);
    out += "\r\n";
    state_ = State::auth;
}

Back::Turn SieveBack::decided(const Status& status) {
    result_.ok = status.kind == Status::Kind::ok;
    if (!result_.ok) {
        const Refusal why = cancelled_ ? Refusal{Reason::protocol, true} : sieve_refusal(status.code);
        result_.reason = why.reason;
        result_.temporary = why.temporary;
    }
    result_.text = status.text;
    state_ = State::over;
    return Turn::decided;
}

Back::Turn SieveBack::broken(std::string_view what, std::string_view words) {
    trouble_ = what;
    if (!words.empty()) trouble_ += ": " + one_line(words, most_trouble_bytes);
    login_ = {};
    state_ = State::over;
    return Turn::broken;
}

}  // namespace

std::unique_ptr<Back> make_sieve_back(const BackRules& rules, ForwardedClient client, Login login) {
    return std::make_unique<SieveBack>(rules, std::move(client), std::move(login));
}

}  // namespace tidegate::wire
