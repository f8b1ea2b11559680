#pragma once
// Writing and reading JSON by fields_of().

#include <fmt/format.h>

#include <boost/json.hpp>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "event/json.h"
#include "tell/cases/fields.h"
#include "tell/cases/words.h"

namespace tidegate::tell {

template <class T>
[[nodiscard]] std::string json_of(const T& value);

/// The fields of one object, in order.
class FieldWriter {
public:
    template <class T>
    void operator()(std::string_view name, const T& value) {
        out_ += fmt::format("{}{}:{}", out_.empty() ? "" : ",", json_string(name), json_of(value));
    }
    [[nodiscard]] std::string object() && { return '{' + std::move(out_) + '}'; }

private:
    std::string out_;
};

// What is a value of its own; everything else has fields.
[[nodiscard]] inline std::string json_value(const std::string& value) {
    return json_string(value);
}
[[nodiscard]] inline std::string json_value(Time value) {
    return value == Time{} ? "null" : json_string(rfc3339(value));
}
[[nodiscard]] inline std::string json_value(Duration value) {
    return fmt::format("{}", std::chrono::duration_cast<std::chrono::seconds>(value).count());
}
[[nodiscard]] inline std::string json_value(std::chrono::year_month_day value) {
    return fmt::format(R"("{:04}-{:02}-{:02}")", static_cast<int>(value.year()),
                       static_cast<unsigned>(value.month()), static_cast<unsigned>(value.day()));
}
[[nodiscard]] inline std::string json_value(std::same_as<bool> auto value) {
    return value ? "true" : "false";
}
[[nodiscard]] inline std::string json_value(std::unsigned_integral auto value)
    requires(!std::same_as<decltype(value), bool>)
{
    return fmt::format("{}", value);
}
[[nodiscard]] inline std::string json_value(double value) {
    return std::isfinite(value) ? fmt::format("{}", value) : "null";
}
template <class Enum>
    requires std::is_enum_v<Enum>
[[nodiscard]] std::string json_value(Enum value) {
    return json_string(word_of(value));
}
template <class T>
[[nodiscard]] std::string json_value(const std::optional<T>& value) {
    return value ? json_of(*value) : "null";
}
template <class T>
[[nodiscard]] std::string json_value(const std::vector<T>& values) {
    std::string out;
    for (const T& each : values) out += (out.empty() ? "" : ",") + json_of(each);
    return '[' + out + ']';
}

template <class T>
std::string json_of(const T& value) {
    if constexpr (requires { json_value(value); }) {
        return json_value(value);
    } else {
        FieldWriter writer;
        fields_of(writer, value);
        return std::move(writer).object();
    }
}

/// What did not fit while something was read: the first of it.
class Misfit {
public:
    void note(std::string what) {
        if (what_.empty()) what_ = std::move(what);
    }
    [[nodiscard]] bool is_there() const { return !what_.empty(); }
    [[nodiscard]] const std::string& what() const { return what_; }

private:
    std::string what_;
};

template <class T>
void read_json(const boost::json::value& from, T& to, Misfit& misfit);

/// Takes the fields that are there; those that are not stay as they were.
class FieldReader {
public:
    FieldReader(const boost::json::object& from, Misfit& misfit) : from_(from), misfit_(misfit) {}
    template <class T>
    void operator()(std::string_view name, T& value) {
        const auto* found = from_.if_contains(name);
        if (found == nullptr || misfit_.is_there()) return;
        Misfit inner;
        read_json(*found, value, inner);
        if (inner.is_there()) misfit_.note(fmt::format("{}: {}", name, inner.what()));
    }

private:
    const boost::json::object& from_;
    Misfit& misfit_;
};

inline void read_value(const boost::json::value& from, std::string& to, Misfit& misfit) {
    const auto* text = from.if_string();
    if (text == nullptr) return misfit.note("is no text");
    to.assign(text->data(), text->size());
}
inline void read_value(const boost::json::value& from, Time& to, Misfit& misfit) {
    if (from.is_null()) return void(to = Time{});
    const auto* text = from.if_string();
    const auto time = text == nullptr ? std::nullopt : parse_rfc3339({text->data(), text->size()});
    if (!time) return misfit.note("is no time");
    to = *time;
}
void read_value(const boost::json::value& from, std::chrono::year_month_day& to, Misfit& misfit);
inline void read_value(const boost::json::value& from, bool& to, Misfit& misfit) {
    const auto* truth = from.if_bool();
    if (truth == nullptr) return misfit.note("is neither true nor false");
    to = *truth;
}
void read_value(const boost::json::value& from, double& to, Misfit& misfit);
void read_value(const boost::json::value& from, std::uint32_t& to, Misfit& misfit);
void read_value(const boost::json::value& from, Duration& to, Misfit& misfit);
template <class Enum>
    requires std::is_enum_v<Enum>
void read_value(const boost::json::value& from, Enum& to, Misfit& misfit) {
    const auto* text = from.if_string();
    const auto value =
        text == nullptr ? std::nullopt : from_word<Enum>(std::string_view(text->data(), text->size()));
    if (!value) return misfit.note("is none of the words for it");
    to = *value;
}
template <class T>
void read_value(const boost::json::value& from, std::optional<T>& to, Misfit& misfit) {
    to.reset();
    if (from.is_null()) return;
    T value{};
    read_json(from, value, misfit);
    if (!misfit.is_there()) to = std::move(value);
}
template <class T>
void read_value(const boost::json::value& from, std::vector<T>& to, Misfit& misfit) {
    const auto* list = from.if_array();
    if (list == nullptr) return misfit.note("is no list");
    to.clear();
    to.reserve(list->size());
    for (const auto& each : *list) {
        T value{};
        read_json(each, value, misfit);
        if (misfit.is_there()) return;
        to.push_back(std::move(value));
    }
}

template <class T>
void read_json(const boost::json::value& from, T& to, Misfit& misfit) {
    if constexpr (requires { read_value(from, to, misfit); }) {
        read_value(from, to, misfit);
    } else {
        const auto* object = from.if_object();
        if (object == nullptr) return misfit.note("is no object");
        FieldReader reader(*object, misfit);
        fields_of(reader, to);
    }
}

}  // namespace tidegate::tell
