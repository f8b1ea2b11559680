#include "wire/door/auth_policy.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "event/json.h"
#include "wire/door/json_walk.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

enum class Field : std::uint8_t {
    login,
    pwhash,
    remote,
    device_id,
    protocol,
    session_id,
    fail_type,
    tls,
    success,
    policy_reject,
    ip,
    guess,
    rport,
    mech,
    after,
    unknown
};

constexpr std::array<std::string_view, 11> outer_names{"login",    "pwhash",        "remote",    "device_id",
                                                       "protocol", "session_id",    "fail_type", "tls",
                                                       "success",  "policy_reject", "ip"};
constexpr std::array<std::string_view, 4> attr_names{"guess", "rport", "mech", "after"};

Field field_named(std::string_view parent, std::string_view name) {
    if (parent.empty()) {
        const auto found = std::ranges::find(outer_names, name);
        if (found == outer_names.end()) return Field::unknown;
        return static_cast<Field>(found - outer_names.begin());
    }
    const auto found = std::ranges::find(attr_names, name);
    if (parent != "attrs" || found == attr_names.end()) return Field::unknown;
    return static_cast<Field>(outer_names.size() + static_cast<std::size_t>(found - attr_names.begin()));
}

std::string_view keep_bounded(std::string_view text, EventBatch& batch) {
    return batch.keep(text.substr(0, max_door_text_bytes));
}

/// What a body says, before it is known to make sense.
class Tuple {
public:
    explicit Tuple(EventBatch& batch) : batch_(batch) {}

    std::optional<Error> field(std::string_view parent, std::string_view name, const JsonValue& value) {
        const Field field = field_named(parent, name);
        if (field == Field::unknown || value.kind == JsonValue::Kind::null) return std::nullopt;
        if (has(field))
            return Error{"", 0, "field '" + std::string(name) + "' appears twice", "send it once"};
        seen_ |= 1U << static_cast<unsigned>(field);
        if (set_truth(field, value) || set_text(field, value) || set_number(field, value))
            return std::nullopt;
        return Error{"", 0, "field '" + std::string(name) + "' is of a wrong type",
                     "send texts, and true or false"};
    }
    [[nodiscard]] bool has(Field field) const { return (seen_ >> static_cast<unsigned>(field) & 1U) != 0; }

    std::string_view login, remote, device, protocol, session, fail_type, ip, mechanism, after;
    std::optional<ForeignHash> guess, account_guess;
    bool tls = false, success = false, policy_reject = false;
    std::uint16_t port = 0;

private:
    bool set_truth(Field field, const JsonValue& value) {
        const auto truth = value.as_truth();
        bool* const to = field == Field::tls             ? &tls
                         : field == Field::success       ? &success
                         : field == Field::policy_reject ? &policy_reject
                                                         : nullptr;
        if (to == nullptr || !truth) return false;
        *to = *truth;
        return true;
    }
    bool set_number(Field field, const JsonValue& value) {
        if (field != Field::rport) return false;
        // A port is no reason to refuse a request.
        const auto number = value.as_number().value_or(0);
        port = number <= 65535 ? static_cast<std::uint16_t>(number) : 0;
        return true;
    }
    bool set_text(Field field, const JsonValue& value) {
        if (value.kind != JsonValue::Kind::text) return false;
        if (field == Field::guess) return guess = foreign_hash(value.text), true;
        if (field == Field::pwhash) return account_guess = foreign_hash(value.text), true;
        if (field == Field::mech)
            return mechanism = wire::mechanism(keep_bounded(value.text, batch_), batch_), true;
        std::string_view* const to = text_of(field);
        if (to == nullptr) return false;
        *to = keep_bounded(value.text, batch_);
        return true;
    }
    std::string_view* text_of(Field field) {
        switch (field) {
            case Field::login:
                return &login;
            case Field::remote:
                return &remote;
            case Field::device_id:
                return &device;
            case Field::protocol:
                return &protocol;
            case Field::session_id:
                return &session;
            case Field::fail_type:
                return &fail_type;
            case Field::ip:
                return &ip;
            case Field::after:
                return &after;
            default:
                return nullptr;
        }
    }

    EventBatch& batch_;
    std::uint32_t seen_ = 0;
};

Reason reason_of(std::string_view fail_type) {
    if (fail_type == "internal") return Reason::internal;
    if (fail_type == "credentials") return Reason::bad_password;
    if (fail_type == "account") return Reason::unknown_account;
    if (fail_type == "expired" || fail_type == "disabled") return Reason::disabled;
    return Reason::other;
}

void take_hashes(const Tuple& tuple, Question& question) {
    // Without a password these hash the empty one: the same for everybody, or for all guesses at an account.
    constexpr ForeignHash of_nothing{.value = 0xb204, .bits = 16};  // %4.65536Nw of ""
    const bool known = !tuple.mechanism.empty();
    question.plain_password = tuple.mechanism == "PLAIN" || tuple.mechanism == "LOGIN";
    if (known && !question.plain_password) return;
    question.account_guess = tuple.account_guess;
    if (known || tuple.guess != of_nothing) question.guess = tuple.guess;
}

