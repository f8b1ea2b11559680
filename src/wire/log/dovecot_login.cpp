#include <algorithm>
#include <array>
#include <optional>

#include "wire/log/dovecot.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

// What a line of a login service says about how things ended.
struct Ending {
    std::string_view text;  // Dovecot's words, or 2.4's machine reason
    EventKind kind;
    Outcome outcome;
    Reason reason;
};

constexpr Ending failed(std::string_view text, Reason reason) {
    return {text, EventKind::attempt, Outcome::failure, reason};
}
constexpr Ending aborted(std::string_view text, Reason reason) {
    return {text, EventKind::attempt, Outcome::abort, reason};
}
constexpr Ending went(std::string_view text, Reason reason) {
    return {text, EventKind::disconnect, Outcome::none, reason};
}

// The first one that a bracket begins with decides. "auth failed" does not say whether the account exists.
// The proxy's own troubles are faults of the house, but "auth failed" at the next hop is the password's.
constexpr std::array endings = {
    failed("auth failed", Reason::other),
    went("no auth attempts", Reason::none),
    failed("auth_failed", Reason::other),
    went("no_auth_attempts", Reason::none),
    went("disconnected during TLS handshake", Reason::tls),
    went("tls_handshake_not_finished", Reason::tls),
    aborted("client didn't finish SASL auth", Reason::protocol),
    aborted("auth_waiting_client", Reason::protocol),
    aborted("auth aborted by client", Reason::protocol),
    aborted("auth_aborted_by_client", Reason::protocol),
    aborted("aborted authentication", Reason::protocol),
    aborted("tried to use dis",
            Reason::tls),  // "disallowed plaintext", "disallowed cleartext", "disabled plaintext"
    aborted("cleartext_auth_disabled", Reason::tls),
    aborted("tried to use unsupported auth mechanism", Reason::protocol),
    aborted("invalid_mech", Reason::protocol),
    aborted("sent invalid base64", Reason::protocol),
    aborted("invalid_base64", Reason::protocol),
    aborted("disconnected while", Reason::other),  // "authenticating", "finishing login"
    aborted("auth service reported temporary failure", Reason::internal),
    aborted("temp_fail", Reason::internal),
    aborted("auth process communication failure", Reason::internal),
    aborted("auth_process_comm_fail", Reason::internal),
    aborted("internal failure", Reason::internal),
    aborted("internal_failure", Reason::internal),
    failed("proxy dest auth failed", Reason::other),
    failed("proxy dest authentication failure", Reason::other),
    failed("proxy_dest_auth_failed", Reason::other),
    aborted("proxy dest", Reason::internal),
    aborted("proxy_dest_", Reason::internal),
    aborted("connection limit reached", Reason::rate),
    aborted("connection_limit", Reason::rate),
    failed("user disabled", Reason::disabled),
    failed("user_disabled", Reason::disabled),
    failed("password expired", Reason::disabled),
    failed("password_expired", Reason::disabled),
    failed("login disabled", Reason::disabled),
    failed("login_disabled", Reason::disabled),
    failed("authorization failed", Reason::other),
    failed("authorization_failed", Reason::other),
    aborted("anonymous", Reason::protocol),  // "logins disabled", "_auth_disabled"
    went("disconnected before auth was ready", Reason::internal),
    went("auth_process_not_ready", Reason::internal),
    went("client sent an", Reason::tls),  // "invalid cert", "untrusted cert"
    went("client didn't send a cert", Reason::tls),
    went("cert required", Reason::tls),
    went("client_ssl_", Reason::tls),
    went("process_full", Reason::internal),
    went("shutting_down", Reason::internal),
};

constexpr Ending logged_in{{}, EventKind::attempt, Outcome::success, Reason::none};

// The fields after the head, as login_log_format_elements has them by default:
// user=<%u>, method=%m, rip=%r, lip=%l, mpid=%e, %c, session=<%{session}>.
struct Elements {
    std::string_view head;  // "Disconnected (auth failed, 1 attempts in 2 secs)"
    std::string_view account, method, session;
    Address address;
    std::uint16_t port = 0;
    std::optional<bool> tls;
    bool handshaking = false;
    bool has_lip = false;
};

