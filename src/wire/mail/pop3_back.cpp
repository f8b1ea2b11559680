// POP3 towards servers (RFC 1939, 2449, 2595, 3206, 5034), with Dovecot's XCLIENT:
//
//     greeting -> STLS, handshake -> XCLIENT -> CAPA -> AUTH PLAIN, or USER and PASS
//                                         -> AUTH of another mechanism
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

namespace tidegate::wire {
namespace {

constexpr std::size_t most_command_bytes = 255;  // RFC 2449 4, and RFC 5034 4 for AUTH
constexpr std::size_t most_reply_bytes = 500;    // RFC 2449 4
constexpr std::size_t most_trouble_bytes = 200;

struct Status {
    bool ok = false;
    std::string_view text;
};
std::optional<Status> read_status(std::string_view line) {
    Scan scan(line);
    const bool ok = begins_with_word(line, "+OK");
    if (!ok && !begins_with_word(line, "-ERR")) return std::nullopt;
    scan.drop(ok ? 3 : 4);
    if (!scan.done() && !scan.skip(' ')) return std::nullopt;
    return Status{ok, scan.rest()};
}

class Pop3Back final : public Back {
public:
    Pop3Back(const BackRules& rules, ForwardedClient client, Login login)
        : rules_(rules), client_(std::move(client)), login_(std::move(login)) {
        CHECK(mechanism_name(login_.mechanism) == login_.mechanism);
    }

    Heard hear(std::string_view bytes, std::string& out) override;
    void secured(std::string& out) override {
        CHECK(state_ == State::handshake);
        identify(out);
    }
    std::string_view challenge() const override { return challenge_; }
    void respond(std::string_view response, std::string& out) override;
    const ServerReply& result() const override { return result_; }
    std::string_view trouble() const override { return trouble_; }

private:
    enum class State : std::uint8_t {
        greeting,
        stls,
        handshake,
        xclient,
        capa,
        capabilities,
        auth,
        user,
        pass,
        responding,  // the client has the word
        over,
    };

    bool is_listening() const {
        return state_ != State::handshake && state_ != State::responding && state_ != State::over;
    }
    Turn line(std::string_view line, std::string& out);
    Turn greeting(std::string_view line, const Status& status, std::string& out);
    Turn stls(std::string_view line, const Status& status);
    Turn xclient(std::string_view line, const Status& status, std::string& out);
    Turn capability(std::string_view line, std::string& out);
    Turn challenged(std::string_view line, std::string& out);
    Turn user(const Status& status, std::string& out);
    Turn decided(const Status& status);
    Turn refused(Refusal why, std::string_view text);
    Turn refused_here(std::string_view words);
    Turn broken(std::string_view what, std::string_view line = {});

    void identify(std::string& out);
    void ask_capabilities(std::string& out);
    Turn authenticate(std::string& out);
    Turn send_user(std::string& out);
    void send_auth(Secret initial, std::string& out);
    void send(std::string_view command, State next, std::string& out) {
        out.append(command).append("\r\n");
        state_ = next;
    }