void take_event(const Tuple& tuple, Question& question) {
    Event& event = question.event;
    event.layer = Layer::auth;
    event.program = "auth-policy";
    event.account = tuple.login;
    event.address = client_address(tuple.remote).value_or(Address{});
    event.port = tuple.port;
    event.client = tuple.device;
    event.method = tuple.mechanism;
    event.session = tuple.session;
    event.service = service_of_protocol(tuple.protocol);
    // Postfix's Dovecot client says "no TLS" whatever the truth (measured: 3.7), and sends no session.
    const bool is_from_postfix = tuple.protocol == "smtp" && tuple.session.empty();
    if (tuple.has(Field::tls) && (tuple.tls || !is_from_postfix)) event.tls = tuple.tls;
}

Result<Question> allow(const Tuple& tuple) {
    Question question;
    take_event(tuple, question);
    if (question.event.account.empty() && question.event.address.is_none())
        return std::unexpected(Error{"", 0, "neither 'login' nor an address in 'remote'", "send both"});
    take_hashes(tuple, question);
    question.ask = tuple.after.empty() ? Ask::before : Ask::after;
    question.perhaps_after = !tuple.has(Field::after);
    return question;
}

Result<Question> report(const Tuple& tuple) {
    if (!tuple.has(Field::success))
        return std::unexpected(Error{"", 0, "field 'success' is missing", "send true or false"});
    Question question;
    take_event(tuple, question);
    take_hashes(tuple, question);
    question.ask = Ask::report;
    question.event.outcome = tuple.success ? Outcome::success : Outcome::failure;
    question.policy_reject = tuple.policy_reject || (!tuple.success && tuple.fail_type == "policy");
    if (!tuple.success) question.event.reason = reason_of(tuple.fail_type);
    return question;
}

Result<Question> reset(const Tuple& tuple) {
    Question question{.ask = Ask::reset};
    take_event(tuple, question);
    question.event.address = client_address(tuple.ip).value_or(Address{});
    if (!tuple.ip.empty() && question.event.address.is_none())
        return std::unexpected(Error{"", 0, "'ip' is no address", "send IPv4 or IPv6, without a mask"});
    if (question.event.account.empty() && question.event.address.is_none())
        return std::unexpected(Error{"", 0, "neither 'login' nor 'ip'", "send one or both"});
    return question;
}

/// The value of `command` in the query, wherever it stands there.
std::string_view command_of(std::string_view target) {
    Scan scan(target);
    (void)scan.until_or_rest('?');
    while (!scan.done()) {
        const std::string_view pair = scan.until_or_rest('&');
        if (pair.starts_with("command=")) return pair.substr(8);
    }
    return {};
}

int status_of(const Answer& answer, const AuthPolicyManner& manner) {
    switch (answer.step) {
        case Answer::Step::refuse:
            return -1;
        case Answer::Step::defer:
            return manner.refuses_doubtful
                       ? -1
                       : static_cast<int>(std::clamp<long long>(manner.most_wait.count(), 0, 600));
        case Answer::Step::wait:
            return static_cast<int>(
                std::clamp<long long>(std::min(answer.wait, manner.most_wait).count(), 0, 600));
        case Answer::Step::go_on:
            break;
    }
    return 0;
}

}  // namespace

Result<Question> read_auth_policy(std::string_view target, std::string_view body, EventBatch& batch) {
    const std::string_view command = command_of(target);
    if (command == "ping") return Question{};
    if (command != "allow" && command != "report" && command != "reset")
        return std::unexpected(Error{"", 0, "no such command", "known are allow, report, reset and ping"});
    if (body.size() > max_auth_policy_bytes)
        return std::unexpected(Error{"", 0, "the body is too long", "16 KiB are enough for everybody"});
    Tuple tuple(batch);
    if (auto error = walk_json(body, tuple)) return std::unexpected(std::move(*error));
    if (command == "allow") return allow(tuple);
    return command == "report" ? report(tuple) : reset(tuple);
}

void write_auth_policy(const Answer& answer, const AuthPolicyManner& manner, std::string& out) {
    const int status = status_of(answer, manner);
    std::string words;
    if (status < 0) append_reason(answer, "Please try again later", words);
    out += "{\"status\":";
    out += std::to_string(status);
    out += ",\"msg\":";
    append_json_string(words, out);
    out += ",\"r_attrs\":{}}";
}

void write_auth_policy_ok(std::string& out) {
    out += R"({"status":"ok"})";
}

void write_auth_policy_error(const Error& error, std::string& out) {
    std::string words;
    append_line_text(error.text(), max_reply_text_bytes, words);
    out += R"({"status":"failure","reason":)";
    append_json_string(words, out);
    out += '}';
}

}  // namespace tidegate::wire
