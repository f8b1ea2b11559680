#include "app/serve/alert_text.h"

#include <fmt/format.h>

#include <string_view>

#include "app/serve/said.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

std::string state_words(const json::value& alert) {
    const json::value& by = said(alert, "acknowledged");
    std::string out = said_text(alert, "state");
    if (const std::string who = said_text(by, "who"); !who.empty()) out += " by " + who;
    if (const std::string until = said_text(by, "until"); !until.empty()) out += " until " + until;
    return out;
}

std::string alert_line(const json::value& alert) {
    std::string out =
        fmt::format("{}  {:<8}  {}  {}  ({})\n", said_text(alert, "code"), said_text(alert, "severity"),
                    said_text(alert, "opened"), said_text(alert, "subject"), state_words(alert));
    std::string called;
    for (const json::value& way : said_list(alert, "called"))
        if (way.is_string())
            called.append(called.empty() ? "" : ", ").append(tell::harmless(way.get_string()));
    if (!called.empty()) out += fmt::format("        called by {}\n", called);
    return out;
}

std::string way_line(const json::value& way) {
    std::string out = fmt::format("{:<7}  {}", said_text(way, "state"), said_text(way, "way"));
    if (const std::string arrived = said_text(way, "arrived"); !arrived.empty())
        out += ", arrived " + arrived;
    if (const std::string checked = said_text(way, "checked"); !checked.empty())
        out += ", checked " + checked;
    if (const std::string answer = said_text(way, "said"); !answer.empty()) out += ": " + answer;
    return out + '\n';
}

std::string turn_line(const json::value& turn) {
    std::string out = fmt::format("{}: {}", said_text(turn, "rota"), said_text(turn, "person"));
    if (const std::string until = said_text(turn, "until"); !until.empty())
        out += fmt::format(" until {}, then {}", until, said_text(turn, "next"));
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
    std::string out = section("Alerts", said_list(answer, "alerts"), "none", alert_line);
    out += section("Ways", said_list(answer, "ways"), "none: nobody is told (docs/alerts.md)", way_line);
    const json::array& turns = said_list(answer, "on_call");
    if (!turns.empty()) out += section("On call", turns, "", turn_line);
    return out;
}

}  // namespace tidegate::app
