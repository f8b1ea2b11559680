#include "tell/alert/alert_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <limits>
#include <optional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <utility>

#include "event/json.h"

namespace tidegate::tell {
namespace {

namespace json = boost::json;

// ---- written
std::string time_json(Time time) {
    return json_string(rfc3339(time));
}

std::string json_of(const Alert& alert) {
    return fmt::format(
        R"({{"kind":"{}","severity":"{}","about":{},"account":{},"subject":{},"text":{},"todo":{},"since":{},)"
        R"("over":{},"lasts":{}}})",
        name(alert.kind), name(alert.severity), json_string(alert.about), json_string(alert.account),
        json_string(alert.subject), json_string(alert.text), json_string(alert.todo), time_json(alert.since),
        alert.over, alert.lasts);
}

std::string json_of(const Bulletin::Item& item) {
    return fmt::format(R"({{"stage":"{}","alert":{}}})", name(item.stage), json_of(item.alert));
}

std::string json_of(const std::string& text) {
    return json_string(text);
}

std::string json_of(const AlertMemory::Told& told) {
    return fmt::format(R"({{"alert":{},"told":{},"tellings":{},"open":{}}})", json_of(told.alert),
                       time_json(told.told), told.tellings, told.open);
}

std::string json_of(const Page& page);

template <class Items>
std::string list_of(const Items& items) {
    std::string out;
    for (const auto& each : items) out += (out.empty() ? "" : ",") + json_of(each);
    return '[' + out + ']';
}

std::string json_of(const Page& page) {
    std::string out = fmt::format(
        R"({{"id":{},"code":{},"kind":"{}","severity":"{}","escalation":{},"opened":{},"items":{},"count":{},)"
        R"("round_began":{},"step":{},"rounds":{},"called":{},"last_id":{},"arrived":{})",
        json_string(page.id), json_string(page.code), name(page.kind), name(page.severity),
        json_string(page.escalation), time_json(page.opened), list_of(page.items), page.count,
        time_json(page.round_began), page.step, page.rounds, list_of(page.called), json_string(page.last_id),
        page.arrived);
    if (page.acknowledged) {
        out += fmt::format(R"(,"acknowledged":{{"who":{},"time":{})", json_string(page.acknowledged->who),
                           time_json(page.acknowledged->time));
        if (page.acknowledged->until) out += R"(,"until":)" + time_json(*page.acknowledged->until);
        out += '}';
    }
    if (page.over) out += R"(,"over":)" + time_json(*page.over);
    return out + '}';
}

// ---- read: whatever is not as it was written is thrown, and caught in read_memory()
struct Broken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

const json::value& at(const json::object& from, std::string_view name) {
    const json::value* found = from.if_contains(name);
    if (found == nullptr) throw Broken(fmt::format("without '{}'", name));
    return *found;
}

std::string text(const json::object& from, std::string_view name) {
    const auto* found = at(from, name).if_string();
    if (found == nullptr) throw Broken(fmt::format("'{}' is no text", name));
    return {found->data(), found->size()};
}

bool truth(const json::object& from, std::string_view name) {
    const bool* found = at(from, name).if_bool();
    if (found == nullptr) throw Broken(fmt::format("'{}' is neither true nor false", name));
    return *found;
}

template <class Number>
Number number(const json::object& from, std::string_view name) {
    const std::int64_t* found = at(from, name).if_int64();
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
    if (found == nullptr || *found < 0 || *found > most)
        throw Broken(fmt::format("'{}' is no number that it can be", name));
    return static_cast<Number>(*found);
}

Time time(const json::object& from, std::string_view name) {
    const auto found = parse_rfc3339(text(from, name));
    if (!found) throw Broken(fmt::format("'{}' is no time", name));
    return *found;
}

template <class Enum>
Enum one_of(const json::object& from, std::string_view name, std::span<const std::string_view> names) {
    const auto found = std::ranges::find(names, text(from, name));
    if (found == names.end()) throw Broken(fmt::format("'{}' is none that there is", name));
    return static_cast<Enum>(found - names.begin());
}

const json::object& object(const json::value& value) {
    const json::object* found = value.if_object();
    if (found == nullptr) throw Broken("an entry is no object");
    return *found;
}

const json::array& array(const json::object& from, std::string_view name) {
    const json::array* found = at(from, name).if_array();
    if (found == nullptr) throw Broken(fmt::format("'{}' is no list", name));
    return *found;
}

Alert read_alert(const json::object& from) {
    return {.kind = one_of<AlertKind>(from, "kind", alert_kinds),
            .severity = one_of<Severity>(from, "severity", severities),
            .about = text(from, "about"),
            .account = text(from, "account"),
            .subject = text(from, "subject"),
            .text = text(from, "text"),
            .todo = text(from, "todo"),
            .since = time(from, "since"),
            .over = truth(from, "over"),
            .lasts = truth(from, "lasts")};
}

Acknowledgement read_acknowledgement(const json::object& from) {
    Acknowledgement out{.who = text(from, "who"), .time = time(from, "time")};
    if (from.contains("until")) out.until = time(from, "until");
    return out;
}

void read_items(const json::object& from, Page& page) {
    for (const json::value& each : array(from, "items")) {
        const json::object& item = object(each);
        page.items.push_back(
            {.alert = read_alert(object(at(item, "alert"))), .stage = one_of<Stage>(item, "stage", stages)});
    }
    const bool goes_on =
        std::ranges::any_of(page.items, [](const Bulletin::Item& item) { return item.stage != Stage::over; });
    if (page.items.size() > Bulletin::most_listed || page.count < page.items.size() ||
        goes_on == page.over.has_value())
        throw Broken("a page's things are not as they can be");
}

Page read_page(const json::object& from) {
    Page page;
    page.id = text(from, "id");
    page.code = text(from, "code");
    page.kind = one_of<AlertKind>(from, "kind", alert_kinds);
    page.severity = one_of<Severity>(from, "severity", severities);
    page.escalation = text(from, "escalation");
    page.opened = time(from, "opened");
    page.count = number<std::uint64_t>(from, "count");
    page.round_began = time(from, "round_began");
    page.step = number<std::uint32_t>(from, "step");
    page.rounds = number<std::uint32_t>(from, "rounds");
    for (const json::value& way : array(from, "called")) {
        if (!way.is_string()) throw Broken("a way's name is no text");
        page.called.emplace_back(std::string_view(way.get_string()));
    }
    page.last_id = text(from, "last_id");
    page.arrived = truth(from, "arrived");
    if (from.contains("acknowledged"))
        page.acknowledged = read_acknowledgement(object(at(from, "acknowledged")));
    if (from.contains("over")) page.over = time(from, "over");
    read_items(from, page);
    return page;
}

AlertMemory read_all(const json::object& from) {
    if (number<int>(from, "version") != 1) throw Broken("of a version that is not known");
    AlertMemory memory;
    for (const json::value& each : array(from, "pages")) memory.pages.push_back(read_page(object(each)));
    for (const json::value& each : array(from, "told")) {
        const json::object& told = object(each);
        memory.told.push_back({.alert = read_alert(object(at(told, "alert"))),
                               .told = time(told, "told"),
                               .tellings = number<unsigned>(told, "tellings"),
                               .open = truth(told, "open")});
    }
    const json::object& checked = object(at(from, "checked"));
    for (const auto& each : checked) memory.checked.emplace(each.key(), time(checked, each.key()));
    return memory;
}

}  // namespace

std::string memory_text(const AlertMemory& memory) {
    std::string checked;
    for (const auto& [way, time] : memory.checked)
        checked += (checked.empty() ? "" : ",") + json_string(way) + ':' + time_json(time);
    return fmt::format("{{\"version\":1,\"pages\":{},\n\"told\":{},\n\"checked\":{{{}}}}}\n",
                       list_of(memory.pages), list_of(memory.told), checked);
}

Result<AlertMemory> read_memory(std::string_view text) {
    const auto broken = [](std::string what) {
        return std::unexpected(
            Error{"alerts", 0, "can't be read: " + std::move(what),
                  "what was told before is told again; remove the file, or bring it back"});
    };
    boost::system::error_code error;
    const json::value value = json::parse(text, error);
    if (error) return broken(error.message());
    try {
        return read_all(object(value));
    } catch (const Broken& what) {
        return broken(what.what());
    }
}

}  // namespace tidegate::tell
