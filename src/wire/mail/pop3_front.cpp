// POP3 towards clients (RFC 1939, 2449, 2595, 3206, 5034).
//
// APOP is not offered: its digest is of the server's own timestamp, so the server would have to be chosen,
// and its greeting relayed, before anybody knows who asks (RFC 1939 7). The greeting has no timestamp.

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "wire/log/scan.h"
#include "wire/mail/lines.h"
#include "wire/mail/sasl.h"
#include "wire/mail/sasl_front.h"

namespace tidegate::wire {
namespace {

constexpr std::size_t most_reply_bytes = 500;  // RFC 2449 4: 512, with status and CRLF

/// The code (RFC 3206) and the words where nobody has better ones. Not [AUTH] for what is not the
/// credentials' fault: mail clients ask for another password then.
struct Refusal {
    std::string_view code, words;
};
Refusal refusal_of(Denial why) {
    switch (why) {
        case Denial::wrong:
            return {"[AUTH] ", "Authentication failed."};
        case Denial::unavailable:
            return {"[SYS/TEMP] ", "Temporary authentication failure."};
        case Denial::insecure:
            return {"", "Passwords are not taken without TLS."};
        case Denial::unsupported:
            return {"", "Unsupported authentication mechanism."};
        case Denial::malformed:
            return {"", "Invalid authentication exchange."};
        case Denial::cancelled:
            return {"", "Authentication cancelled."};
    }
    CHECK(false);
}

// What Pop3Front says itself, and what must come before the login and so can't reach the server (RFC 6856 2).
bool is_kept_back(std::string_view capability) {
    static constexpr auto names =
        std::to_array<std::string_view>({"STLS", "SASL", "USER", "UTF8", "XCLIENT"});
    const auto name = capability.substr(0, capability.find(' '));
    return std::ranges::any_of(names, [&](std::string_view known) { return is_same_word(name, known); });
}

class Pop3Front final : public SaslFront {
public:
    Pop3Front(const FrontOffer& offer, const FrontLimits& limits) : SaslFront(offer, limits) {}

    void greet(std::string& out) override { say(true, offer_.host + " ready.", out); }
    void secured() override {
        begin_secured();
        user_.clear();
    }

    void reply(const ServerReply& reply, std::string& out) override;
    void deny(Denial why, std::string_view text, std::string& out) override;
    void bye(std::string_view text, std::string& out) override {
        say(false, "[SYS/TEMP] " + std::string(text), out);
        state_ = State::over;
    }

private:
    Heard hear_one(std::string_view bytes, std::string& out) override;
    bool is_amid_line() const override { return ends_.is_amid(); }
    void write_question(std::string_view text, std::string& out) override {
        out.append("+ ").append(text).append("\r\n");
    }
    Turn command(std::string_view line, std::string& out);
    Turn capa(std::string_view rest, std::string& out);
    Turn stls(std::string_view rest, std::string& out);
    Turn user(std::string_view rest, std::string& out);
    Turn pass(std::string_view rest, std::string& out);
    Turn auth(std::string_view rest, std::string& out);
    Turn quit(std::string_view rest, std::string& out);
    Turn bad(std::string_view words, std::string& out);
    Turn list_mechanisms(std::string& out);

    static void say(bool ok, std::string_view text, std::string& out);
    Turn goodbye(bool ok, std::string_view words, std::string& out);

