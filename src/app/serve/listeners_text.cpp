#include "app/serve/listeners_text.h"

#include <fmt/format.h>

#include "app/serve/said.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

std::string places_in(const json::value& listener) {
    std::string out;
    for (const json::value& each : said_list(listener, "addresses"))
        if (const auto* text = each.if_string())
            out += (out.empty() ? "" : ", ") + tell::harmless(std::string_view(*text));
    return out;
}

std::string move_line(const json::value& move) {
    const std::string until = said_minute(move, "until");
    return fmt::format("{} since {}{} by {}: {}\n", said_text(move, "domain"), said_minute(move, "since"),
                       until.empty() ? "" : ", until " + until, said_text(move, "author"),
                       said_text(move, "reason"));
}

std::string listener_lines(const json::value& listener) {
    const double own = said_number(listener, "own_sessions");
    std::string out =
        fmt::format("{:<16} {:<12} {:>8.0f} {:>8.0f} {:>8} {:>8.0f} %  {}\n", said_text(listener, "listener"),
                    said_text(listener, "protocol"), said_number(listener, "sessions"),
                    said_number(listener, "most_sessions"), own > 0 ? "own" : "shared",
                    100 * said_number(listener, "pressure"), places_in(listener));
    for (const json::value& each : said_list(listener, "domains")) out += "  only for " + move_line(each);
    return out;
}

}  // namespace

std::string listeners_text(const json::value& answer) {
    const json::array& listeners = said_list(answer, "listeners");
    if (listeners.empty()) return "No listeners: the configuration has no edge.\n";
    std::string out = fmt::format("{:<16} {:<12} {:>8} {:>8} {:>8} {:>10}  {}\n", "listener", "protocol",
                                  "sessions", "most", "places", "pressure", "addresses");
    for (const json::value& each : listeners) out += listener_lines(each);
    for (const json::value& each : said_list(answer, "waiting"))
        out += fmt::format("not moved, for there is no listener '{}' for mail: {}",
                           said_text(each, "listener"), move_line(each));
    return out;
}

}  // namespace tidegate::app