    BackRules rules_;
    ForwardedClient client_;
    Login login_;
    LineEnds ends_;
    State state_ = State::greeting;
    std::size_t list_bytes_ = 0;  // of the capabilities so far
    bool has_list_ = false, takes_user_ = false, takes_plain_ = false;
    bool cancelled_ = false;      // by the client
    std::optional<Secret> held_;  // a first response that waits for its turn
    std::string challenge_, trouble_;
    ServerReply result_;
};

Back::Heard Pop3Back::hear(std::string_view bytes, std::string& out) {
    Heard heard;
    while (heard.turn == Turn::more && is_listening()) {
        if (state_ != State::capabilities) list_bytes_ = 0;
        const auto found = ends_.next(bytes.substr(heard.used), rules_.most_bytes - list_bytes_);
        if (found.state == LineEnds::State::more) return heard;
        if (found.state == LineEnds::State::too_long) {
            heard.turn = broken("too long a reply");
            break;
        }
        heard.used += found.used;
        list_bytes_ += found.used;
        heard.turn = line(found.line, out);
    }
    if (heard.turn == Turn::start_tls && heard.used < bytes.size())
        heard.turn = broken("it said more in the clear");
    return heard;
}

Back::Turn Pop3Back::line(std::string_view line, std::string& out) {
    if (state_ == State::capabilities) return capability(line, out);
    if (state_ == State::auth && line.starts_with('+') && !begins_with_word(line, "+OK"))
        return challenged(line, out);
    const auto status = read_status(line);
    if (!status) return broken("no POP3 reply", line);
    switch (state_) {
        case State::greeting:
            return greeting(line, *status, out);
        case State::stls:
            return stls(line, *status);
        case State::xclient:
            return xclient(line, *status, out);
        case State::capa:
            has_list_ = status->ok;
            if (!has_list_) return authenticate(out);
            state_ = State::capabilities;
            return Turn::more;
        case State::user:
            return user(*status, out);
        case State::auth:
        case State::pass:
            return decided(*status);
        default:
            CHECK(false);
    }
}

Back::Turn Pop3Back::greeting(std::string_view line, const Status& status, std::string& out) {
    if (!status.ok) return broken("greeting", line);
    // Dovecot's, to those whom it trusts (login_trusted_networks). It says so only here. Going on without
    // would have it count all clients' failures as ours.
    const bool takes_xclient = begins_with_word(status.text, "[XCLIENT]");
    if (rules_.forward != Forward::nothing && !takes_xclient)
        return broken("it takes no XCLIENT from us", line);
    if (rules_.starttls) {
        send("STLS", State::stls, out);
    } else {
        identify(out);
    }
    return Turn::more;
}

Back::Turn Pop3Back::stls(std::string_view line, const Status& status) {
    if (!status.ok) return broken("STLS", line);
    state_ = State::handshake;
    return Turn::start_tls;
}

void Pop3Back::identify(std::string& out) {
    if (rules_.forward == Forward::nothing) return ask_capabilities(out);
    // Dovecot skips words that it does not know: DESTADDR is of 2.4.3.
    std::string command = "XCLIENT ADDR=" + client_.address.text() + " PORT=" + std::to_string(client_.port);
    if (!client_.met_at.is_none()) {
        command += " DESTADDR=" + client_.met_at.text();
        command += " DESTPORT=" + std::to_string(client_.met_at_port);
    }
    if (const auto session = session_word(client_.session); !session.empty())
        command += " SESSION=" + session;
    command += client_.tls ? " CLIENT-TRANSPORT=TLS" : " CLIENT-TRANSPORT=insecure";
    send(command, State::xclient, out);
}

Back::Turn Pop3Back::xclient(std::string_view line, const Status& status, std::string& out) {
    // "+OK You are not from trusted IP - ignoring": somebody put [XCLIENT] into a greeting in the clear.
    if (!status.ok || status.text.ends_with("ignoring")) return broken("XCLIENT", line);
    ask_capabilities(out);
    return Turn::more;
}

void Pop3Back::ask_capabilities(std::string& out) {
    if (login_.is_plain()) return send("CAPA", State::capa, out);
    // A mechanism of the client's choice is used whatever the list says: the server's "no" is an answer.
    send_auth(std::move(login_.initial), out);
}

Back::Turn Pop3Back::capability(std::string_view line, std::string& out) {
    if (line == ".") return authenticate(out);
    Scan scan(line);
    const auto name = scan.until_or_rest(' ');
    takes_user_ = takes_user_ || is_same_word(name, "USER");
    if (!is_same_word(name, "SASL")) return Turn::more;
    takes_plain_ = takes_plain_ || has_word(scan.rest(), "PLAIN");
    return Turn::more;
}

Back::Turn Pop3Back::authenticate(std::string& out) {
    if (takes_plain_) {
        login_.has_initial = true;
        send_auth(plain_response(login_), out);
        return Turn::more;
    }
    // It would call the password wrong, in the clear.
    if (has_list_ && !takes_user_) return broken("it takes no passwords (does it want STLS?)");
    return send_user(out);
}

Back::Turn Pop3Back::send_user(std::string& out) {
    const bool is_for_another = !login_.acts_for.empty() && login_.acts_for != login_.account;
    const bool fits_a_line = can_be_account(login_.account) &&
                             login_.password.view().find_first_of("\r\n") == std::string_view::npos;
    if (is_for_another || !fits_a_line) return refused_here("Not possible with this server.");
    send("USER " + login_.account, State::user, out);
    return Turn::more;
}

Back::Turn Pop3Back::user(const Status& status, std::string& out) {
    if (!status.ok) return decided(status);
    out += "PASS ";
    append_secret(login_.password.view(), "\r\n", out);
    login_.password.wipe();
    state_ = State::pass;
    return Turn::more;
}

void Pop3Back::send_auth(Secret initial, std::string& out) {
    const std::size_t bytes =
        std::string_view("AUTH  \r\n").size() + login_.mechanism.size() + initial.view().size();
    out.append("AUTH ").append(login_.mechanism);
    if (login_.has_initial && bytes <= most_command_bytes) {
        out += ' ';
        append_secret(initial.view(), "\r\n", out);
    } else {
        out += "\r\n";
        if (login_.has_initial) held_ = std::move(initial);
    }
    login_.password.wipe();
    state_ = State::auth;
}

Back::Turn Pop3Back::challenged(std::string_view line, std::string& out) {
    Scan scan(line);
    scan.drop(1);
    scan.skip(' ');
    if (!from_base64(scan.rest())) return broken("a challenge that is no base64");
    challenge_ = scan.rest();
    state_ = State::responding;
    if (held_) {
        const Secret first = std::move(*held_);
        held_.reset();
        respond(first.view(), out);
        return Turn::more;
    }
    if (login_.is_plain()) return broken("it asks for more than PLAIN has");
    return Turn::challenge;
}

void Pop3Back::respond(std::string_view response, std::string& out) {
    CHECK(state_ == State::responding);
    cancelled_ = response == "*";
    // RFC 5034 4: "=" is only for the command's own line.
    append_secret(response == "=" ? std::string_view{} : response, "\r\n", out);
    state_ = State::auth;
}

Back::Turn Pop3Back::decided(const Status& status) {
    if (!status.ok) {
        return refused(cancelled_ ? Refusal{Reason::protocol, true} : pop3_refusal(status.text), status.text);
    }
    result_.ok = true;
    result_.text = one_line(status.text, most_reply_bytes);
    login_.password.wipe();
    state_ = State::over;
    return Turn::decided;
}

Back::Turn Pop3Back::refused(Refusal why, std::string_view text) {
    result_.reason = why.reason;
    result_.temporary = why.temporary;
    result_.text = one_line(text, most_reply_bytes);
    login_.password.wipe();
    state_ = State::over;
    return Turn::decided;
}

Back::Turn Pop3Back::refused_here(std::string_view words) {
    return refused({Reason::other, false}, words);
}

Back::Turn Pop3Back::broken(std::string_view what, std::string_view line) {
    trouble_ = what;
    if (!line.empty()) trouble_ += ": " + one_line(line, most_trouble_bytes);
    login_ = {};
    held_.reset();
    state_ = State::over;
    return Turn::broken;
}

}  // namespace

std::unique_ptr<Back> make_pop3_back(const BackRules& rules, ForwardedClient client, Login login) {
    return std::make_unique<Pop3Back>(rules, std::move(client), std::move(login));
}

}  // namespace tidegate::wire