    LineEnds ends_;
    std::string user_;  // of USER
};

Front::Heard Pop3Front::hear_one(std::string_view bytes, std::string& out) {
    const bool is_command = state_ == State::command;
    const auto found = ends_.next(bytes, is_command ? limits_.line_bytes : limits_.response_bytes + 2);
    if (found.state == LineEnds::State::more) return {};
    if (found.state == LineEnds::State::too_long)
        return {.used = bytes.size(), .turn = goodbye(false, "Line too long.", out)};
    return {.used = found.used, .turn = is_command ? command(found.line, out) : take_answer(found.line, out)};
}

Front::Turn Pop3Front::command(std::string_view line, std::string& out) {
    using Command = std::pair<std::string_view, Turn (Pop3Front::*)(std::string_view, std::string&)>;
    static constexpr auto commands = std::to_array<Command>({{"CAPA", &Pop3Front::capa},
                                                             {"STLS", &Pop3Front::stls},
                                                             {"USER", &Pop3Front::user},
                                                             {"PASS", &Pop3Front::pass},
                                                             {"AUTH", &Pop3Front::auth},
                                                             {"QUIT", &Pop3Front::quit}});
    if (++commands_ > limits_.commands) return goodbye(false, "Too many commands.", out);
    Scan scan(line);
    const auto word = scan.until_or_rest(' ');
    for (const auto& [name, run] : commands) {
        if (is_same_word(word, name)) return (this->*run)(scan.rest(), out);
    }
    return bad("Unknown command, or not before login.", out);
}

Front::Turn Pop3Front::bad(std::string_view words, std::string& out) {
    if (++bad_commands_ > limits_.bad_commands) return goodbye(false, "Too many invalid commands.", out);
    say(false, words, out);
    return Turn::more;
}

Front::Turn Pop3Front::capa(std::string_view, std::string& out) {
    say(true, "Capability list follows", out);
    for (const std::string& capability : offer_.capabilities) {
        if (!is_kept_back(capability)) out.append(capability).append("\r\n");
    }
    if (offer_.starttls && !secured_) out += "STLS\r\n";
    if (may_send_secrets()) out += "USER\r\n";
    if (const auto names = offered_mechanisms(offer_, may_send_secrets()); !names.empty())
        out.append("SASL ").append(names).append("\r\n");
    out += ".\r\n";
    return Turn::more;
}

Front::Turn Pop3Front::stls(std::string_view, std::string& out) {
    if (secured_) return bad("TLS is already active.", out);
    if (!offer_.starttls) return bad("TLS is not to be had here.", out);
    say(true, "Begin TLS negotiation now.", out);
    return begin_handshake();
}

Front::Turn Pop3Front::user(std::string_view rest, std::string& out) {
    user_.clear();
    if (!may_send_secrets()) return denied(Denial::insecure, out);
    if (!can_be_account(rest) || rest.size() > limits_.literal_bytes) return bad("Invalid account.", out);
    user_ = rest;
    say(true, "Send the password.", out);  // of an account that may not exist (RFC 1939 13)
    return Turn::more;
}

Front::Turn Pop3Front::pass(std::string_view rest, std::string& out) {
    if (!may_send_secrets()) return denied(Denial::insecure, out);
    if (user_.empty()) return bad("USER comes first.", out);
    // A blank more or less is the password's own (RFC 1939 7).
    return go_on(opening_.take(std::exchange(user_, {}), rest), out);
}

Front::Turn Pop3Front::auth(std::string_view rest, std::string& out) {
    if (rest.empty()) return list_mechanisms(out);
    Scan scan(rest);
    auto mechanism = mechanism_name(scan.until_or_rest(' '));
    if (!mechanism) return bad("Invalid mechanism.", out);
    if (const auto why = refusal(offer_, *mechanism, may_send_secrets())) return denied(*why, out);
    std::optional<std::string_view> initial;
    if (!scan.done()) initial = scan.rest();
    return go_on(opening_.begin(*std::move(mechanism), initial), out);
}

// No RFC has it, but clients older than CAPA ask so, and servers answer.
Front::Turn Pop3Front::list_mechanisms(std::string& out) {
    say(true, "Mechanisms follow", out);
    const std::string names = offered_mechanisms(offer_, may_send_secrets());
    for (Scan scan(names); !scan.done();) out.append(scan.until_or_rest(' ')).append("\r\n");
    out += ".\r\n";
    return Turn::more;
}

Front::Turn Pop3Front::quit(std::string_view, std::string& out) {
    return goodbye(true, "Logging out.", out);
}

void Pop3Front::reply(const ServerReply& reply, std::string& out) {
    CHECK(state_ == State::waiting);
    out += reply.before;
    say(reply.ok, reply.text, out);
    rest();
    if (reply.ok) state_ = State::over;
}

void Pop3Front::deny(Denial why, std::string_view text, std::string& out) {
    const auto [code, words] = refusal_of(why);
    say(false, std::string(code).append(text.empty() ? words : text), out);
    rest();
}

void Pop3Front::say(bool ok, std::string_view text, std::string& out) {
    out += ok ? "+OK" : "-ERR";
    if (!text.empty()) out.append(" ").append(one_line(text, most_reply_bytes));
    out += "\r\n";
}

Front::Turn Pop3Front::goodbye(bool ok, std::string_view words, std::string& out) {
    say(ok, words, out);
    return end();
}

}  // namespace

std::unique_ptr<Front> make_pop3_front(const FrontOffer& offer, const FrontLimits& limits) {
    return std::make_unique<Pop3Front>(offer, limits);
}

}  // namespace tidegate::wire
