#include "app/serve/alert_text.h"

#include <fmt/format.h>

#include <string_view>

#include "app/serve/operator.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

std::string text(const json::value& from, std::string_view name) {
    return tell::harmless(text_in(from, name));
}

const json::array& list(const json::value& from, std::string_view name) {
    static const json::array none;
    const json::object* object = from.if_object();
    const json::value* found = object == nullptr ? nullptr : object->if_contains(name);
    const json::array* array = found == nullptr ? nullptr : found->if_array();
    return array == nullptr ? none : *array;
}

json::value part(const json::value& from, std::string_view name) {
    const json::object* object = from.if_object();
    const json::value* found = object == nullptr ? nullptr : object->if_contains(name);
    return found == nullptr ? json::value() : *found;
}

std::string state_words(const json::value& alert) {
    const json::value by = part(alert, "acknowledged");
    std::string out = text(alert, "state");
    if (const std::string who = text(by, "who"); !who.empty()) out += " by " + who;
    if (const std::string until = text(by, "until"); !until.empty()) out += " until " + until;
    return out;
}

std::string alert_line(const json::value& alert) {
    std::string out = fmt::format("{}  {:<8}  {}  {}  ({})\n", text(alert, "code"), text(alert, "severity"),
                                  text(alert, "opened"), text(alert, "subject"), state_words(alert));
    std::string called;
    for (const json::value& way : list(alert, "called"))
        if (way.is_string())
            called.append(called.empty() ? "" : ", ").append(tell::harmless(way.get_string()));
    if (!called.empty()) out += fmt::format("        called by {}\n", called);
    return out;
}

std::string way_line(const json::value& way) {
    std::string out = fmt::format("{:<7}  {}", text(way, "state"), text(way, "way"));
    if (const std::string arrived = text(way, "arrived"); !arrived.empty()) out += ", arrived " + arrived;
    if (const std::string checked = text(way, "checked"); !checked.empty()) out += ", checked " + checked;
    if (const std::string said = text(way, "said"); !said.empty()) out += ": " + said;
    return out + '\n';
}

std::string turn_line(const json::value& turn) {
    std::string out = fmt::format("{}: {}", text(turn, "rota"), text(turn, "person"));
    if (const std::string until = text(turn, "until"); !until.empty())
        out += fmt::format(" until {}, then {}", until, text(turn, "next"));
    return out + '\n';
}

template <class Line>
std::string section(std::string_view title, const json::array& items, std::string_view none, Line line) {
    std::string out = fmt::format("{}\n", title);
    if (items.empty()) return out + fmt::format("  {}\n", none);
    for (const json::value& item : items) out += "  " + line(item);
    return out;
}

}  // namespace

std::string alerts_text(const json::value& answer) {
    std::string out = section("Alerts", list(answer, "alerts"), "none", alert_line);
    out += section("Ways", list(answer, "ways"), "none: nobody is told (docs/alerts.md)", way_line);
    const json::array& turns = list(answer, "on_call");
    if (!turns.empty()) out += section("On call", turns, "", turn_line);
    return out;
}

}  // namespace tidegate::app
