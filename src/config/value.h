#pragma once
// A value of the configuration, free of the TOML library, and how it becomes what a setting is made of.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "event/event.h"
#include "event/verdict.h"

namespace tidegate::config {

/// Texts of a table, for `aliases`.
using TextMap = std::map<std::string, std::string>;

/// A list of texts; of whole numbers, as they are written.
using TextList = std::vector<std::string>;

/// A date or time in TOML's own notation, as it was written.
struct Moment {
    std::string text;
};

/// Anything else (mixed lists and tables) is monostate: no setting takes it.
using Value =
    std::variant<std::monostate, std::string, std::int64_t, double, bool, Moment, TextMap, TextList>;

/// What is wrong with a value: nothing, or what was expected ("expected a whole number from 1970 to 9999").
using Complaint = std::optional<std::string>;

// Each sets `to` or says what it expected. `to` is untouched where it complains.
[[nodiscard]] Complaint take_text(const Value& value, std::string& to);
[[nodiscard]] Complaint take_bool(const Value& value, bool& to);
[[nodiscard]] Complaint take_whole(const Value& value, std::int64_t low, std::int64_t high, std::int64_t& to);
[[nodiscard]] Complaint take_unsigned(const Value& value, std::int64_t low, std::int64_t high, unsigned& to);
[[nodiscard]] Complaint take_decibans(const Value& value, std::optional<Decibans>& to);
/// A number of bytes, or a text like "256MiB" (KiB, MiB, GiB), from `low` to `high`.
[[nodiscard]] Complaint take_bytes(const Value& value, std::size_t low, std::size_t high, std::size_t& to);
[[nodiscard]] Complaint take_map(const Value& value, TextMap& to);
/// Texts, at least one; a single text stands for a list of it.
[[nodiscard]] Complaint take_list(const Value& value, TextList& to);
[[nodiscard]] Complaint take_address(const Value& value, std::optional<Prefix>& to);
[[nodiscard]] Complaint take_network(const Value& value, std::optional<Prefix>& to);
/// As take_list(), each a network.
[[nodiscard]] Complaint take_networks(const Value& value, std::vector<Prefix>& to);
/// "127.0.0.1:4080", "[::1]:4080", "unix:/path". Whether it can be bound is seen when it is tried; this
/// catches what never can.
[[nodiscard]] bool is_endpoint(std::string_view text);
/// RFC 3339 or a date alone, which is its first moment in UTC; in quotes or TOML's own notation.
[[nodiscard]] Complaint take_time(const Value& value, std::optional<Time>& to);
/// One of `names`; sets its index.
[[nodiscard]] Complaint take_choice(const Value& value, std::span<const std::string_view> names,
                                    std::size_t& to);

template <class Enum>
[[nodiscard]] Complaint take_name(const Value& value, Enum& to) {
    std::size_t index = 0;
    auto complaint = take_choice(value, names_of<Enum>(), index);
    if (!complaint) to = static_cast<Enum>(index);
    return complaint;
}

/// "'yesterday'", "17", "a list": the value in a message.
[[nodiscard]] std::string shown(const Value& value);

/// The one of `names` that was probably meant by `written`, or nothing.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view written,
                                                      std::span<const std::string_view> names);

}  // namespace tidegate::config
