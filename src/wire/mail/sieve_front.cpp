// ManageSieve towards clients (RFC 5804). A command is heard when all of it is there, literals and all.

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "wire/log/scan.h"
#include "wire/mail/lines.h"
#include "wire/mail/sasl.h"
#include "wire/mail/sasl_front.h"
#include "wire/mail/sieve_words.h"

namespace tidegate::wire {
namespace {

constexpr auto us = SieveLines::From::server;
constexpr std::size_t most_text_bytes = 1024;  // of a quoted string
// Around a response: AUTHENTICATE "NAME" {12288+}, and line ends.
constexpr std::size_t most_frame_bytes = 64;

using Words = std::span<const SieveWord>;

/// Code (RFC 5804 1.3) and words where nobody has better ones.
struct Refusal {
    std::string_view code, words;
};
Refusal refusal_of(Denial why, bool starttls) {
    switch (why) {
        case Denial::wrong:
            return {"", "Authentication failed."};
        case Denial::unavailable:
            return {"TRYLATER", "Temporary authentication failure."};
        case Denial::insecure:
            return {starttls ? "ENCRYPT-NEEDED" : "AUTH-TOO-WEAK", "Passwords are not taken without TLS."};
        case Denial::unsupported:
            return {"", "Unsupported authentication mechanism."};
        case Denial::malformed:
            return {"", "Invalid authentication exchange."};
        case Denial::cancelled:
            return {"", "Authentication cancelled."};
    }
    CHECK(false);
}

// A capability's name in a line like `"SIEVE" "fileinto"`.
std::string_view name_of(std::string_view capability) {
    Scan scan(capability);
    return scan.skip('"') ? scan.until_or_rest('"') : std::string_view{};
}

class SieveFront final : public SaslFront {
public:
    SieveFront(const FrontOffer& offer, const FrontLimits& limits) : SaslFront(offer, limits) {}

    void greet(std::string& out) override {
        list_capabilities(out);
        say("OK", "", offer_.host + " ready.", out);
    }
    void secured() override { begin_secured(); }
    void greet_again(std::string& out) override {
        list_capabilities(out);
        say("OK", "", "TLS is active.", out);
    }

    void reply(const ServerReply& reply, std::string& out) override;
    void deny(Denial why, std::string_view text, std::string& out) override;
    void bye(std::string_view text, std::string& out) override {
        say("BYE", "TRYLATER", text, out);
        state_ = State::over;
    }

private:
    Heard hear_one(std::string_view bytes, std::string& out) override;
    bool is_amid_line() const override { return lines_.is_amid(); }
    void write_question(std::string_view text, std::string& out) override {
        append_sieve_string(text, us, out);
        out += "\r\n";
    }
    Turn line(Words words, std::string& out);
    Turn command(Words words, std::string& out);
    Turn capability(Words arguments, std::string& out);
    Turn starttls(Words arguments, std::string& out);
    Turn authenticate(Words arguments, std::string& out);
    Turn noop(Words arguments, std::string& out);
    Turn logout(Words arguments, std::string& out);
    Turn bad(std::string_view text, std::string& out);
    Turn malformed(std::string& out);
    Turn answer(Words words, std::string& out);

    void list_capabilities(std::string& out) const;
    static void say(std::string_view status, std::string_view code, std::string_view text, std::string& out);
    Turn goodbye(std::string_view text, std::string& out);
    std::size_t most_bytes() const {
        const std::size_t response_bytes = limits_.response_bytes + most_frame_bytes;
        return state_ == State::command ? std::max(limits_.line_bytes, response_bytes) : response_bytes;
    }

