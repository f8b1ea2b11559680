#include <algorithm>
#include <array>
#include <optional>

#include "wire/log/dovecot.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

// What auth says after "NAME(USER,ADDRESS,<SESSION>): ".
struct Saying {
    std::string_view text;
    Outcome outcome;
    Reason reason;
};

constexpr std::array sayings = {
    Saying{"unknown user", Outcome::failure, Reason::unknown_account},
    Saying{"Unknown user", Outcome::failure, Reason::unknown_account},
    Saying{"Password mismatch", Outcome::failure, Reason::bad_password},
    Saying{"password mismatch", Outcome::failure, Reason::bad_password},
    Saying{"invalid credentials", Outcome::failure, Reason::bad_password},
    Saying{"Invalid credentials", Outcome::failure, Reason::bad_password},
    Saying{"pam_authenticate() failed: Authentication failure", Outcome::failure, Reason::bad_password},
    Saying{"pam_authenticate() failed: User not known", Outcome::failure, Reason::unknown_account},
    Saying{"pam_authenticate() failed: Permission denied", Outcome::failure, Reason::disabled},
    Saying{"pam_authenticate() failed: User account has expired", Outcome::failure, Reason::disabled},
    Saying{"pam_authenticate() failed: ", Outcome::abort, Reason::internal},
    Saying{"pam_acct_mgmt() failed: ", Outcome::failure, Reason::disabled},
    Saying{"User found from deny passdb", Outcome::failure, Reason::disabled},
    Saying{"invalid password field", Outcome::failure, Reason::disabled},
    Saying{"Password expired", Outcome::failure, Reason::disabled},
    Saying{"Account is disabled", Outcome::failure, Reason::disabled},
    Saying{"User is disabled", Outcome::failure, Reason::disabled},
    Saying{"allow_nets check failed", Outcome::failure, Reason::other},
    Saying{"Username character disallowed", Outcome::failure, Reason::other},
    Saying{"Invalid username", Outcome::failure, Reason::other},
    Saying{"invalid input", Outcome::failure, Reason::protocol},
};

const Saying* saying_of(std::string_view text) {
    const auto* found =
        std::ranges::find_if(sayings, [&](const Saying& s) { return text.starts_with(s.text); });
    return found == sayings.end() ? nullptr : found;
}

// Whom auth speaks about.
struct Subject {
    std::string_view account, session, method;
    Address address;
    const Saying* saying = nullptr;
    bool certain = false;  // no client can have written it
};

// An address, a session and a mechanism are no longer than this; so a line that is full of false ends costs
// no more than its length.
constexpr std::size_t reach = 160;

// Where `c` last stands within reach of the end.
std::size_t find_last_near(std::string_view text, char c) {
    const std::size_t skipped = text.size() > reach ? text.size() - reach : 0;
    const std::size_t at = find_last(text.substr(skipped), c);
    return at == npos ? npos : at + skipped;
}

// "bob,192.0.2.1", "bob,192.0.2.1,master,<id>", "bob,192.0.2.1,sasl:plain": read from the end, for what
// stands before the address is what the client wrote.
std::optional<Subject> read_identity(std::string_view text) {
    Subject subject;
    if (text.ends_with('>')) {
        const std::size_t open = find_last_near(text, '<');
        if (open == npos || open == 0 || text[open - 1] != ',') return std::nullopt;
        subject.session = text.substr(open + 1, text.size() - open - 2);
        text = text.substr(0, open - 1);
    }
    for (std::size_t comma = find_last_near(text, ','); comma != npos; comma = find_last_near(text, ',')) {
        const auto word = text.substr(comma + 1);
        text = text.substr(0, comma);
        if (word.starts_with("sasl:")) {
            subject.method = word.substr(5);
        } else if (word != "master") {
            const auto address = client_address(word);
            if (!address) return std::nullopt;
            subject.address = *address;
            subject.account = text == "?" ? std::string_view() : text;
            return subject;
        }
    }
    return std::nullopt;
}

// 2.4 puts the request and the password database's name before what it says: "request [2]: sql: Password
// mismatch".
std::string_view skip_to_saying(std::string_view text) {
    Scan in(text);
    if (in.skip("request [")) {
        if (!in.number() || !in.skip("]: ")) return text;
    }
    in.skip("Info: ");
    if (saying_of(in.rest()) != nullptr) return in.rest();
    const std::size_t colon = in.rest().substr(0, 40).find(": ");
    return colon == npos ? in.rest() : in.rest().substr(colon + 2);
}

// "<session>: " after the bracket, or "<pid><session>: " of 2.4's workers, or ": " alone.
bool skip_brackets(Scan& in, std::string_view& session) {
    while (in.skip('<')) {
        const auto inside = in.rest().substr(0, find(in.rest().substr(0, reach), '>'));
        in.drop(inside.size());
        if (!in.skip('>')) return false;
        if (inside.size() > 10 || !std::ranges::all_of(inside, is_digit)) session = inside;
    }
    return in.skip(": ");
}

