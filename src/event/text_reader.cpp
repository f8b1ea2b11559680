// Reading the text form: Boost.JSON's parser calls us for each value; we know the fields.
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <limits>
#include <type_traits>
#include <utility>

#include "base/hash.h"
#include "event/text.h"

namespace tidegate {
namespace {

namespace json = boost::json;

enum class Field : std::uint8_t {
    file,
    line,
    time,
    service,
    event,
    outcome,
    reason,
    address,
    port,
    account,
    method,
    session,
    host,
    tls,
    attempts,
    guess,
    client,
    as,
    ehlo,
    early,
    id,
    received,
    listener,
    tenant,
    node,
    measure,
    program,
    layer,
    rank,
    unknown
};

constexpr std::array<std::string_view, 29> field_names{
    "file",   "line",    "time",    "service", "event", "outcome",  "reason",   "address",
    "port",   "account", "method",  "session", "host",  "tls",      "attempts", "guess",
    "client", "as",      "ehlo",    "early",   "id",    "received", "listener", "tenant",
    "node",   "measure", "program", "layer",   "rank"};

Field field_named(std::string_view name) {
    for (std::size_t i = 0; i < field_names.size(); ++i)
        if (field_names[i].size() == name.size() && field_names[i] == name) return static_cast<Field>(i);
    return Field::unknown;
}

constexpr std::uint32_t bit(Field field) {
    return std::uint32_t{1} << static_cast<unsigned>(field);
}

std::string quoted(std::string_view text) {
    return '\'' + std::string(text.substr(0, 60)) + '\'';
}

std::optional<std::uint64_t> whole_hex(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc{} || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
    return value;
}

// Other people's hashes may be longer than ours; they only have to stay comparable.
std::optional<std::uint64_t> hex_hash(std::string_view text) {
    if (text.size() <= 16) return whole_hex(text);
    std::string lower;
    for (const char c : text) {
        const bool is_digit = c >= '0' && c <= '9';
        const char letter = static_cast<char>(c | 0x20);
        if (!is_digit && (letter < 'a' || letter > 'f')) return std::nullopt;
        lower += is_digit ? c : letter;
    }
    return hash_bytes(lower, 0);
}

/// Receives one object from Boost.JSON and makes an event of it. Inside nested values (of fields that we
/// don't know) nothing is looked at.
class EventBuilder {
public:
    // Limits that Boost.JSON asks for.
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();
    using Code = json::error_code;

    explicit EventBuilder(EventBatch& batch) : batch_(batch) {}

    Event event;
    Error error;
    [[nodiscard]] bool has(Field field) const { return (seen_ & bit(field)) != 0; }

    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_object_begin(Code& code) { return depth_++ == 0 || container(code); }
    bool on_object_end(std::size_t, Code&) { return --depth_, true; }
    bool on_array_begin(Code& code) {
        if (depth_++ == 0) return refuse("is not a JSON object", "write one object a line", code);
        return container(code);
    }
    bool on_array_end(std::size_t, Code&) { return --depth_, true; }

    bool on_key_part(json::string_view part, std::size_t, Code&) { return keep_part(part); }
    bool on_key(json::string_view last, std::size_t, Code& code) {
        const std::string_view key = join(last);
        if (depth_ != 1) return true;
        field_ = field_named(key);
        if (field_ == Field::unknown) return true;
        if (has(field_))
            return refuse("field '" + std::string(key) + "' appears twice", "write it once", code);
        seen_ |= bit(field_);
        return true;
    }

    bool on_string_part(json::string_view part, std::size_t, Code&) { return keep_part(part); }
    bool on_string(json::string_view last, std::size_t, Code& code) {
        const std::string_view text = join(last);
        if (depth_ == 0) return not_an_object(code);
        return is_ignored() || set_text(text, code);
    }
    bool on_number_part(json::string_view, Code&) { return true; }
    bool on_int64(std::int64_t value, json::string_view, Code& code) {
        if (depth_ == 0) return not_an_object(code);
        if (is_ignored()) return true;
        if (value < 0) return set_number(std::nullopt, code);
        return set_number(static_cast<std::uint64_t>(value), code);
    }
    bool on_uint64(std::uint64_t value, json::string_view, Code& code) {
        if (depth_ == 0) return not_an_object(code);
        return is_ignored() || set_number(value, code);
    }
    bool on_double(double, json::string_view, Code& code) {
        if (depth_ == 0) return not_an_object(code);
        return is_ignored() || set_number(std::nullopt, code);
    }
    bool on_bool(bool value, Code& code) {
        if (depth_ == 0) return not_an_object(code);
        if (is_ignored()) return true;
        if (field_ == Field::tls) return event.tls = value, true;
        if (field_ == Field::early) return event.early = value, true;
        return wrong_type(value ? "true" : "false", code);
    }
    // "Not known", as if the field were not there.
    bool on_null(Code& code) {
        if (depth_ == 0) return not_an_object(code);
        if (!is_ignored()) seen_ &= ~bit(field_);
        return true;
    }
    bool on_comment_part(json::string_view, Code&) { return true; }
    bool on_comment(json::string_view, Code&) { return true; }

private:
    [[nodiscard]] bool is_ignored() const { return depth_ != 1 || field_ == Field::unknown; }
    [[nodiscard]] std::string_view field_name() const {
        return field_names.at(static_cast<std::size_t>(field_));
    }

