#pragma once
// One JSON object from a stranger, field by field. Included by the doors that read JSON, never by a header:
// Boost.JSON's parser is large.

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <cstdint>
#include <cstring>  // explicit_bzero is GNU's
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace tidegate::wire {

/// A value that is no container. `text` lives until the sink returns.
struct JsonValue {
    enum class Kind : std::uint8_t { text, whole, other_number, truth, null };
    Kind kind = Kind::null;
    std::string_view text{};
    std::uint64_t number = 0;  // of `whole`
    bool truth = false;

    /// true and false, also as the texts that some clients send.
    [[nodiscard]] std::optional<bool> as_truth() const {
        if (kind == Kind::truth) return truth;
        if (kind == Kind::text && text == "true") return true;
        if (kind == Kind::text && text == "false") return false;
        return std::nullopt;
    }
    /// A whole number, also as a text of digits.
    [[nodiscard]] std::optional<std::uint64_t> as_number() const {
        if (kind == Kind::whole) return number;
        if (kind != Kind::text || text.empty() || text.size() > 18) return std::nullopt;
        std::uint64_t value = 0;
        for (const char c : text) {
            if (c < '0' || c > '9') return std::nullopt;
            value = value * 10 + static_cast<std::uint64_t>(c - '0');
        }
        return value;
    }
};

/// Containers within containers, the outermost object included.
inline constexpr std::size_t max_json_depth = 8;

/// Drives a Sink over an object: for each field of it, and of objects directly in it (`parent` is their
/// name, else empty), calls `std::optional<Error> Sink::field(parent, name, value)`. What lies deeper and
/// what lies in lists is stepped over. A text that came in pieces is wiped after use.
template <class Sink>
class JsonWalk {
public:
    // Limits that Boost.JSON asks for; the caller bounds the whole.
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();
    using Code = boost::json::error_code;
    using View = boost::json::string_view;

    explicit JsonWalk(Sink& sink) : sink_(sink) {}
    ~JsonWalk() { wipe(); }
    JsonWalk(const JsonWalk&) = delete;
    JsonWalk& operator=(const JsonWalk&) = delete;

    std::optional<Error> error;

    bool on_document_begin(Code&) { return true; }
    bool on_document_end(Code&) { return true; }
    bool on_object_begin(Code&) {
        if (depth_ == 1) parent_ = name_;
        ++depth_;
        return true;
    }
    bool on_object_end(std::size_t, Code&) {
        if (--depth_ == 1) parent_.clear();
        return true;
    }
    bool on_array_begin(Code& code) {
        if (depth_ == 0) return refuse(not_an_object(), code);
        ++depth_;
        ++lists_;
        return true;
    }
    bool on_array_end(std::size_t, Code&) {
        --depth_;
        --lists_;
        return true;
    }

    bool on_key_part(View part, std::size_t, Code&) { return keep_part(part); }
    bool on_key(View last, std::size_t, Code&) {
        const std::string_view key = join(last);
        if (depth_ <= 2) name_.assign(key);
        return true;
    }
    bool on_string_part(View part, std::size_t, Code&) { return keep_part(part); }
    bool on_string(View last, std::size_t, Code& code) {
        const bool goes_on = offer({.kind = JsonValue::Kind::text, .text = join(last)}, code);
        wipe();
        return goes_on;
    }
    bool on_number_part(View, Code&) { return true; }
    bool on_int64(std::int64_t value, View, Code& code) {
        if (value < 0) return offer({.kind = JsonValue::Kind::other_number}, code);
        return offer({.kind = JsonValue::Kind::whole, .number = static_cast<std::uint64_t>(value)}, code);
    }
    bool on_uint64(std::uint64_t value, View, Code& code) {
        return offer({.kind = JsonValue::Kind::whole, .number = value}, code);
    }
    bool on_double(double, View, Code& code) { return offer({.kind = JsonValue::Kind::other_number}, code); }
    bool on_bool(bool value, Code& code) {
        return offer({.kind = JsonValue::Kind::truth, .truth = value}, code);
    }
    bool on_null(Code& code) { return offer({}, code); }
    bool on_comment_part(View, Code&) { return true; }
    bool on_comment(View, Code&) { return true; }

private:
    static Error not_an_object() { return {"", 0, "the body is not a JSON object", "send one object"}; }

    bool offer(const JsonValue& value, Code& code) {
        if (depth_ == 0) return refuse(not_an_object(), code);
        if (depth_ > 2 || lists_ != 0) return true;
        auto complaint = sink_.field(parent_, name_, value);
        return !complaint || refuse(std::move(*complaint), code);
    }
    bool refuse(Error complaint, Code& code) {
        error = std::move(complaint);
        code = boost::json::error::incomplete;  // any code stops the parser; ours is in `error`
        return false;
    }
    bool keep_part(View part) {
        continued_ = true;
        // Growing would leave a copy of a password behind; what is longer than this goes on as it is cut.
        const std::size_t room = parts_.size() - used_;
        used_ += part.copy(parts_.data() + used_, room);
        dirty_ = std::max(dirty_, used_);
        return true;
    }
    std::string_view join(View last) {
        if (!continued_) return {last.data(), last.size()};
        keep_part(last);
        continued_ = false;
        return {parts_.data(), std::exchange(used_, 0)};
    }
    void wipe() { ::explicit_bzero(parts_.data(), std::exchange(dirty_, 0)); }

    Sink& sink_;
    std::array<char, 2048> parts_;
    std::size_t used_ = 0;
    std::size_t dirty_ = 0;  // how much of `parts_` was written
    bool continued_ = false;
    std::size_t depth_ = 0;
    std::size_t lists_ = 0;
    std::string parent_;
    std::string name_;
};

/// Reads one object whole. Bytes that are no UTF-8 are let through: whoever writes texts again replaces them.
/// Fails: not an object, more behind it, too deep, or what the sink says.
template <class Sink>
[[nodiscard]] std::optional<Error> walk_json(std::string_view body, Sink& sink) {
    namespace json = boost::json;
    json::parse_options options;
    options.allow_invalid_utf8 = true;
    options.max_depth = max_json_depth;
    json::basic_parser<JsonWalk<Sink>> parser(options, sink);
    json::error_code code;
    const std::size_t used = parser.write_some(false, body.data(), body.size(), code);
    if (parser.handler().error) return std::move(parser.handler().error);
    if (!code && used == body.size()) return std::nullopt;
    return Error{"", 0,
                 "the body is not JSON: " + (code ? code.message() : "more follows the object") +
                     " at byte " + std::to_string(used + 1),
                 "send one object (RFC 8259)"};
}

}  // namespace tidegate::wire
