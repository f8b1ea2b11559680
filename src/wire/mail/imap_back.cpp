// IMAP towards servers (RFC 9051, RFC 3501): greeting, STARTTLS, ID, then one login.
//
// SECURITY: a server is believed what the protocol lets it say, once; a client that makes it answer oddly
// must not make it look broken. What a client said of itself goes on in strings that are written anew,
// without the names that a proxy alone may use.

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "wire/mail/back.h"
#include "wire/mail/imap_id.h"
#include "wire/mail/imap_words.h"
#include "wire/mail/refusals.h"
#include "wire/mail/sasl.h"

namespace tidegate::wire {
namespace {

using namespace std::string_view_literals;

// Beyond this an initial response goes in a line of its own: commands are read with smaller buffers.
constexpr std::size_t most_initial_bytes = 1024;
// RFC 7888 5.
constexpr std::size_t most_literal_minus_bytes = 4096;
constexpr std::size_t most_trouble_bytes = 200;

/// What a server offers, as far as it matters to one login.
struct Offered {
    bool known = false;
    bool starttls = false;
    bool login_disabled = false;
    bool sasl_ir = false;
    bool literal_plus = false;
    bool literal_minus = false;
    bool id = false;
    bool mechanism = false;  // the login's own
};

Offered read_offered(std::string_view words, std::string_view mechanism) {
    Offered offered{.known = true};
    const auto has = [words](std::string_view word) { return has_word(words, word); };
    // RFC 9051 appendix E: what revision 2 has built in, where nobody needs to ENABLE it first (6.3.1).
    const bool only_rev2 = has("IMAP4rev2") && !has("IMAP4rev1");
    offered.starttls = has("STARTTLS");
    offered.login_disabled = has("LOGINDISABLED");
    offered.sasl_ir = has("SASL-IR") || only_rev2;
    offered.literal_plus = has("LITERAL+");
    offered.literal_minus = has("LITERAL-") || only_rev2;
    offered.id = has("ID");
    offered.mechanism = has("AUTH=" + std::string(mechanism));
    return offered;
}

// RFC 4959 3: the empty response is "=" behind a command only, elsewhere an empty line.
std::string_view without_equals(std::string_view response) {
    return response == "=" ? ""sv : response;
}

// It goes on as it is, so that it needs not be read.
bool looks_like_base64(std::string_view text) {
    constexpr std::string_view others = "+/=";
    const auto belongs = [others](char c) {
        return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || others.contains(c);
    };
    return std::ranges::all_of(text, belongs);
}

bool is_printable(std::string_view line) {
    return std::ranges::none_of(line, [](char c) { return is_control(c) && c != '\t'; });
}

// Data may end in a literal's head and mean it, a text for people does not (RFC 9051 9: text).
bool can_hold_literals(std::string_view line) {
    Scan scan(line);
    if (!scan.skip("* ")) return false;
    const auto word = scan.until_or_rest(' ');
    constexpr std::array<std::string_view, 5> with_text{"OK", "NO", "BAD", "BYE", "PREAUTH"};
    return std::ranges::none_of(with_text, [word](auto one) { return is_same_word(one, word); });
}

// A login that no server can fail to understand.
bool has_usual_words(const Login& login) {
    return login.is_plain() && can_be_quoted(login.account) && can_be_quoted(login.acts_for) &&
           can_be_quoted(login.password.view());
}

class ImapBack final : public Back {
public:
    ImapBack(const BackRules& rules, ForwardedClient client, Login login)
        : rules_(rules),
          client_(std::move(client)),
          login_(std::move(login)),
          is_ours_(has_usual_words(login_)) {}

    Heard hear(std::string_view bytes, std::string& out) override;
    void secured(std::string& out) override;
    std::string_view challenge() const override { return challenge_; }
    void respond(std::string_view response, std::string& out) override;
    const ServerReply& result() const override { return result_; }
    std::string_view trouble() const override { return trouble_; }

private:
    // In order: from `initial` on the login is under way.
    enum class State : std::uint8_t {
        greeting,
        capability,
        starttls,
        handshake,
        id,
        initial,  // asked to go on with the first response
        account,  // LOGIN's literals, likewise
        password,
        answer,
        challenged,  // the client is
        over,
    };

