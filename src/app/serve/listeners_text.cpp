#include "app/serve/listeners_text.h"

#include <fmt/format.h>

#include "app/serve/operator.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

const json::value* part(const json::value& of, std::string_view name) {
    const auto* object = of.if_object();
    return object == nullptr ? nullptr : object->if_contains(name);
}

const json::array* list_in(const json::value& of, std::string_view name) {
    const json::value* found = part(of, name);
    return found == nullptr ? nullptr : found->if_array();
}

double number_in(const json::value& of, std::string_view name) {
    const json::value* found = part(of, name);
    return found != nullptr && found->is_number() ? found->to_number<double>() : 0;
}

std::string harmless_in(const json::value& of, std::string_view name) {
    return tell::harmless(text_in(of, name));
}

std::string places_in(const json::value& listener) {
    std::string out;
    if (const json::array* places = list_in(listener, "addresses"))
        for (const json::value& each : *places)
            if (const auto* text = each.if_string())
                out += (out.empty() ? "" : ", ") + tell::harmless(std::string_view(*text));
    return out;
}

// "2026-08-05 12:00", of RFC 3339.
std::string minute_in(const json::value& move, std::string_view name) {
    std::string time = harmless_in(move, name).substr(0, 16);
    if (time.size() == 16) time[10] = ' ';
    return time;
}

std::string move_line(const json::value& move) {
    const std::string until = minute_in(move, "until");
    return fmt::format("{} since {}{} by {}: {}\n", harmless_in(move, "domain"), minute_in(move, "since"),
                       until.empty() ? "" : ", until " + until, harmless_in(move, "author"),
                       harmless_in(move, "reason"));
}

std::string listener_lines(const json::value& listener) {
    const double own = number_in(listener, "own_sessions");
    std::string out =
        fmt::format("{:<16} {:<12} {:>8.0f} {:>8.0f} {:>8} {:>8.0f} %  {}\n",
                    harmless_in(listener, "listener"), harmless_in(listener, "protocol"),
                    number_in(listener, "sessions"), number_in(listener, "most_sessions"),
                    own > 0 ? "own" : "shared", 100 * number_in(listener, "pressure"), places_in(listener));
    if (const json::array* domains = list_in(listener, "domains"))
        for (const json::value& each : *domains) out += "  only for " + move_line(each);
    return out;
}

}  // namespace

std::string listeners_text(const json::value& answer) {
    const json::array* listeners = list_in(answer, "listeners");
    if (listeners == nullptr || listeners->empty()) return "No listeners: the configuration has no edge.\n";
    std::string out = fmt::format("{:<16} {:<12} {:>8} {:>8} {:>8} {:>10}  {}\n", "listener", "protocol",
                                  "sessions", "most", "places", "pressure", "addresses");
    for (const json::value& each : *listeners) out += listener_lines(each);
    if (const json::array* waiting = list_in(answer, "waiting"))
        for (const json::value& each : *waiting)
            out += fmt::format("not moved, for there is no listener '{}' for mail: {}",
                               harmless_in(each, "listener"), move_line(each));
    return out;
}

}  // namespace tidegate::app
