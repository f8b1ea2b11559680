#include "wire/door/json_api.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "event/json.h"
#include "wire/door/json_walk.h"
#include "wire/log/scan.h"

namespace tidegate::wire {
namespace {

using Kind = JsonValue::Kind;

enum class Field : std::uint8_t {
    account,
    address,
    port,
    service,
    method,
    session,
    client,
    ehlo,
    host,
    listener,
    tenant,
    layer,
    tls,
    early,
    outcome,
    reason,
    attempts,
    guess,
    password,
    unknown
};
constexpr std::array<std::string_view, 19> field_names{
    "account", "address", "port", "service", "method",  "session", "client",   "ehlo",  "host",    "listener",
    "tenant",  "layer",   "tls",  "early",   "outcome", "reason",  "attempts", "guess", "password"};

Field field_named(std::string_view name) {
    const auto found = std::ranges::find(field_names, name);
    return static_cast<Field>(found - field_names.begin());
}

std::string named(Field field) {
    return "field '" + std::string(field_names.at(static_cast<std::size_t>(field))) + "'";
}

/// Sets an event's fields. The password is only noted: whether it comes before or after the account is the
/// sender's business, so it is fetched in a second pass.
class EventFields {
public:
    explicit EventFields(EventBatch& batch) : batch_(batch) {}

    Event event;
    [[nodiscard]] bool has(Field field) const { return (seen_ >> static_cast<unsigned>(field) & 1U) != 0; }

    std::optional<Error> field(std::string_view parent, std::string_view name, const JsonValue& value) {
        const Field field = field_named(name);
        if (!parent.empty() || field == Field::unknown || value.kind == Kind::null) return std::nullopt;
        if (has(field)) return Error{"", 0, named(field) + " appears twice", "send it once"};
        seen_ |= 1U << static_cast<unsigned>(field);
        if (set(field, value)) return std::nullopt;
        return Error{"", 0, named(field) + " has a wrong type or value", expected(field)};
    }

private:
    static std::string expected(Field field) {
        switch (field) {
            case Field::address:
                return "expected an IPv4 or IPv6 address, without brackets or a port";
            case Field::port:
                return "expected a whole number up to 65535";
            case Field::attempts:
                return "expected a whole number from 1 to 1000000";
            case Field::tls:
            case Field::early:
                return "expected true or false";
            case Field::service:
                return "known are " + list_of_names<Service>();
            case Field::outcome:
                return "known are " + list_of_names<Outcome>();
            case Field::reason:
                return "known are " + list_of_names<Reason>();
            case Field::layer:
                return "known are " + list_of_names<Layer>();
            case Field::guess:
                return "expected a string of hexadecimal digits";
            default:
                return "expected a string";
        }
    }

    bool set(Field field, const JsonValue& value) {
        if (field == Field::port || field == Field::attempts) return set_number(field, value);
        if (field == Field::tls || field == Field::early) return set_truth(field, value);
        if (value.kind != Kind::text) return false;
        if (std::string_view* const text = text_of(field); text != nullptr) {
            *text = batch_.keep(value.text.substr(0, max_door_text_bytes));
            return true;
        }
        return set_word(field, value.text);
    }
    bool set_number(Field field, const JsonValue& value) {
        if (value.kind != Kind::whole) return false;
        if (field == Field::port && value.number <= 65535)
            return event.port = static_cast<std::uint16_t>(value.number), true;
        if (field == Field::attempts && value.number >= 1 && value.number <= 1'000'000)
            return event.attempts = static_cast<std::uint32_t>(value.number), true;
        return false;
    }
    bool set_truth(Field field, const JsonValue& value) {
        if (value.kind != Kind::truth) return false;
        if (field == Field::early) return event.early = value.truth, true;
        return event.tls = value.truth, true;
    }
    template <class To, class Found>
    static bool take(To& to, const Found& found) {
        if (found) to = *found;
        return found.has_value();
    }
    bool set_word(Field field, std::string_view text) {
        switch (field) {
            case Field::address:
                return take(event.address, client_address(text));
            case Field::service:
                return take(event.service, service_named(text));
            case Field::outcome:
                return take(event.outcome, outcome_named(text));
            case Field::reason:
                return take(event.reason, reason_named(text));
            case Field::layer:
                return take(event.layer, layer_named(text));
            case Field::method:
                return event.method = mechanism(batch_.keep(text.substr(0, max_door_text_bytes)), batch_),
                       true;
            case Field::guess:
                return set_guess(text);
            default:
                return field == Field::password;
        }
    }
    bool set_guess(std::string_view text) {
        guess = foreign_hash(text);
        return guess.has_value();
    }
    std::string_view* text_of(Field field) {
        switch (field) {
            case Field::account:
                return &event.account;
            case Field::session:
                return &event.session;
            case Field::client:
                return &event.client;
            case Field::ehlo:
                return &event.ehlo;
            case Field::host:
                return &event.host;
            case Field::listener:
                return &event.listener;
            case Field::tenant:
                return &event.tenant;
            default:
                return nullptr;
        }
    }

    EventBatch& batch_;
    std::uint32_t seen_ = 0;

public:
    std::optional<ForeignHash> guess;
};

/// The second pass.
struct PasswordField {
    const MarkPassword& mark;
    Event& event;