// Dovecot shortens the account in brackets to 64 characters; these words alone are longer, so that nobody but
// Dovecot can have written them behind a client's address.
bool is_certain(const Subject& subject, std::string_view words) {
    constexpr std::string_view refused = "Username character disallowed by auth_username_chars: 0x";
    return subject.account.empty() && words.starts_with(refused) &&
           words.substr(refused.size()).substr(0, 14).ends_with(" (username: ");
}

// The subject whose closing bracket stands at `close`, if what surrounds it is well formed.
std::optional<Subject> subject_at(std::string_view text, std::size_t close) {
    Scan after(text.substr(close + 1));
    std::string_view session;
    if (!skip_brackets(after, session)) return std::nullopt;
    const auto words = skip_to_saying(after.rest());
    const Saying* saying = saying_of(words);
    if (saying == nullptr) return std::nullopt;
    auto subject = read_identity(text.substr(0, close));
    if (!subject) return std::nullopt;
    subject->saying = saying;
    subject->certain = is_certain(*subject, words);
    if (!session.empty()) subject->session = session;
    return subject;
}

// These quote what the client wrote after the subject; else only the account, before it, is the client's.
bool quotes_client(std::string_view text) {
    return contains(text, "(given password: ") || contains(text, "sername");
}

/// Finds the subject in what follows "sql(" or "auth(". The last well-formed one is Dovecot's own, unless the
/// line also ends in a client's words: then two that name different clients tell us nothing about either.
std::optional<Subject> find_subject(std::string_view text) {
    std::optional<Subject> last;
    bool doubtful = false;
    for (std::size_t close = find(text, ')'); close != npos; close = find(text, ')', close + 1)) {
        const auto subject = subject_at(text, close);
        if (!subject) continue;
        if (subject->certain && !last) return subject;
        doubtful |= last && (last->address != subject->address || last->account != subject->account);
        last = subject;
    }
    if (!last) return std::nullopt;
    // An account with these words in it may hold a password: it was read out of one.
    const bool leaks = contains(last->account, "given password: ");
    if (!leaks && !(doubtful && quotes_client(text))) return last;
    Subject nobody;
    nobody.saying = last->saying;
    return nobody;
}

// auth_verbose_passwords: the hash, or the password itself, becomes 16 bits here and now.
std::optional<std::uint64_t> read_guess(std::string_view text) {
    constexpr std::string_view plain = "(given password: ";
    constexpr std::string_view sha1 = "(SHA1 of given password: ";
    if (const auto at = find(text, plain); at != npos) {
        const auto secret = text.substr(at + plain.size());
        const std::size_t end = find_last(secret, ')');
        return fold_guess(end == npos ? secret : secret.substr(0, end));
    }
    const auto at = find(text, sha1);
    if (at == npos) return std::nullopt;
    const auto hash = Scan(text.substr(at + sha1.size())).until(')');
    return hash ? std::optional(fold_guess(*hash)) : std::nullopt;
}

// "(57065): conn unix:auth-worker (pid=1,uid=143): auth-worker<225622>: sql(" and shorter forms, up to the
// bracket before the account.
std::optional<std::string_view> skip_to_subject(std::string_view text) {
    Scan in(text);
    if (in.skip('(')) {
        Scan pid = in;
        if (!pid.number() || !pid.skip("): ")) return in.rest();  // 2.4: "auth(bob,192.0.2.1,..."
        in = pid;
    } else if (!in.skip(": ")) {
        return std::nullopt;
    }
    in.skip("Info: ");
    if (in.skip("conn ")) {
        if (!in.until("): ")) return std::nullopt;
        in.skip("auth-worker<");
        if (!in.until(">: ")) return std::nullopt;
    }
    // The name of a password database or a mechanism: no client's text before the bracket.
    const auto name = in.until('(');
    const bool clean =
        name && std::ranges::all_of(*name, [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '_';
        });
    return clean && !name->empty() ? std::optional(in.rest()) : std::nullopt;
}

}  // namespace

Recognised parse_dovecot_auth(std::string_view text, Layer layer, const LogLine& line, EventBatch& out) {
    const auto rest = skip_to_subject(text);
    if (!rest) return Recognised::nothing;
    const auto subject = find_subject(*rest);
    if (!subject) return Recognised::nothing;
    Event& event = begin_event(line, out, EventKind::attempt, Service::unknown, layer);
    event.program = layer == Layer::worker ? "dovecot/auth-worker" : "dovecot/auth";
    event.outcome = subject->saying->outcome;
    event.reason = subject->saying->reason;
    event.address = subject->address;
    event.account = subject->account;
    event.session = subject->session;
    event.method = mechanism(subject->method, out);
    event.guess = read_guess(*rest);
    return Recognised::event;
}

}  // namespace tidegate::wire
