// How one setting of a scenario is read, and what it looks like in the reference.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "drill/scenario_keys.h"

namespace tidegate::drill {
namespace {

using config::Complaint;
using config::Tree;

constexpr std::array<std::string_view, 3> sensor_names{"logs", "policy", "edge"};
constexpr std::array<std::string_view, 3> task_names{"guess", "victim", "whiten"};
constexpr std::array<std::string_view, 3> fingerprint_names{"tools", "clients", "owner"};
constexpr std::array<std::string_view, 2> target_names{"even", "popular"};
constexpr std::array<std::string_view, 6> reaction_names{"carry_on",  "go_away", "change_address",
                                                         "slow_down", "retry",   "come_again"};

constexpr std::array<std::string_view, 2> retries_names{"never", "mta"};
constexpr std::array<std::string_view, 6> change_names{"die", "restore", "quarantine", "lift", "add", "move"};

std::span<const std::string_view> names_for(Retries) {
    return retries_names;
}
std::span<const std::string_view> names_for(ChangeKind) {
    return change_names;
}
std::span<const std::string_view> names_for(Sensor) {
    return sensor_names;
}
std::span<const std::string_view> names_for(Task) {
    return task_names;
}
std::span<const std::string_view> names_for(Fingerprint) {
    return fingerprint_names;
}
std::span<const std::string_view> names_for(Targets) {
    return target_names;
}
std::span<const std::string_view> names_for(Reaction) {
    return reaction_names;
}

template <class Enum>
std::string_view name_of(Enum value) {
    return names_for(value)[static_cast<std::size_t>(value)];
}

struct Bounds {
    double low, high;
};

std::string between(Bounds bounds) {
    return fmt::format("from {} to {}", bounds.low, bounds.high);
}

// NaN, which fits nowhere, for what is no number.
double number_in(const Tree& tree) {
    if (const auto* whole = std::get_if<std::int64_t>(&tree.value)) return static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&tree.value)) return *real;
    return NAN;
}

bool fits(double number, Bounds bounds) {
    return number >= bounds.low && number <= bounds.high;
}

// Everything below: nothing, or what was expected.
Complaint read(const Tree& tree, Bounds bounds, double& to) {
    const double number = number_in(tree);
    if (!fits(number, bounds)) return "expected a number " + between(bounds);
    to = number;
    return std::nullopt;
}

Complaint read(const Tree& tree, Bounds bounds, std::optional<double>& to) {
    double number = 0;
    if (auto complaint = read(tree, bounds, number)) return complaint;
    to = number;
    return std::nullopt;
}

Complaint read(const Tree& tree, Bounds bounds, std::uint32_t& to) {
    std::int64_t number = 0;
    const auto low = static_cast<std::int64_t>(bounds.low), high = static_cast<std::int64_t>(bounds.high);
    if (auto complaint = config::take_whole(tree.value, low, high, number)) return complaint;
    to = static_cast<std::uint32_t>(number);
    return std::nullopt;
}

Complaint read(const Tree& tree, Bounds, bool& to) {
    return config::take_bool(tree.value, to);
}

Complaint read(const Tree& tree, Bounds, std::string& to) {
    return config::take_text(tree.value, to);
}

Complaint read(const Tree& tree, Bounds, Time& to) {
    std::optional<Time> time;
    if (auto complaint = config::take_time(tree.value, time)) return complaint;
    if (!time || *time < time_of_unix(86'400) || *time >= time_of_unix(4'102'444'800))
        return "expected a date before 2100";
    to = std::chrono::floor<std::chrono::days>(*time);
    return std::nullopt;
}

Complaint read_numbers(const Tree& tree, Bounds bounds, std::span<double> to, std::string_view expected) {
    if (tree.kind != Tree::Kind::list || tree.items.size() != to.size()) return std::string(expected);
    for (std::size_t i = 0; i < to.size(); ++i)
        if (!fits(number_in(tree.items[i]), bounds)) return std::string(expected);
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = number_in(tree.items[i]);
    return std::nullopt;
}

template <std::size_t n>
Complaint read(const Tree& tree, Bounds bounds, std::array<double, n>& to) {
    return read_numbers(tree, bounds, to,
                        fmt::format("expected a list of {} numbers {}", n, between(bounds)));
}

Complaint read(const Tree& tree, Bounds bounds, std::vector<double>& to) {
    constexpr std::size_t most = 1000;
    std::string expected =
        fmt::format("expected a list of at least one and at most {} numbers {}", most, between(bounds));
    if (tree.items.empty() || tree.items.size() > most) return expected;
    std::vector<double> numbers(tree.items.size());
    if (auto complaint = read_numbers(tree, bounds, numbers, expected)) return complaint;
    to = std::move(numbers);
    return std::nullopt;
}