    std::optional<Error> field(std::string_view parent, std::string_view name, const JsonValue& value) const {
        if (!parent.empty() || name != "password" || value.kind != Kind::text || !mark) return std::nullopt;
        const PasswordMarks marks = mark(value.text, event.account);
        event.guess = marks.guess;
        event.tag = marks.tag;
        return std::nullopt;
    }
};

Error missing(Field field, std::string mend) {
    return {"", 0, named(field) + " is missing", std::move(mend)};
}

std::optional<Error> complete_consider(Question& question) {
    Event& event = question.event;
    if (event.address.is_none()) return missing(Field::address, "the client's, IPv4 or IPv6");
    if (event.outcome != Outcome::none && event.outcome != Outcome::success)
        return Error{"", 0, "a consideration with a failure", "send what became of an attempt to /v1/report"};
    const bool was_right = event.outcome == Outcome::success;
    event.outcome = Outcome::none;
    event.reason = Reason::none;
    question.ask = was_right ? Ask::after : Ask::before;
    if (!event.account.empty()) return std::nullopt;
    question.ask = Ask::connect;
    event.kind = EventKind::connect;
    return std::nullopt;
}

std::optional<Error> complete_report(Question& question) {
    question.ask = Ask::report;
    if (question.event.outcome == Outcome::none)
        return missing(Field::outcome, "known are " + list_of_names<Outcome>());
    if (question.event.address.is_none()) return missing(Field::address, "the client's, IPv4 or IPv6");
    if (question.event.outcome == Outcome::success) question.event.reason = Reason::none;
    return std::nullopt;
}

std::optional<Error> complete_reset(Question& question) {
    question.ask = Ask::reset;
    if (!question.event.account.empty() || !question.event.address.is_none()) return std::nullopt;
    return Error{"", 0, "neither 'account' nor 'address'", "send one or both"};
}

void append_decibans(Decibans weight, std::string& out) {
    std::array<char, 32> buffer;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), weight.value(),
                                   std::chars_format::fixed, 2);
    out.append(buffer.data(), end.ptr);
}

void append_evidence(const Verdict& verdict, const Event& event, std::string& out) {
    out += ",\"evidence\":[";
    const char* comma = "";
    for (const Evidence& evidence : verdict.evidence.items()) {
        out.append(comma).append("{\"kind\":\"").append(name(evidence.kind)).append("\",\"weight\":");
        append_decibans(evidence.weight, out);
        append_json_field("detail", detail(evidence, event), out);
        out += '}';
        comma = ",";
    }
    out += ']';
}

Measure measure_of(Answer::Step step) {
    switch (step) {
        case Answer::Step::wait:
            return Measure::slow;
        case Answer::Step::defer:
            return Measure::defer;
        case Answer::Step::refuse:
            return Measure::refuse;
        case Answer::Step::go_on:
            break;
    }
    return Measure::pass;
}

}  // namespace

Result<Question> read_api(std::string_view path, std::string_view body, const MarkPassword& mark,
                          EventBatch& batch) {
    using Complete = std::optional<Error> (*)(Question&);
    const Complete complete = path == "/v1/consider" ? complete_consider
                              : path == "/v1/report" ? complete_report
                              : path == "/v1/reset"  ? complete_reset
                                                     : nullptr;
    if (complete == nullptr)
        return std::unexpected(
            Error{"", 0, "no such path", "known are /v1/consider, /v1/report, /v1/reset and /v1/content"});
    if (body.size() > max_api_bytes)
        return std::unexpected(Error{"", 0, "the body is too long", "at most 16 KiB"});
    EventFields fields(batch);
    if (auto error = walk_json(body, fields)) return std::unexpected(std::move(*error));
    Question question;
    question.event = fields.event;
    question.event.program = "api";
    if (!fields.has(Field::layer)) question.event.layer = Layer::auth;
    question.guess = fields.guess;
    question.plain_password = fields.has(Field::password);
    if (auto error = complete(question)) return std::unexpected(std::move(*error));
    PasswordField password{mark, question.event};
    if (fields.has(Field::password)) (void)walk_json(body, password);
    return question;
}

void write_api(const Answer& answer, const Verdict& verdict, const Event& event, std::string& out) {
    const Measure measure = measure_of(answer.step);
    out.append("{\"measure\":\"").append(name(measure)).append("\",\"delay_ms\":");
    const auto wait = std::clamp<long long>(answer.wait.count(), 0, 600);
    out += std::to_string(measure == Measure::slow ? wait * 1000 : 0);
    out.append(",\"judged\":\"").append(name(verdict.measure)).append("\",\"sum\":");
    append_decibans(verdict.sum, out);
    append_evidence(verdict, event, out);
    append_json_field("code", answer.code, out);
    std::string words;
    if (answer.stops()) append_reason(answer, "Please try again later", words);
    append_json_field("text", words, out);
    out += '}';
}

void write_api_ok(std::string& out) {
    out += R"({"status":"ok"})";
}

void write_api_error(const Error& error, std::string& out) {
    out += "{\"error\":";
    append_json_string(error.what, out);
    append_json_field("mend", error.mend, out);
    out += '}';
}

}  // namespace tidegate::wire
