#include "app/serve/servers_text.h"

#include <fmt/format.h>

#include "app/serve/operator.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

double real(const json::value& server, std::string_view name) {
    const auto* object = server.if_object();
    const auto* found = object == nullptr ? nullptr : object->if_contains(name);
    return found != nullptr && found->is_number() ? found->to_number<double>() : 0;
}

std::string harmless_in(const json::value& server, std::string_view name) {
    return tell::harmless(text_in(server, name));
}

// "2026-08-05 12:00", of RFC 3339.
std::string minute_in(const json::value& server, std::string_view name) {
    std::string time = harmless_in(server, name).substr(0, 16);
    if (time.size() == 16) time[10] = ' ';
    return time;
}

// Whose word it is, until when, and why.
std::string cause_of(const json::value& server) {
    std::string out;
    const auto add = [&](std::string_view before, const std::string& words) {
        if (!words.empty()) out += fmt::format("{}{}{}", out.empty() ? "" : ", ", before, words);
    };
    add("since ", minute_in(server, "since"));
    add("until ", minute_in(server, "until"));
    add("by ", harmless_in(server, "author"));
    const std::string why = harmless_in(server, "why");
    return why.empty() ? out : out + ": " + why;
}

// What is so beside its state. Null: nothing.
const json::value* also_in(const json::value& server) {
    const auto* object = server.if_object();
    const auto* also = object == nullptr ? nullptr : object->if_contains("also");
    return also != nullptr && also->is_object() ? also : nullptr;
}

std::string state_of(const json::value& server) {
    const std::string state = harmless_in(server, "state");
    const json::value* also = also_in(server);
    return also == nullptr ? state : state + ", " + harmless_in(*also, "state");
}

std::string causes_of(const json::value& server) {
    const json::value* also = also_in(server);
    std::string out = cause_of(server);
    if (also == nullptr) return out;
    const std::string cause = cause_of(*also);
    return out + "; " + harmless_in(*also, "state") + (cause.empty() ? "" : " ") + cause;
}

std::string most_of(const json::value& server, std::string_view name) {
    const double most = real(server, name);
    return most == 0 ? "-" : fmt::format("{:.0f}", most);
}

std::string line_of(const json::value& server) {
    const std::string state = state_of(server);
    return fmt::format("{:<20} {:<17} {:>8.0f} {:>6} {:>7.1f} % {:>7.0f} {:>9.1f} {:>9.0f} {:>6}{}\n",
                       harmless_in(server, "server"), state, real(server, "sessions"),
                       most_of(server, "most_sessions"), 100 * real(server, "share"),
                       real(server, "waiting") + real(server, "queued"), real(server, "log_ins_a_second"),
                       real(server, "in_flight"), most_of(server, "limit"),
                       state == "up" ? std::string() : "  " + causes_of(server));
}

}  // namespace

std::string servers_text(const json::value& answer) {
    const auto* object = answer.if_object();
    const auto* found = object == nullptr ? nullptr : object->if_contains("servers");
    const auto* servers = found == nullptr ? nullptr : found->if_array();
    if (servers == nullptr || servers->empty()) return "No servers: the configuration has no edge.\n";
    std::string out =
        fmt::format("{:<20} {:<17} {:>8} {:>6} {:>9} {:>7} {:>9} {:>9} {:>6}\n", "server", "state",
                    "sessions", "most", "share", "waiting", "log-ins/s", "under way", "limit");
    for (const json::value& each : *servers) out += line_of(each);
    return out;
}

}  // namespace tidegate::app