    SieveLines lines_{SieveLines::From::client};
};

Front::Heard SieveFront::hear_one(std::string_view bytes, std::string& out) {
    const auto begin = state_ == State::command ? SieveLines::Begin::atom : SieveLines::Begin::anything;
    const auto found = lines_.next(bytes, most_bytes(), begin);
    switch (found.state) {
        case SieveLines::State::more:
            return {};
        case SieveLines::State::line:
            return {.used = found.used, .turn = line(found.words, out)};
        case SieveLines::State::malformed:
            return {.used = found.used, .turn = malformed(out)};
        case SieveLines::State::lost:
            return {.used = bytes.size(), .turn = goodbye("Invalid literal.", out)};
        case SieveLines::State::too_long:
            return {.used = bytes.size(), .turn = goodbye("Command too long.", out)};
    }
    CHECK(false);
}

Front::Turn SieveFront::line(Words words, std::string& out) {
    return state_ == State::command ? command(words, out) : answer(words, out);
}

Front::Turn SieveFront::command(Words words, std::string& out) {
    using Command = std::pair<std::string_view, Turn (SieveFront::*)(Words, std::string&)>;
    static constexpr auto commands = std::to_array<Command>({{"CAPABILITY", &SieveFront::capability},
                                                             {"STARTTLS", &SieveFront::starttls},
                                                             {"AUTHENTICATE", &SieveFront::authenticate},
                                                             {"NOOP", &SieveFront::noop},
                                                             {"LOGOUT", &SieveFront::logout}});
    if (++commands_ > limits_.commands) return goodbye("Too many commands.", out);
    if (words.empty() || words[0].kind != SieveWord::Kind::atom) return bad("Invalid command.", out);
    for (const auto& [name, run] : commands) {
        if (is_same_word(words[0].text, name)) return (this->*run)(words.subspan(1), out);
    }
    return bad("Unknown command, or not before login.", out);
}

Front::Turn SieveFront::bad(std::string_view text, std::string& out) {
    if (++bad_commands_ > limits_.bad_commands) return goodbye("Too many invalid commands.", out);
    say("NO", "", text, out);
    return Turn::more;
}

Front::Turn SieveFront::malformed(std::string& out) {
    if (state_ != State::command) return answer({}, out);
    if (++commands_ > limits_.commands) return goodbye("Too many commands.", out);
    return bad("Invalid command.", out);
}

Front::Turn SieveFront::capability(Words arguments, std::string& out) {
    if (!arguments.empty()) return bad("CAPABILITY takes no arguments.", out);
    list_capabilities(out);
    say("OK", "", "Capability completed.", out);
    return Turn::more;
}

void SieveFront::list_capabilities(std::string& out) const {
    // SASL and STARTTLS are ours. UNAUTHENTICATE (RFC 5804 2.14.1) would lead to logins that nobody judges.
    static constexpr auto kept_back =
        std::to_array<std::string_view>({"SASL", "STARTTLS", "XCLIENT", "UNAUTHENTICATE"});
    bool has_implementation = false, has_version = false;
    for (const std::string& capability : offer_.capabilities) {
        const auto is_named = [&](std::string_view name) { return is_same_word(name_of(capability), name); };
        if (std::ranges::any_of(kept_back, is_named)) continue;
        has_implementation = has_implementation || is_named("IMPLEMENTATION");
        has_version = has_version || is_named("VERSION");
        out.append(capability).append("\r\n");
    }
    // RFC 5804 1.7: these are never missing.
    if (!has_implementation) out += "\"IMPLEMENTATION\" \"ManageSieve\"\r\n";
    if (!has_version) out += "\"VERSION\" \"1.0\"\r\n";
    out += "\"SASL\" ";
    append_sieve_string(offered_mechanisms(offer_, may_send_secrets()), us, out);
    out += offer_.starttls && !secured_ ? "\r\n\"STARTTLS\"\r\n" : "\r\n";
}

Front::Turn SieveFront::starttls(Words arguments, std::string& out) {
    if (!arguments.empty()) return bad("STARTTLS takes no arguments.", out);
    if (secured_) return bad("TLS is already active.", out);
    if (!offer_.starttls) return bad("TLS is not to be had here.", out);
    say("OK", "", "Begin TLS negotiation now.", out);
    return begin_handshake();
}

Front::Turn SieveFront::authenticate(Words arguments, std::string& out) {
    if (arguments.empty() || arguments.size() > 2 || !std::ranges::all_of(arguments, &SieveWord::is_string))
        return bad("AUTHENTICATE takes a mechanism and perhaps a response, both strings.", out);
    auto mechanism = mechanism_name(arguments[0].text);
    if (!mechanism) return bad("Invalid mechanism.", out);
    if (const auto why = refusal(offer_, *mechanism, may_send_secrets())) return denied(*why, out);
    std::optional<std::string_view> initial;
    if (arguments.size() == 2) initial = arguments[1].text;
    if (initial && initial->size() > limits_.response_bytes) return goodbye("Response too long.", out);
    return go_on(opening_.begin(*std::move(mechanism), initial), out);
}

Front::Turn SieveFront::noop(Words arguments, std::string& out) {
    if (arguments.empty()) {
        say("OK", "", "Done.", out);
        return Turn::more;
    }
    if (arguments.size() > 1 || !arguments[0].is_string()) return bad("NOOP takes one string.", out);
    const std::string tag = arguments[0].meaning();
    if (tag.size() > most_text_bytes || one_line(tag, tag.size()) != tag) return bad("Invalid tag.", out);
    std::string code = "TAG ";
    append_sieve_string(tag, us, code);
    say("OK", code, "Done.", out);
    return Turn::more;
}

Front::Turn SieveFront::logout(Words arguments, std::string& out) {
    if (!arguments.empty()) return bad("LOGOUT takes no arguments.", out);
    say("OK", "", "Logout completed.", out);
    return end();
}

// RFC 5804 2.1: a string, or "*" in quotes to cancel; without them from clients that know SASL from
// elsewhere.
Front::Turn SieveFront::answer(Words words, std::string& out) {
    const bool is_one = words.size() == 1 && (words[0].is_string() || words[0].text == "*");
    const std::string_view text = is_one ? words[0].text : "?";
    if (text.size() > limits_.response_bytes) return goodbye("Response too long.", out);
    return take_answer(text, out);
}

void SieveFront::reply(const ServerReply& reply, std::string& out) {
    CHECK(state_ == State::waiting);
    out += reply.before;
    out += reply.ok ? "OK" : "NO";
    if (!reply.text.empty()) out.append(" ").append(reply.text);
    out += "\r\n";
    rest();
    if (reply.ok) state_ = State::over;
}

void SieveFront::deny(Denial why, std::string_view text, std::string& out) {
    const auto [code, words] = refusal_of(why, offer_.starttls && !secured_);
    say("NO", code, text.empty() ? words : text, out);
    rest();
}

void SieveFront::say(std::string_view status, std::string_view code, std::string_view text,
                     std::string& out) {
    out += status;
    if (!code.empty()) out.append(" (").append(code).append(")");
    out += ' ';
    append_sieve_string(one_line(text, most_text_bytes), us, out);
    out += "\r\n";
}

Front::Turn SieveFront::goodbye(std::string_view text, std::string& out) {
    say("BYE", "", text, out);
    return end();
}

}  // namespace

std::unique_ptr<Front> make_sieve_front(const FrontOffer& offer, const FrontLimits& limits) {
    return std::make_unique<SieveFront>(offer, limits);
}

}  // namespace tidegate::wire
