#include "wire/mail/smtp_opening.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/check.h"
#include "wire/mail/lines.h"

namespace tidegate::wire {
namespace {

constexpr std::size_t most_quoted_bytes = 200;         // of a server's words in trouble()
constexpr std::size_t most_xclient_value_bytes = 255;  // as Postfix has it
constexpr std::string_view unavailable = "[UNAVAILABLE]";

/// One XCLIENT command. Attributes that the server does not know or that have no room are left out.
class XclientCommand {
public:
    XclientCommand(std::string_view offered, std::size_t most_bytes)
        : offered_(offered), most_bytes_(most_bytes) {}

    void add(std::string_view name, std::string_view value) {
        std::string xtext;
        append_xtext(value, xtext);
        add_as_it_is(name, xtext);
    }
    void add_as_it_is(std::string_view name, std::string_view value) {
        if (value.empty() || !has_word(offered_, name) || value.size() > most_xclient_value_bytes) return;
        if (text_.size() + 2 + name.size() + value.size() > most_bytes_) return;
        text_.append(" ").append(name).append("=").append(value);
    }
    [[nodiscard]] std::string_view text() const { return text_; }

private:
    std::string_view offered_;
    std::size_t most_bytes_;
    std::string text_ = "XCLIENT";
};

std::string xclient_address(const Address& address) {
    if (address.is_none()) return std::string(unavailable);
    return address.is_v4() ? address.text() : "IPV6:" + address.text();
}

std::string port_text(std::uint16_t port) {
    return port == 0 ? std::string() : std::to_string(port);
}

bool is_helo_name(std::string_view text) {
    return !text.empty() && text.size() <= most_domain_bytes &&
           std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

// The address is the last: it takes away the right to say XCLIENT, which the client must not have either when
// the connection is its own. It always has room, since only HELO and SESSION are of a length that others
// chose, and they come before it.
std::string xclient_command(const ForwardedClient& client, std::string_view offered) {
    constexpr std::size_t room_for_address_bytes = 64, line_end_bytes = 2;
    XclientCommand command(offered, most_command_bytes - line_end_bytes - room_for_address_bytes);
    command.add_as_it_is("NAME", unavailable);  // else Postfix takes ours for the client's
    command.add_as_it_is("REVERSE_NAME", unavailable);
    command.add("PROTO", client.extended ? "ESMTP" : "SMTP");
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

SmtpOpening::SmtpOpening(const BackRules& rules, ForwardedClient client)
    : rules_(rules), client_(std::move(client)), replies_(rules.most_bytes) {}

SmtpOpening::Heard SmtpOpening::hear(std::string_view bytes, std::string& out) {
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

SmtpOpening::Turn SmtpOpening::take_reply(std::string& out) {
    const unsigned code = replies_.code();
    switch (state_) {
        case State::greeting:
            return code == 220 ? say_ehlo(out) : fail_at("greeting");
        case State::ehlo:
            if (code == 501 && !client_.words.empty()) return say_ehlo_again(out);
            if (code != 250) return fail_at("EHLO");
            read_offered();
            return go_on(out);
        case State::starttls:
            if (code != 220) return fail_at("STARTTLS");
            state_ = State::handshake;
            return Turn::start_tls;
        default:
            break;
    }
    if (code != 220) return fail_at("XCLIENT");
    forwarded_ = true;
    return say_ehlo(out);
}

void SmtpOpening::read_offered() {
    auto reply = replies_.bytes();
    offers_starttls_ = false;
    mechanisms_.clear();
    xclient_.reset();
    (void)take_reply_text(reply);  // its name
    while (const auto line = take_reply_text(reply)) {
        auto text = *line;
        const auto keyword = take_word(text);
        if (is_same_word(keyword, "STARTTLS")) offers_starttls_ = true;
        if (is_same_word(keyword, "XCLIENT")) xclient_ = text;
        // "AUTH=LOGIN" is of before RFC 2554; servers say it beside the other for old clients.
        if (is_same_word(keyword, "AUTH")) mechanisms_.append(" ").append(text);
    }
}

void SmtpOpening::secured(std::string& out) {
    CHECK(state_ == State::handshake);
    secured_ = true;
    say_ehlo(out);
}

SmtpOpening::Turn SmtpOpening::say(State next, std::string_view line, std::string& out) {
    out.append(line).append("\r\n");
    state_ = next;
    return Turn::more;
}

// Those before the last are our own affair.
SmtpOpening::Turn SmtpOpening::say_ehlo(std::string& out) {
    const bool is_last = !needs_tls() && !needs_xclient();
    std::string name = is_last && is_helo_name(client_.words) ? client_.words : rules_.helo;
    if (!is_helo_name(name)) name = "localhost";
    return say(State::ehlo, (is_last && !client_.extended ? "HELO " : "EHLO ") + name, out);
}

// The server cannot read the client's name, which says nothing of the client: machines have such names.
SmtpOpening::Turn SmtpOpening::say_ehlo_again(std::string& out) {
    client_.words.clear();
    return say_ehlo(out);
}

SmtpOpening::Turn SmtpOpening::go_on(std::string& out) {
    if (needs_tls())
        return offers_starttls_ ? say(State::starttls, "STARTTLS", out) : fail("it offers no STARTTLS");
    if (needs_xclient()) return say_xclient(out);
    state_ = State::over;
    return Turn::ready;
}

// Without it all clients would be ourselves, to the server's limits and in the logs that are judged by.
SmtpOpening::Turn SmtpOpening::say_xclient(std::string& out) {
    if (!xclient_ || !has_word(*xclient_, "ADDR")) return fail("it offers us no XCLIENT with ADDR");
    return say(State::xclient, xclient_command(client_, *xclient_), out);
}

SmtpOpening::Turn SmtpOpening::fail(std::string why) {
    trouble_ = std::move(why);
    state_ = State::over;
    return Turn::broken;
}

SmtpOpening::Turn SmtpOpening::fail_at(std::string_view what) {
    const auto said = std::to_string(replies_.code()) + ' ' + std::string(replies_.last_text());
    std::string why(what);
    why += ": ";
    for (const char c : std::string_view(said).substr(0, most_quoted_bytes))
        why += c >= 0x20 && c < 0x7f ? c : '?';
    return fail(std::move(why));
}

}  // namespace tidegate::wire