// Where the account's text begins: after the first ": user=<". What stands before it is Dovecot's own.
std::size_t find_account(std::string_view text) {
    constexpr std::string_view mark = ": user=<";
    for (std::size_t at = find(text, '<'); at != npos; at = find(text, '<', at + 1)) {
        if (at + 1 >= mark.size() && text.substr(at + 1 - mark.size(), mark.size()) == mark) return at + 1;
    }
    return npos;
}

/// Reads the elements from the account on. The account is what a client wrote and may hold anything, a whole
/// false line too; all that follows the address is Dovecot's. So the last ", rip=" that is followed by an
/// address counts.
class ElementReader {
public:
    ElementReader(std::string_view text, std::size_t begin) : text_(text), begin_(begin) {}

    std::optional<Elements> read() {
        for (std::size_t comma = find(text_, ',', begin_); comma != npos;
             comma = find(text_, ',', comma + 1)) {
            if (comma + 2 < text_.size() && text_[comma + 1] == ' ') take(comma);
        }
        if (!has_address_) return std::nullopt;
        return found_;
    }

private:
    void take(std::size_t comma) {
        Scan in(text_.substr(comma + 2));
        switch (in.peek()) {
            case 'r':
                return take_r(in, comma);
            case 'm':
                if (in.skip("method=")) method_comma_ = comma;
                return;
            case 'l':
                found_.has_lip |= in.skip("lip=");
                return;
            case 's':
                if (in.skip("session=<")) found_.session = in.until('>').value_or(std::string_view());
                if (in.skip("secured")) found_.tls = false;
                return;
            case 'T':
                if (!in.skip("TLS") && !in.skip("TSL")) return;  // 2.4 writes both
                found_.tls = true;
                found_.handshaking = in.skip(" handshaking");
                return;
            default:
                return;
        }
    }

    void take_r(Scan in, std::size_t comma) {
        if (in.skip("rport=")) {
            found_.port = client_port(in.until_or_rest(','));
        } else if (in.skip("rip=")) {
            const auto address = client_address(in.until_or_rest(','));
            if (address) take_address(*address, comma);
        }
    }

    // Whatever was read before belonged to the account.
    void take_address(Address address, std::size_t comma) {
        has_address_ = true;
        found_ = Elements{};
        found_.address = address;
        std::size_t account_end = comma;
        if (method_comma_ != npos && text_[method_comma_ - 1] == '>' && method_comma_ > begin_) {
            account_end = method_comma_;
            found_.method = text_.substr(method_comma_ + 9, comma - method_comma_ - 9);
        }
        if (account_end > begin_ && text_[account_end - 1] == '>') --account_end;
        found_.account = text_.substr(begin_, account_end - begin_);
    }

    std::string_view text_;
    std::size_t begin_;
    std::size_t method_comma_ = npos;
    bool has_address_ = false;
    Elements found_;
};

const Ending* ending_of(std::string_view words) {
    const auto* found =
        std::ranges::find_if(endings, [&](const Ending& e) { return words.starts_with(e.text); });
    return found == endings.end() ? nullptr : found;
}

// "auth failed, 3 attempts in 16 secs": 3; "temporary failure, 1/2 successful auths in 3 secs": 2; else 1.
std::uint32_t attempts_of(std::string_view words) {
    const std::size_t comma = find(words, ", ");
    if (comma == npos) return 1;
    Scan in(words.substr(comma + 2));
    auto count = in.number();
    if (count && in.skip('/')) count = in.number();
    in.skip(' ');
    if (!count || (!in.rest().starts_with("attempts") && !in.rest().starts_with("successful"))) return 1;
    return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(*count, 1, 1'000'000));
}

// "proxy(bob): started proxying to 192.0.2.9:143": the next hop took the log-in.
bool is_proxied(std::string_view head) {
    if (!head.starts_with("proxy")) return false;
    const std::size_t last = head.rfind(": ");
    if (last == npos) return false;
    Scan words(head.substr(last + 2));
    return words.skip("started proxying to ") || words.skip("Started proxying to ");
}