    [[nodiscard]] bool is_logging_in() const { return state_ >= State::initial && state_ != State::over; }
    Turn on_line(std::string& out);
    Turn on_text(std::string_view text, std::string& out);
    Turn on_greeting(std::string_view status, std::string_view text, std::string& out);
    Turn on_untagged(std::string_view text, std::string& out);
    Turn on_goodbye(std::string_view text);
    Turn on_continue(std::string_view text, std::string& out);
    Turn on_tagged(std::string_view text, std::string& out);
    Turn on_decision(std::string_view status, std::string_view text);
    void learn(std::string_view code);

    Turn go_on(std::string& out);
    Turn ask_capability(std::string& out);
    Turn log_in(std::string& out);
    Turn log_in_plainly(std::string& out);
    Turn authenticate(std::string_view initial, bool has_initial, std::string& out);
    Turn send_initial(std::string& out);
    Turn send_account(std::string& out);
    Turn send_account_literal(std::string& out);
    Turn send_password(std::string& out);
    Turn send_password_literal(std::string& out);
    bool send_literal_head(std::string_view text, std::string& out) const;

    void begin(std::string_view command, std::string& out);
    Turn let_in(std::string_view text);
    Turn refuse(Refusal why, std::string_view text);
    Turn broken(std::string_view why, std::string_view words = {});
    void forget();