    bool keep_part(json::string_view part) {
        if (!continued_) parts_.clear();
        continued_ = true;
        parts_.append(part.data(), part.size());
        return true;
    }
    std::string_view join(json::string_view last) {
        if (!std::exchange(continued_, false)) return {last.data(), last.size()};
        return parts_.append(last.data(), last.size());
    }

    bool refuse(std::string what, std::string mend, Code& code) {
        error = {"", 0, std::move(what), std::move(mend)};
        code = json::error::incomplete;  // any code stops the parser; ours is in `error`
        return false;
    }
    bool not_an_object(Code& code) { return refuse("is not a JSON object", "write one object a line", code); }
    bool container(Code& code) {
        return depth_ != 2 || field_ == Field::unknown || wrong_type("an object or a list", code);
    }
    bool wrong_type(std::string_view found, Code& code) {
        return refuse("field '" + std::string(field_name()) + "' is " + std::string(found), expected(), code);
    }
    bool bad_value(std::string_view found, std::string mend, Code& code) {
        return refuse("field '" + std::string(field_name()) + "' is " + quoted(found), std::move(mend), code);
    }

    [[nodiscard]] std::string expected() const;
    bool set_text(std::string_view text, Code& code);
    bool set_number(std::optional<std::uint64_t> value, Code& code);
    bool set_guess(std::string_view text, Code& code);
    bool set_id(std::string_view text, Code& code);
    bool set_time(Time& to, std::string_view text, Code& code);
    bool set_address(std::string_view text, Code& code);
    std::string_view Event::* text_member() const;
    template <class Enum, class To>
    bool set_name(To& to, std::optional<Enum> value, std::string_view text, Code& code);