Complaint read(const Tree& tree, Bounds bounds, std::vector<std::pair<double, double>>& to) {
    std::string expected = fmt::format(
        "expected a list of pairs like [[12, 135], [13, 209]], first numbers rising, {}", between(bounds));
    if (tree.kind != Tree::Kind::list || tree.items.size() > 10'000) return expected;
    std::vector<std::pair<double, double>> pairs;
    for (const Tree& item : tree.items) {
        std::array<double, 2> pair{};
        if (read_numbers(item, bounds, pair, expected)) return expected;
        if (!pairs.empty() && pair[0] <= pairs.back().first) return expected;
        pairs.emplace_back(pair[0], pair[1]);
    }
    to = std::move(pairs);
    return std::nullopt;
}

Complaint read(const Tree& tree, Bounds, std::vector<std::string>& to) {
    constexpr const char* expected = "expected a list of texts like [\"plain\", \"unlisted\"]";
    if (tree.kind != Tree::Kind::list) return expected;
    std::vector<std::string> texts;
    for (const Tree& item : tree.items) {
        const auto* text = std::get_if<std::string>(&item.value);
        if (text == nullptr) return expected;
        texts.push_back(*text);
    }
    to = std::move(texts);
    return std::nullopt;
}

Complaint read(const Tree& tree, Bounds bounds, ListShares& to) {
    std::string expected = "expected a share for each list, like { xbl = 0.6, css = 0.25 }";
    if (tree.kind != Tree::Kind::table) return expected;
    ListShares shares;
    for (const auto& branch : tree.branches) {
        const double number = number_in(branch.tree);
        if (!fits(number, bounds)) return expected;
        shares.of.emplace_back(branch.name, number);
    }
    to = std::move(shares);
    return std::nullopt;
}

// Weights by name, of which one at least is more than 0.
template <class T>
Complaint read_weights(const Tree& tree, std::string_view expected,
                       std::initializer_list<std::pair<std::string_view, double T::*>> names, T& to) {
    if (tree.kind != Tree::Kind::table) return std::string(expected);
    T weights{0, 0, 0, 0};
    double sum = 0;
    for (const auto& branch : tree.branches) {
        const double number = number_in(branch.tree);
        const auto found = std::ranges::find(names, branch.name, [](const auto& each) { return each.first; });
        if (found == names.end() || !fits(number, {0, 1e6})) return std::string(expected);
        weights.*found->second = number;
        sum += number;
    }
    if (!(sum > 0)) return std::string(expected);
    to = weights;
    return std::nullopt;
}

Complaint read(const Tree& tree, Bounds, Strategy& to) {
    return read_weights<Strategy>(
        tree,
        "expected weights like { spray = 0.3, stuffing = 0.7 }, of spray, stuffing, tweaking and dictionary",
        {{"spray", &Strategy::spray},
         {"stuffing", &Strategy::stuffing},
         {"tweaking", &Strategy::tweaking},
         {"dictionary", &Strategy::dictionary}},
        to);
}

Complaint read(const Tree& tree, Bounds, Manners& to) {
    return read_weights<Manners>(
        tree, "expected weights like { silent = 0.5, smtp = 0.5 }, of silent, slow, handshake and smtp",
        {{"silent", &Manners::silent},
         {"slow", &Manners::slow},
         {"handshake", &Manners::handshake},
         {"smtp", &Manners::smtp}},
        to);
}

template <class Enum>
    requires std::is_enum_v<Enum>
Complaint read(const Tree& tree, Bounds, Enum& to) {
    std::size_t index = 0;
    if (auto complaint = config::take_choice(tree.value, names_for(to), index)) return complaint;
    to = static_cast<Enum>(index);
    return std::nullopt;
}

Complaint read(const Tree& tree, Bounds bounds, std::optional<Sensor>& to) {
    Sensor sensor{};
    if (auto complaint = read(tree, bounds, sensor)) return complaint;
    to = sensor;
    return std::nullopt;
}

// Defaults, as TOML.
std::string shown(double value) {
    return fmt::format("{}", value);
}
std::string shown(std::uint32_t value) {
    return fmt::format("{}", value);
}
std::string shown(bool value) {
    return value ? "true" : "false";
}
std::string shown(const std::string& value) {
    return fmt::format("\"{}\"", value);
}
std::string shown(Time value) {
    return rfc3339(value).substr(0, 10);
}
std::string shown(const std::pair<double, double>& value) {
    return fmt::format("[{}, {}]", value.first, value.second);
}
template <class List>
std::string shown_list(const List& list) {
    std::string text = "[";
    for (const auto& each : list) text.append(text.size() > 1 ? ", " : "").append(shown(each));
    return text + "]";
}
template <std::size_t n>
std::string shown(const std::array<double, n>& value) {
    return shown_list(value);
}
template <class T>
std::string shown(const std::vector<T>& value) {
    return shown_list(value);
}
template <class T>
std::string shown(const std::optional<T>&) {
    return "-";
}
std::string shown(const ListShares&) {
    return "{}";
}
std::string shown(const Strategy&) {
    return "{ spray = 1 }";
}
std::string shown(const Manners&) {
    return "{ silent = 1 }";
}
template <class Enum>
    requires std::is_enum_v<Enum>
std::string shown(Enum value) {
    return fmt::format("\"{}\"", name_of(value));
}

std::string type_text(const double&, Bounds bounds) {
    return "number " + between(bounds);
}
std::string type_text(const std::uint32_t&, Bounds bounds) {
    return "whole number " + between(bounds);
}
std::string type_text(const bool&, Bounds) {
    return "true or false";
}
std::string type_text(const std::string&, Bounds) {
    return "text";
}
std::string type_text(const Time&, Bounds) {
    return "date";
}
template <std::size_t n>
std::string type_text(const std::array<double, n>&, Bounds) {
    return fmt::format("list of {} numbers", n);
}
std::string type_text(const std::vector<double>&, Bounds) {
    return "list of numbers";
}
std::string type_text(const std::vector<std::pair<double, double>>&, Bounds) {
    return "list of pairs";
}
std::string type_text(const std::optional<double>&, Bounds) {
    return "number";
}
std::string type_text(const std::vector<std::string>&, Bounds) {
    return "list of texts";
}
std::string type_text(const std::optional<Sensor>&, Bounds) {
    return "name";
}
std::string type_text(const ListShares&, Bounds) {
    return "table of shares";
}
std::string type_text(const Strategy&, Bounds) {
    return "table of weights";
}
std::string type_text(const Manners&, Bounds) {
    return "table of weights";
}
template <class Enum>
    requires std::is_enum_v<Enum>
std::string type_text(Enum, Bounds) {
    return "name";
}

}  // namespace