    BackRules rules_;
    ForwardedClient client_;
    Login login_;
    bool is_ours_;  // the wording of the login
    State state_ = State::greeting;
    Offered offered_;
    bool secured_ = false;
    bool proved_ = false;     // what the login rests on was sent
    bool cancelled_ = false;  // by the client
    unsigned tags_ = 0;
    std::string tag_;
    ImapText text_;
    bool has_literal_ = false;      // in it
    std::size_t answer_bytes_ = 0;  // lines since our last words
    std::string capability_line_;   // of `before`; the client's only if it is let in
    std::string challenge_;
    std::string trouble_;
    ServerReply result_;
};

Back::Heard ImapBack::hear(std::string_view bytes, std::string& out) {
    Heard heard;
    if (state_ == State::handshake && !bytes.empty())
        heard.turn = broken("said more in the clear before TLS");
    while (heard.turn == Turn::more && state_ != State::over && heard.used < bytes.size()) {
        std::size_t used = 0;
        const std::size_t most = rules_.most_bytes - std::min(rules_.most_bytes, answer_bytes_);
        const auto step = text_.take(bytes.substr(heard.used), most, used);
        heard.used += used;
        if (text_.size() > most) {
            heard.turn = broken("said more than it may");
        } else if (step == ImapText::Step::line) {
            heard.turn = on_line(out);
        }
    }
    if (heard.turn == Turn::start_tls && heard.used < bytes.size())
        heard.turn = broken("said more in the clear before TLS");
    return heard;
}

Back::Turn ImapBack::on_line(std::string& out) {
    const bool may_go_on = has_literal_ || can_hold_literals(text_.view());
    if (const auto literal = literal_at_end(text_.last_line()); literal && may_go_on) {
        if (literal->bytes > rules_.most_bytes) return broken("said more than it may");
        has_literal_ = true;
        text_.expect_literal(literal->bytes);
        return Turn::more;
    }
    if (find(text_.view(), '\0') != npos || (!has_literal_ && !is_printable(text_.view())))
        return broken("said what is no text");
    const std::string text(text_.view());
    answer_bytes_ += text_.size();
    text_.clear();
    has_literal_ = false;
    return on_text(text, out);
}

Back::Turn ImapBack::on_text(std::string_view text, std::string& out) {
    Scan scan(text);
    if (scan.skip("* ")) return on_untagged(scan.rest(), out);
    if (state_ == State::greeting) return broken("does not greet", text);
    if (scan.skip("+ ") || text == "+") return on_continue(text == "+" ? ""sv : scan.rest(), out);
    if (!scan.skip(tag_) || !scan.skip(' ')) return broken("speaks no IMAP", text);
    return on_tagged(scan.rest(), out);
}

Back::Turn ImapBack::on_untagged(std::string_view text, std::string& out) {
    Scan scan(text);
    const auto word = scan.until_or_rest(' ');
    if (is_same_word(word, "BYE")) return on_goodbye(scan.rest());
    if (state_ == State::greeting) return on_greeting(word, scan.rest(), out);
    const bool is_capability = is_same_word(word, "CAPABILITY");
    if (!is_logging_in()) {
        if (is_capability) learn(text);
        if (is_same_word(word, "OK")) learn(response_code(scan.rest()));
        return Turn::more;
    }
    if (is_capability) capability_line_.clear();
    (is_capability ? capability_line_ : result_.before).append("* ").append(text).append("\r\n");
    return Turn::more;
}

Back::Turn ImapBack::on_greeting(std::string_view status, std::string_view text, std::string& out) {
    if (is_same_word(status, "PREAUTH")) return broken("lets in whom it does not know", text);
    if (!is_same_word(status, "OK")) return broken("does not greet", text);
    learn(response_code(text));
    return offered_.known ? go_on(out) : ask_capability(out);
}

// Amid a login it may be the client whom the server is tired of.
Back::Turn ImapBack::on_goodbye(std::string_view text) {
    if (!is_logging_in()) return broken("says goodbye", text);
    const std::string code = response_code(text).empty() ? "[UNAVAILABLE] " : "";
    return refuse({Reason::internal, true}, code + std::string(text));
}

Back::Turn ImapBack::on_continue(std::string_view text, std::string& out) {
    if (state_ == State::initial) return send_initial(out);
    if (state_ == State::account) return send_account_literal(out);
    if (state_ == State::password) return send_password_literal(out);
    if (state_ != State::answer || login_.is_plain() || cancelled_) return broken("asks for nothing", text);
    if (!looks_like_base64(text)) return broken("challenges in no base64", text);
    challenge_ = text;
    state_ = State::challenged;
    return Turn::challenge;
}

Back::Turn ImapBack::on_tagged(std::string_view text, std::string& out) {
    Scan scan(text);
    const auto status = scan.until_or_rest(' ');
    const bool ok = is_same_word(status, "OK");
    if (!ok && !is_same_word(status, "NO") && !is_same_word(status, "BAD"))
        return broken("speaks no IMAP", text);
    if (is_logging_in()) return on_decision(status, scan.rest());
    if (state_ == State::id) return log_in(out);  // whatever it says: it was told
    if (!ok) return broken(state_ == State::starttls ? "starts no TLS" : "tells no capabilities", text);
    if (state_ == State::starttls) {
        state_ = State::handshake;
        return Turn::start_tls;
    }
    learn(response_code(scan.rest()));
    return offered_.known ? go_on(out) : broken("tells no capabilities");
}

// What is our own wording has no right to be BAD. What a client worded may be, and is no fault of the server;
// like what was cancelled it says nothing of the password.
Back::Turn ImapBack::on_decision(std::string_view status, std::string_view text) {
    const bool ok = is_same_word(status, "OK"), bad = is_same_word(status, "BAD");
    if (ok && (state_ != State::answer || cancelled_)) return broken("lets in whom it does not know", text);
    if (bad && is_ours_) return broken("refuses to understand", text);
    if (ok) return let_in(text);
    const bool is_proved = proved_ || !login_.is_plain();
    if (bad || cancelled_ || !is_proved) return refuse({Reason::protocol, true}, text);
    return refuse(imap_refusal(text), text);
}

void ImapBack::learn(std::string_view code) {
    if (const auto words = capabilities_of(code)) offered_ = read_offered(*words, login_.mechanism);
}

Back::Turn ImapBack::ask_capability(std::string& out) {
    offered_ = {};
    state_ = State::capability;
    begin("CAPABILITY\r\n", out);
    return Turn::more;
}

void ImapBack::secured(std::string& out) {
    CHECK(state_ == State::handshake);
    secured_ = true;
    static_cast<void>(ask_capability(out));
}

Back::Turn ImapBack::go_on(std::string& out) {
    if (rules_.starttls && !secured_) {
        if (!offered_.starttls) return broken("offers no STARTTLS");
        state_ = State::starttls;
        begin("STARTTLS\r\n", out);
        return Turn::more;
    }
    const std::string list = id_for_server(client_, rules_.forward == Forward::id, offered_.id);
    if (list.empty()) return log_in(out);
    state_ = State::id;
    begin("ID " + list + "\r\n", out);
    return Turn::more;
}

Back::Turn ImapBack::log_in(std::string& out) {
    if (login_.is_plain() && !offered_.mechanism) return log_in_plainly(out);
    if (!offered_.mechanism) return broken("does not offer the mechanism", login_.mechanism);
    if (login_.is_plain()) {
        const Secret response = plain_response(login_);
        login_.password.wipe();
        return authenticate(response.view(), true, out);
    }
    const Secret initial = std::move(login_.initial);
    return authenticate(initial.view(), login_.has_initial, out);
}

Back::Turn ImapBack::authenticate(std::string_view initial, bool has_initial, std::string& out) {
    const bool is_short = initial.size() <= most_initial_bytes && offered_.sasl_ir;
    out.reserve(out.size() + initial.size() + 64);
    begin("AUTHENTICATE " + login_.mechanism, out);
    proved_ = has_initial && is_short;
    if (proved_) out.append(" ").append(initial);
    out += "\r\n";
    if (has_initial && !is_short) login_.initial = Secret(initial);
    state_ = has_initial && !is_short ? State::initial : State::answer;
    return Turn::more;
}

Back::Turn ImapBack::send_initial(std::string& out) {
    append_secret(without_equals(login_.initial.view()), "\r\n", out);
    login_.initial.wipe();
    proved_ = true;
    answer_bytes_ = 0;
    state_ = State::answer;
    return Turn::more;
}

Back::Turn ImapBack::log_in_plainly(std::string& out) {
    if (offered_.login_disabled) return broken("takes no passwords");
    if (!login_.acts_for.empty() && login_.acts_for != login_.account)
        return refuse({Reason::other, true}, "[CANNOT] The server lets nobody act for others.");
    begin("LOGIN ", out);
    return send_account(out);
}

Back::Turn ImapBack::send_account(std::string& out) {
    if (can_be_quoted(login_.account)) {
        append_quoted(login_.account, out);
        return send_password(out);
    }
    state_ = State::account;
    return send_literal_head(login_.account, out) ? Turn::more : send_account_literal(out);
}

Back::Turn ImapBack::send_account_literal(std::string& out) {
    out += login_.account;
    return send_password(out);
}

Back::Turn ImapBack::send_password(std::string& out) {
    const std::string_view password = login_.password.view();
    out.reserve(out.size() + 2 * password.size() + 32);
    out += ' ';
    state_ = State::password;
    if (can_be_quoted(password)) {
        append_quoted(password, out);
        login_.password.wipe();
        return send_password_literal(out);
    }
    return send_literal_head(password, out) ? Turn::more : send_password_literal(out);
}

// Or its line's end alone.
Back::Turn ImapBack::send_password_literal(std::string& out) {
    append_secret(login_.password.view(), "\r\n", out);
    login_.password.wipe();
    proved_ = true;
    answer_bytes_ = 0;
    state_ = State::answer;
    return Turn::more;
}

// Whether it has to wait for the server.
bool ImapBack::send_literal_head(std::string_view text, std::string& out) const {
    const bool is_free =
        offered_.literal_plus || (offered_.literal_minus && text.size() <= most_literal_minus_bytes);
    out.append("{").append(std::to_string(text.size())).append(is_free ? "+}\r\n" : "}\r\n");
    return !is_free;
}

void ImapBack::respond(std::string_view response, std::string& out) {
    CHECK(state_ == State::challenged);
    cancelled_ = !from_base64(response);
    append_secret(cancelled_ ? "*"sv : without_equals(response), "\r\n", out);
    challenge_.clear();
    answer_bytes_ = 0;
    state_ = State::answer;
}

void ImapBack::begin(std::string_view command, std::string& out) {
    tag_ = "T" + std::to_string(++tags_);
    answer_bytes_ = 0;
    out.append(tag_).append(" ").append(command);
}

Back::Turn ImapBack::let_in(std::string_view text) {
    result_.ok = true;
    result_.before += capability_line_;
    result_.text = text;
    forget();
    return Turn::decided;
}

Back::Turn ImapBack::refuse(Refusal why, std::string_view text) {
    result_.reason = why.reason;
    result_.temporary = why.temporary;
    result_.text = text;
    forget();
    return Turn::decided;
}

Back::Turn ImapBack::broken(std::string_view why, std::string_view words) {
    trouble_ = why;
    if (!words.empty()) trouble_ += ": " + one_line(words, most_trouble_bytes);
    forget();
    return Turn::broken;
}

void ImapBack::forget() {
    login_.password.wipe();
    login_.initial.wipe();
    state_ = State::over;
}

}  // namespace

std::unique_ptr<Back> make_imap_back(const BackRules& rules, ForwardedClient client, Login login) {
    return std::make_unique<ImapBack>(rules, std::move(client), std::move(login));
}

}  // namespace tidegate::wire