    EventBatch& batch_;
    std::string parts_;
    bool continued_ = false;
    int depth_ = 0;
    Field field_ = Field::unknown;
    std::uint32_t seen_ = 0;
};

std::string EventBuilder::expected() const {
    switch (field_) {
        case Field::line:
            return "expected a whole number";
        case Field::port:
            return "expected a whole number up to 65535";
        case Field::attempts:
            return "expected a whole number from 1 to 4294967295";
        case Field::as:
        case Field::rank:
            return "expected a whole number up to 4294967295";
        case Field::tls:
        case Field::early:
            return "expected true or false";
        case Field::time:
        case Field::received:
            return "expected a string like \"2024-12-11T17:05:41Z\" (RFC 3339, with an offset)";
        case Field::guess:
            return "expected a string of hexadecimal digits";
        case Field::id:
            return "expected a string \"BOOT-SEQUENCE\" of two hexadecimal numbers";
        default:
            return "expected a string";
    }
}

std::string_view Event::* EventBuilder::text_member() const {
    switch (field_) {
        case Field::file:
            return &Event::file;
        case Field::account:
            return &Event::account;
        case Field::method:
            return &Event::method;
        case Field::session:
            return &Event::session;
        case Field::host:
            return &Event::host;
        case Field::client:
            return &Event::client;
        case Field::ehlo:
            return &Event::ehlo;
        case Field::listener:
            return &Event::listener;
        case Field::tenant:
            return &Event::tenant;
        case Field::node:
            return &Event::node;
        case Field::program:
            return &Event::program;
        default:
            return nullptr;
    }
}

template <class Enum, class To>
bool EventBuilder::set_name(To& to, std::optional<Enum> value, std::string_view text, Code& code) {
    if (value) {
        if constexpr (std::is_same_v<To, std::optional<Enum>>)
            to = value;
        else
            to = *value;
        return true;
    }
    return bad_value(text, "known are " + list_of_names<Enum>(), code);
}

bool EventBuilder::set_text(std::string_view text, Code& code) {
    if (const auto member = text_member(); member != nullptr) {
        event.*member = batch_.keep(text);
        return true;
    }
    switch (field_) {
        case Field::time:
            return set_time(event.time, text, code);
        case Field::received:
            return set_time(event.received, text, code);
        case Field::address:
            return set_address(text, code);
        case Field::service:
            return set_name<Service>(event.service, service_named(text), text, code);
        case Field::event:
            return set_name<EventKind>(event.kind, event_kind_named(text), text, code);
        case Field::outcome:
            return set_name<Outcome>(event.outcome, outcome_named(text), text, code);
        case Field::reason:
            return set_name<Reason>(event.reason, reason_named(text), text, code);
        case Field::measure:
            return set_name<Measure>(event.measure, measure_named(text), text, code);
        case Field::layer:
            return set_name<Layer>(event.layer, layer_named(text), text, code);
        case Field::guess:
            return set_guess(text, code);
        case Field::id:
            return set_id(text, code);
        default:
            return wrong_type("the string " + quoted(text), code);
    }
}

bool EventBuilder::set_number(std::optional<std::uint64_t> value, Code& code) {
    constexpr std::uint64_t max32 = std::numeric_limits<std::uint32_t>::max();
    const std::uint64_t number = value.value_or(std::numeric_limits<std::uint64_t>::max());
    const auto in_range = [&](std::uint64_t low, std::uint64_t high) {
        return value && number >= low && number <= high;
    };
    if (field_ == Field::line && value) return event.line = number, true;
    if (field_ == Field::port && in_range(0, 65535))
        return event.port = static_cast<std::uint16_t>(number), true;
    const auto small = static_cast<std::uint32_t>(number);
    if (field_ == Field::attempts && in_range(1, max32)) return event.attempts = small, true;
    if (field_ == Field::as && in_range(0, max32)) return event.as_number = small, true;
    if (field_ == Field::rank && in_range(0, max32)) return event.rank = small, true;
    return wrong_type(value ? "the number " + std::to_string(number) : "a number below 0 or with a fraction",
                      code);
}

bool EventBuilder::set_guess(std::string_view text, Code& code) {
    event.guess = hex_hash(text);
    return event.guess || bad_value(text, expected(), code);
}

bool EventBuilder::set_id(std::string_view text, Code& code) {
    const std::size_t dash = text.find('-');
    if (dash == 0 || dash + 1 >= text.size() || dash == text.npos) return bad_value(text, expected(), code);
    const auto boot = whole_hex(text.substr(0, dash));
    const auto sequence = whole_hex(text.substr(dash + 1));
    if (!boot || !sequence) return bad_value(text, expected(), code);
    event.id_boot = *boot;
    event.id_sequence = *sequence;
    return true;
}

bool EventBuilder::set_time(Time& to, std::string_view text, Code& code) {
    const auto time = parse_rfc3339(text);
    if (!time) return bad_value(text, expected(), code);
    to = *time;
    return true;
}

bool EventBuilder::set_address(std::string_view text, Code& code) {
    const auto address = Address::parse(text);
    if (!address)
        return bad_value(text, "expected an IPv4 or IPv6 address, without brackets or a port", code);
    event.address = *address;
    return true;
}

Error missing(std::string_view field, std::string mend) {
    return {"", 0, "field '" + std::string(field) + "' is missing", std::move(mend)};
}

}  // namespace

Result<Event> parse_text(std::string_view line, EventBatch& batch) {
    json::parse_options options;
    options.allow_invalid_utf8 = true;  // a log's bytes; whoever writes them again replaces what is invalid
    json::basic_parser<EventBuilder> parser(options, batch);
    json::error_code code;
    const std::size_t used = parser.write_some(false, line.data(), line.size(), code);
    EventBuilder& builder = parser.handler();
    if (!builder.error.what.empty()) return std::unexpected(std::move(builder.error));
    if (code || used < line.size())
        return std::unexpected(Error{"", 0,
                                     "is not a JSON object: " + (code ? code.message() : "more follows it") +
                                         " at column " + std::to_string(used + 1),
                                     ""});
    if (!builder.has(Field::time)) return std::unexpected(missing("time", "RFC 3339, with an offset"));
    if (builder.event.kind == EventKind::attempt && builder.event.outcome == Outcome::none)
        return std::unexpected(missing("outcome", "every attempt has one: success, failure or abort"));
    return builder.event;
}

}  // namespace tidegate
