#include "config/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <vector>

namespace tidegate::config {
namespace {

constexpr double most_decibans = 1000;

std::string listed(std::span<const std::string_view> names) {
    std::string list;
    for (const std::string_view name : names)
        if (!name.empty()) list.append(list.empty() ? "" : ", ").append(name);
    return list;
}

std::optional<std::size_t> parse_bytes(std::string_view text) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    while (unit.starts_with(' ')) unit.remove_prefix(1);
    constexpr std::array<std::string_view, 4> units{"", "KiB", "MiB", "GiB"};
    const auto found = std::ranges::find(units, unit);
    if (found == units.end()) return std::nullopt;
    const auto shift = static_cast<unsigned>(10 * (found - units.begin()));
    return number <= SIZE_MAX >> shift ? std::optional(number << shift) : std::nullopt;
}

std::string bytes_text(std::size_t bytes) {
    if (bytes % (std::size_t{1} << 30) == 0) return fmt::format("{}GiB", bytes >> 30);
    return fmt::format("{}MiB", bytes >> 20);
}

// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0]++;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

}  // namespace

Complaint take_text(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) return "expected a text in quotes";
    to = *text;
    return std::nullopt;
}

Complaint take_bool(const Value& value, bool& to) {
    const auto* given = std::get_if<bool>(&value);
    if (given == nullptr) return "expected true or false, without quotes";
    to = *given;
    return std::nullopt;
}

Complaint take_whole(const Value& value, std::int64_t low, std::int64_t high, std::int64_t& to) {
    const auto* number = std::get_if<std::int64_t>(&value);
    if (number == nullptr || *number < low || *number > high)
        return fmt::format("expected a whole number from {} to {}", low, high);
    to = *number;
    return std::nullopt;
}

Complaint take_unsigned(const Value& value, std::int64_t low, std::int64_t high, unsigned& to) {
    std::int64_t number = 0;
    auto complaint = take_whole(value, low, high, number);
    if (!complaint) to = static_cast<unsigned>(number);
    return complaint;
}

Complaint take_decibans(const Value& value, std::optional<Decibans>& to) {
    double number = NAN;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) number = static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&value)) number = *real;
    if (!(std::abs(number) <= most_decibans))
        return fmt::format("expected a number of decibans from {:.0f} to {:.0f}", -most_decibans,
                           most_decibans);
    to = Decibans::of(number);
    return std::nullopt;
}

Complaint take_bytes(const Value& value, std::size_t low, std::size_t high, std::size_t& to) {
    std::optional<std::size_t> bytes;
    if (const auto* text = std::get_if<std::string>(&value)) bytes = parse_bytes(*text);
    if (const auto* number = std::get_if<std::int64_t>(&value); number != nullptr && *number >= 0)
        bytes = static_cast<std::size_t>(*number);
    if (!bytes || *bytes < low || *bytes > high)
        return fmt::format("expected an amount of memory like \"256MiB\", from {} to {}", bytes_text(low),
                           bytes_text(high));
    to = *bytes;
    return std::nullopt;
}

Complaint take_map(const Value& value, TextMap& to) {
    const auto* map = std::get_if<TextMap>(&value);
    if (map == nullptr) return "expected a table of texts like { \"written\" = \"account\" }";
    to = *map;
    return std::nullopt;
}

Complaint take_list(const Value& value, TextList& to) {
    if (const auto* list = std::get_if<TextList>(&value); list != nullptr && !list->empty())
        to = *list;
    else if (const auto* text = std::get_if<std::string>(&value))
        to = {*text};
    else
        return "expected texts in brackets like [\"one\", \"another\"]";
    return std::nullopt;
}

Complaint take_address(const Value& value, std::optional<Prefix>& to) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !Address::parse(*text))
        return "expected an address like \"192.0.2.7\" or \"2001:db8::7\"";
    to = Prefix::parse(*text);
    return std::nullopt;
}

Complaint take_network(const Value& value, std::optional<Prefix>& to) {
    const auto* text = std::get_if<std::string>(&value);
    const auto prefix = text == nullptr ? std::nullopt : Prefix::parse(*text);
    if (!prefix) return "expected a network like \"192.0.2.0/24\" or \"2001:db8::/32\"";
    to = prefix;
    return std::nullopt;
}

Complaint take_networks(const Value& value, std::vector<Prefix>& to) {
    TextList list;
    std::vector<Prefix> networks;
    auto complaint = take_list(value, list);
    for (const std::string& each : list) {
        std::optional<Prefix> network;
        if (auto wrong = take_network(each, network)) complaint = std::move(wrong);
        if (network) networks.push_back(*network);
    }
    if (!complaint) to = std::move(networks);
    return complaint;
}

bool is_endpoint(std::string_view text) {
    constexpr std::string_view unix_prefix = "unix:/";
    if (text.starts_with("unix:")) return text.starts_with(unix_prefix) && text.size() > unix_prefix.size();
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return false;
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const bool digits = !port.empty() && port.size() <= 5 &&
                        std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
    return digits && Address::parse(host).has_value();
}

Complaint take_time(const Value& value, std::optional<Time>& to) {
    std::string text;
    if (const auto* quoted = std::get_if<std::string>(&value)) text = *quoted;
    if (const auto* moment = std::get_if<Moment>(&value)) text = moment->text;
    auto time = parse_rfc3339(text);
    if (!time && text.size() == 10) time = parse_rfc3339(text + "T00:00:00Z");
    if (!time) return "expected a time with its offset like 2027-01-31T12:00:00Z, or a date like 2027-01-31";
    to = time;
    return std::nullopt;
}

Complaint take_choice(const Value& value, std::span<const std::string_view> names, std::size_t& to) {
    const auto* text = std::get_if<std::string>(&value);
    const auto found = text == nullptr || text->empty() ? names.end() : std::ranges::find(names, *text);
    if (found == names.end()) return "expected one of " + listed(names);
    to = static_cast<std::size_t>(found - names.begin());
    return std::nullopt;
}

std::string shown(const Value& value) {
    struct Show {
        std::string operator()(std::monostate) const { return "a list or a table"; }
        std::string operator()(const std::string& text) const { return '\'' + text.substr(0, 60) + '\''; }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(double number) const { return fmt::format("{}", number); }
        std::string operator()(bool value) const { return value ? "true" : "false"; }
        std::string operator()(const Moment& moment) const { return moment.text; }
        std::string operator()(const TextMap&) const { return "a table"; }
        std::string operator()(const TextList&) const { return "a list"; }
    };
    return std::visit(Show{}, value);
}

std::optional<std::string_view> nearest(std::string_view written, std::span<const std::string_view> names) {
    std::optional<std::string_view> best;
    std::size_t least = std::max<std::size_t>(2, written.size() / 3) + 1;
    if (written.size() > 64) return std::nullopt;
    for (const std::string_view name : names) {
        const std::size_t far = distance(written, name);
        if (far < least && far < name.size()) {
            least = far;
            best = name;
        }
    }
    return best;
}

}  // namespace tidegate::config