// The proxy's lines name the account before the elements too; one that holds false elements shows twice.
bool is_forged(std::string_view head, const Elements& elements) {
    return head.starts_with("proxy") && contains(elements.account, ": user=<");
}

// How it ended, from the head's brackets; 2.4 has a second one with a machine reason.
std::optional<Ending> judge_head(std::string_view head, std::uint32_t& attempts) {
    if (head == "Login" || head == "Logged in" || is_proxied(head)) return logged_in;
    // What these quote is the client's.
    if (head.starts_with("ID sent") || head.starts_with("Authenticate ") || head.starts_with("proxy"))
        return std::nullopt;
    for (std::size_t open = find(head, '('); open != npos; open = find(head, '(', open + 1)) {
        const auto words = head.substr(open + 1);
        if (const Ending* ending = ending_of(words)) {
            attempts = attempts_of(words);
            return *ending;
        }
    }
    if (head.starts_with("Maximum number of connections")) return aborted({}, Reason::rate);
    if (head.starts_with("Internal login failure")) return aborted({}, Reason::internal);
    const bool left = head.starts_with("Disconnected") || head.starts_with("Aborted login") ||
                      head.starts_with("Login aborted") || head.starts_with("Remote closed connection") ||
                      head.starts_with("Connection closed") || head.starts_with("Inactivity") ||
                      head.starts_with("Too many") || head.starts_with("Input buffer full");
    return left ? std::optional(went({}, Reason::none)) : std::nullopt;
}

// A password in the clear is refused unheard, and 2.3.19 and 2.4.1 say "auth failed" all the same, but with
// no mechanism: none was begun. (An operator's own format may name none either, but then hardly the session.)
bool is_unheard(const Elements& elements) {
    return elements.method.empty() && !elements.tls && elements.has_lip && !elements.session.empty();
}

// Why a client went that never tried to log in.
Reason why_gone(std::string_view head, const Elements& elements) {
    if (elements.handshaking) return Reason::tls;
    const bool babble = contains(head, "Too many invalid") || contains(head, "Too many bad") ||
                        contains(head, "Input buffer full");
    return babble ? Reason::protocol : Reason::none;
}

bool is_other_level(std::string_view text) {
    constexpr std::array levels = {"Error: ", "Warning: ", "Debug: ", "Fatal: ", "Panic: "};
    return std::ranges::any_of(levels, [&](std::string_view level) { return text.starts_with(level); });
}

void fill(const Elements& elements, Event& event, EventBatch& out) {
    event.address = elements.address;
    event.account = elements.account;
    event.session = elements.session;
    event.port = elements.port;
    event.tls = elements.tls;
    event.method = mechanism(elements.method, out);
}

}  // namespace

Recognised parse_dovecot_login(std::string_view text, Service service, std::string_view program,
                               const LogLine& line, EventBatch& out) {
    if (text.starts_with("Info: ")) text.remove_prefix(6);
    if (is_other_level(text)) return Recognised::nothing;
    const std::size_t account = find_account(text);
    if (account == npos) return Recognised::nothing;
    const auto head = text.substr(0, account - 8);
    std::uint32_t attempts = 1;
    auto ending = judge_head(head, attempts);
    if (!ending) return Recognised::nothing;
    const auto elements = ElementReader(text, account).read();
    if (!elements || is_forged(head, *elements)) return Recognised::nothing;
    if (ending->kind == EventKind::disconnect && ending->reason == Reason::none) {
        ending->reason = why_gone(head, *elements);
    } else if (ending->outcome == Outcome::failure && is_unheard(*elements)) {
        *ending = aborted({}, Reason::tls);
    }
    Event& event = begin_event(line, out, ending->kind, service, Layer::front);
    event.program = program;
    event.outcome = ending->outcome;
    event.reason = ending->reason;
    event.attempts = attempts;
    fill(*elements, event, out);
    return Recognised::event;
}

}  // namespace tidegate::wire