template <class T>
Complaint take(const Tree& written, const Key<T>& key, T& to) {
    return std::visit([&](auto member) { return read(written, Bounds{key.low, key.high}, to.*member); },
                      key.member);
}

template <class T>
std::string standard_of(const Key<T>& key) {
    const T standard{};
    return std::visit([&](auto member) { return shown(standard.*member); }, key.member);
}

template <class T>
std::string type_of(const Key<T>& key) {
    const T standard{};
    return std::visit([&](auto member) { return type_text(standard.*member, Bounds{key.low, key.high}); },
                      key.member);
}

template Complaint take(const Tree& written, const Key<Scenario>&, Scenario&);
template std::string standard_of(const Key<Scenario>&);
template std::string type_of(const Key<Scenario>&);
template Complaint take(const Tree& written, const Key<List>&, List&);
template std::string standard_of(const Key<List>&);
template std::string type_of(const Key<List>&);
template Complaint take(const Tree& written, const Key<Customers>&, Customers&);
template std::string standard_of(const Key<Customers>&);
template std::string type_of(const Key<Customers>&);
template Complaint take(const Tree& written, const Key<Botnet>&, Botnet&);
template std::string standard_of(const Key<Botnet>&);
template std::string type_of(const Key<Botnet>&);
template Complaint take(const Tree& written, const Key<Servers>&, Servers&);
template std::string standard_of(const Key<Servers>&);
template std::string type_of(const Key<Servers>&);
template Complaint take(const Tree& written, const Key<Flood>&, Flood&);
template std::string standard_of(const Key<Flood>&);
template std::string type_of(const Key<Flood>&);
template Complaint take(const Tree& written, const Key<MailKind>&, MailKind&);
template std::string standard_of(const Key<MailKind>&);
template std::string type_of(const Key<MailKind>&);
template Complaint take(const Tree& written, const Key<Clients>&, Clients&);
template std::string standard_of(const Key<Clients>&);
template std::string type_of(const Key<Clients>&);
template Complaint take(const Tree& written, const Key<Change>&, Change&);
template std::string standard_of(const Key<Change>&);
template std::string type_of(const Key<Change>&);
template Complaint take(const Tree& written, const Key<EdgeMachine>&, EdgeMachine&);
template std::string standard_of(const Key<EdgeMachine>&);
template std::string type_of(const Key<EdgeMachine>&);
template Complaint take(const Tree& written, const Key<Check>&, Check&);
template std::string standard_of(const Key<Check>&);
template std::string type_of(const Key<Check>&);

std::string_view name(Sensor sensor) {
    return name_of(sensor);
}
std::optional<Sensor> sensor_named(std::string_view written) {
    for (std::size_t i = 0; i < sensor_names.size(); ++i)
        if (sensor_names[i] == written) return static_cast<Sensor>(i);
    return std::nullopt;
}
std::string_view name(Task task) {
    return name_of(task);
}
std::string_view name(Fingerprint fingerprint) {
    return name_of(fingerprint);
}
std::string_view name(Targets targets) {
    return name_of(targets);
}
std::string_view name(Reaction reaction) {
    return name_of(reaction);
}
std::string_view name(ChangeKind kind) {
    return name_of(kind);
}

}  // namespace tidegate::drill
