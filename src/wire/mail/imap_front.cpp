#include "wire/mail/imap_front.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/check.h"
#include "wire/mail/imap_id.h"
#include "wire/mail/sasl.h"

namespace tidegate::wire {
namespace {

using namespace std::string_view_literals;

// RFC 9051 4: servers may end a session over a longer line, and Dovecot's log-in process does, at 9,000 or
// so. What a client may send to us must not make a server look broken.
constexpr std::size_t most_response_bytes = 8000;

// What this folder says itself, and UNAUTHENTICATE (RFC 8437), which leads to logins that nobody judges.
bool is_kept_back(std::string_view capability) {
    return has_word("SASL-IR STARTTLS LOGINDISABLED UNAUTHENTICATE", capability) ||
           is_same_word(capability.substr(0, 5), "AUTH=");
}

// The grammar has one blank between words and none behind them. Servers mind no more of them, and so clients
// don't.
bool skip_blanks(ImapWords& words) {
    const bool has_blank = words.skip(' ');
    while (words.skip(' ')) {
    }
    return has_blank;
}

// Whether a literal's head, the end of LOGIN's words, stands where one may.
bool is_login_literal(std::string_view words_so_far) {
    ImapWords words(words_so_far);
    const auto is_head = [&words] { return words.peek() == '{' && find(words.rest(), '\n') == npos; };
    skip_blanks(words);
    return is_head() || (words.astring() && skip_blanks(words) && is_head());
}

bool lists(const std::vector<std::string>& words, std::string_view word) {
    return std::ranges::any_of(words, [&](const auto& one) { return is_same_word(one, word); });
}

}  // namespace

struct ImapFront::Row {
    std::string_view name;
    Run run;
    bool takes_words;
};

// A command is as long as a line may be, and its literals come on top.
std::size_t ImapFront::most_bytes() const {
    return state_ == State::command ? limits_.line_bytes + literal_bytes_
                                    : std::min(limits_.response_bytes, most_response_bytes) + 2;
}

// The servers' own LOGINDISABLED says that they take none by any way that we could go.
bool ImapFront::takes_passwords() const {
    return is_safe() && !lists(offer_.capabilities, "LOGINDISABLED");
}

void ImapFront::append_capabilities(std::string& out) const {
    out += "CAPABILITY";
    const auto add = [&out](std::string_view word) { out.append(" ").append(word); };
    const auto is_version = [](const std::string& word) {
        return is_same_word(word.substr(0, 8), "IMAP4rev");
    };
    // RFC 9051 6.1.1: it must be there.
    if (std::ranges::none_of(offer_.capabilities, is_version)) add("IMAP4rev1");
    for (const auto& capability : offer_.capabilities) {
        if (!is_kept_back(capability)) add(capability);
    }
    add("SASL-IR");
    if (offer_.starttls && !tls_) add("STARTTLS");
    if (!takes_passwords()) add("LOGINDISABLED");
    const std::string mechanisms = offered_mechanisms(offer_, is_safe());
    for (Scan scan(mechanisms); !scan.done();) add("AUTH=" + std::string(scan.until_or_rest(' ')));
}

void ImapFront::greet(std::string& out) {
    out += "* OK [";
    append_capabilities(out);
    out += "] ";
    out += one_line(offer_.host, npos);
    out += offer_.host.empty() ? "Ready.\r\n" : " ready.\r\n";
}

Front::Heard ImapFront::hear(std::string_view bytes, std::string& out) {
    Heard heard;
    while (listens() && heard.turn == Turn::more && heard.used < bytes.size()) {
        std::size_t used = 0;
        const auto step = text_.take(bytes.substr(heard.used), most_bytes(), used);
        heard.used += used;
        if (text_.size() > most_bytes()) {
            heard.turn = too_much("Too long a line", out);
        } else if (step == ImapText::Step::line) {
            heard.turn = on_line(out);
        }
    }
    if (heard.turn == Turn::start_tls) heard.used = bytes.size();
    return heard;
}

void ImapFront::secured() {
    CHECK(state_ == State::handshake || (state_ == State::command && commands_ == 0 && text_.empty()));
    tls_ = true;
    asked_capability_ = false;
    id_.clear();
    login() = {};
    next();
}

bool ImapFront::is_amid_command() const {
    return state_ == State::command ? !text_.empty() : state_ != State::over;
}

ImapFront::Turn ImapFront::on_line(std::string& out) {
    return state_ == State::command ? on_command(out) : on_response(out);
}

ImapFront::Turn ImapFront::on_command(std::string& out) {
    if (const auto literal = literal_at_end(text_.last_line())) return on_literal(*literal, out);
    if (++commands_ > limits_.commands) return too_much("Too many commands", out);
    return run(split(text_.view()), out);
}

// RFC 7888 4: what comes without waiting is read, or all ends; else its bytes would be taken for commands.
// What waits is refused before it comes where nobody wants it, above all a password in the clear.
ImapFront::Turn ImapFront::on_literal(ImapLiteral literal, std::string& out) {
    const bool fits =
        literal.bytes <= limits_.literal_bytes && literal_bytes_ + literal.bytes <= 2 * limits_.literal_bytes;
    if (!literal.waits && !fits) return too_much("Too long a literal", out);
    if (literal.waits) {
        const Command command = split(text_.view());
        const bool is_login = is_same_word(command.name, "LOGIN"), is_id = is_same_word(command.name, "ID");
        if (is_imap_tag(command.tag)) tag_ = command.tag;
        if (!fits) return bad("Too long a literal", out);
        if (!is_login && !is_id) return bad("No literal is expected there", out);
        if (is_login && (!takes_passwords() || !is_login_literal(command.words))) return run(command, out);
        out += "+ OK\r\n";
    }
    literal_bytes_ += literal.bytes;
    text_.expect_literal(literal.bytes);
    return Turn::more;
}

ImapFront::Command ImapFront::split(std::string_view text) {
    Scan scan(text);
    Command command;
    command.tag = scan.until_or_rest(' ');
    command.name = scan.until_or_rest(' ');
    command.words = scan.rest();
    return command;
}

ImapFront::Turn ImapFront::run(const Command& command, std::string& out) {
    static constexpr auto rows = std::to_array<Row>({{"CAPABILITY", &ImapFront::capability, false},
                                                     {"NOOP", &ImapFront::noop, false},
                                                     {"LOGOUT", &ImapFront::logout, false},
                                                     {"STARTTLS", &ImapFront::starttls, false},
                                                     {"ID", &ImapFront::id, true},
                                                     {"LOGIN", &ImapFront::log_in, true},
                                                     {"AUTHENTICATE", &ImapFront::authenticate, true}});
    if (!is_imap_tag(command.tag)) return bad("A command begins with a tag", out);
    tag_ = command.tag;
    const auto row =
        std::ranges::find_if(rows, [&](auto& one) { return is_same_word(one.name, command.name); });
    if (row == rows.end()) return bad("Unknown command, or not before the login", out);
    if (!row->takes_words && !command.words.empty()) return bad("The command takes no arguments", out);
    return (this->*row->run)(command, out);
}

ImapFront::Turn ImapFront::capability(const Command&, std::string& out) {
    asked_capability_ = true;
    out += "* ";
    append_capabilities(out);
    out += "\r\n";
    return done("OK Capabilities before the login", out);
}

ImapFront::Turn ImapFront::noop(const Command&, std::string& out) {
    return done("OK Nothing was done", out);
}

ImapFront::Turn ImapFront::logout(const Command&, std::string& out) {
    out += "* BYE Logging out\r\n";
    done("OK Logged out", out);
    state_ = State::over;
    return Turn::close;
}

ImapFront::Turn ImapFront::starttls(const Command&, std::string& out) {
    if (tls_) return bad("TLS is there already", out);
    if (!offer_.starttls) return bad("There is no TLS", out);
    done("OK Begin TLS now", out);
    state_ = State::handshake;
    return Turn::start_tls;
}

ImapFront::Turn ImapFront::id(const Command& command, std::string& out) {
    auto list = read_id_list(command.words);
    if (!list) return bad("ID takes NIL or a list of strings", out);
    id_ = std::move(*list);
    out += "* ID NIL\r\n";
    return done("OK ID is noted", out);
}

ImapFront::Turn ImapFront::log_in(const Command& command, std::string& out) {
    if (!is_safe()) return refuse("NO [PRIVACYREQUIRED] Passwords are taken over TLS only", out);
    if (!takes_passwords()) return refuse("NO LOGIN is not taken here", out);
    ImapWords words(command.words);
    skip_blanks(words);
    const auto account = words.astring();
    const bool has_blank = skip_blanks(words);
    const auto password = words.astring();
    skip_blanks(words);
    if (!account || !has_blank || !password || !words.done())
        return bad("LOGIN takes an account and a password", out);
    const auto step = opening_.take(std::string(account->view()), password->view());
    // It was a LOGIN as the grammar has it, so NO and not BAD; but no server could have such an account.
    if (step == SaslOpening::Step::malformed) return refuse("NO There is no such account or password", out);
    return on_step(step, out);
}

ImapFront::Turn ImapFront::authenticate(const Command& command, std::string& out) {
    ImapWords words(command.words);
    skip_blanks(words);
    const auto mechanism = mechanism_name(words.word());
    skip_blanks(words);
    const bool has_initial = !words.done();  // an empty one is "=" (RFC 4959 3)
    if (!mechanism) return bad("AUTHENTICATE takes a mechanism and perhaps a response", out);
    const auto denial = refusal(offer_, *mechanism, is_safe());
    if (denial == Denial::unsupported) return refuse("NO Unsupported authentication mechanism", out);
    if (denial) return refuse("NO [PRIVACYREQUIRED] Passwords are taken over TLS only", out);
    const auto initial = has_initial ? std::optional(words.rest()) : std::nullopt;
    return on_step(opening_.begin(*mechanism, initial), out);
}

// RFC 4959 3: BAD also to an initial response of a mechanism that has none.
ImapFront::Turn ImapFront::on_step(SaslOpening::Step step, std::string& out) {
    if (step == SaslOpening::Step::malformed) return bad("That is no response of this mechanism", out);
    text_.clear();
    literal_bytes_ = 0;
    cancelled_ = false;
    state_ = step == SaslOpening::Step::ask ? State::opening : State::decision;
    if (step == SaslOpening::Step::ready) return Turn::log_in;
    out.append("+ ").append(opening_.question()).append("\r\n");
    return Turn::more;
}

// RFC 9051 6.2.2: "*" cancels. So does what is no base64 where a server takes part, which has to hear of the
// end, too.
ImapFront::Turn ImapFront::on_response(std::string& out) {
    const std::string_view text = text_.view();
    if (state_ == State::opening)
        return text == "*" ? bad("Authentication was cancelled", out) : on_step(opening_.answer(text), out);
    cancelled_ = text == "*" || !from_base64(text);
    response_ = Secret(cancelled_ ? "*"sv : text);
    text_.clear();
    state_ = State::decision;
    return Turn::respond;
}

void ImapFront::challenge(std::string_view text, std::string& out) {
    CHECK(state_ == State::decision);
    out += "+ ";
    out += one_line(text, npos);
    out += "\r\n";
    response_.wipe();
    state_ = State::response;
}

void ImapFront::reply(const ServerReply& reply, std::string& out) {
    CHECK(state_ == State::decision);
    // Some clients ask for the capabilities and then don't read the code in the answer to the login; Dovecot
    // tells them in a line of its own, where it was asked itself.
    const auto capabilities = capabilities_of(response_code(reply.text));
    if (reply.ok && asked_capability_ && capabilities && reply.before.empty())
        out.append("* CAPABILITY ").append(*capabilities).append("\r\n");
    out += reply.before;
    // RFC 9051 6.2.2: BAD to what was cancelled.
    const std::string_view status = reply.ok ? "OK " : cancelled_ ? "BAD " : "NO ";
    out.append(tag_).append(" ").append(status);
    const std::string_view usual = reply.ok ? "Logged in." : "Authentication failed.";
    out += one_line(reply.text.empty() ? usual : reply.text, npos);
    out += "\r\n";
    next();
    if (reply.ok) state_ = State::over;
}

void ImapFront::deny(Denial why, std::string_view text, std::string& out) {
    struct Words {
        std::string_view code, text;
    };
    static constexpr auto words = std::to_array<Words>(
        {{"NO [AUTHENTICATIONFAILED] ", "Authentication failed."},
         {"NO [UNAVAILABLE] ", "Temporary authentication failure. Please try again later."},
         {"NO [PRIVACYREQUIRED] ", "Passwords are taken over TLS only."},
         {"NO ", "Unsupported authentication mechanism."},
         {"BAD ", "That is no authentication exchange."},
         {"BAD ", "Authentication was cancelled."}});
    CHECK(state_ == State::decision);
    const auto& [code, usual] = words.at(static_cast<std::size_t>(why));
    out.append(tag_).append(" ").append(code);
    out += one_line(text.empty() ? usual : text, npos);
    out += "\r\n";
    next();
}

void ImapFront::bye(std::string_view text, std::string& out) {
    out += "* BYE [UNAVAILABLE] ";
    out += one_line(text.empty() ? "Please try again later." : text, npos);
    out += "\r\n";
    next();
    state_ = State::over;
}

ImapFront::Turn ImapFront::done(std::string_view text, std::string& out) {
    out.append(tag_.empty() ? "*" : tag_).append(" ").append(text).append(".\r\n");
    next();
    return Turn::more;
}

ImapFront::Turn ImapFront::bad(std::string_view text, std::string& out) {
    return refuse("BAD " + std::string(text), out);
}

ImapFront::Turn ImapFront::refuse(std::string_view text, std::string& out) {
    done(text, out);
    return ++bad_commands_ > limits_.bad_commands ? too_much("Too many commands that are none", out)
                                                  : Turn::more;
}

ImapFront::Turn ImapFront::too_much(std::string_view text, std::string& out) {
    out.append("* BYE ").append(text).append(".\r\n");
    next();
    state_ = State::over;
    return Turn::close;
}

void ImapFront::next() {
    text_.clear();
    response_.wipe();
    login().password.wipe();
    login().initial.wipe();
    literal_bytes_ = 0;
    tag_.clear();
    state_ = State::command;
}

std::unique_ptr<Front> make_imap_front(const FrontOffer& offer, const FrontLimits& limits) {
    return std::make_unique<ImapFront>(offer, limits);
}

}  // namespace tidegate::wire
