#include "app/serve/servers_text.h"

#include <fmt/format.h>

#include "app/serve/said.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

// Whose word it is, until when, and why.
std::string cause_of(const json::value& server) {
    std::string out;
    const auto add = [&](std::string_view before, const std::string& words) {
        if (!words.empty()) out += fmt::format("{}{}{}", out.empty() ? "" : ", ", before, words);
    };
    add("since ", said_minute(server, "since"));
    add("until ", said_minute(server, "until"));
    add("by ", said_text(server, "author"));
    const std::string why = said_text(server, "why");
    return why.empty() ? out : out + ": " + why;
}

// `also`: what is so beside its state.
std::string state_of(const json::value& server) {
    const std::string state = said_text(server, "state");
    const json::value& also = said(server, "also");
    return also.is_object() ? state + ", " + said_text(also, "state") : state;
}

std::string causes_of(const json::value& server) {
    const json::value& also = said(server, "also");
    std::string out = cause_of(server);
    if (!also.is_object()) return out;
    const std::string cause = cause_of(also);
    return out + "; " + said_text(also, "state") + (cause.empty() ? "" : " ") + cause;
}

std::string most_of(const json::value& server, std::string_view name) {
    const double most = said_number(server, name);
    return most == 0 ? "-" : fmt::format("{:.0f}", most);
}

std::string line_of(const json::value& server) {
    const std::string state = state_of(server);
    return fmt::format("{:<20} {:<17} {:>8.0f} {:>6} {:>7.1f} % {:>7.0f} {:>9.1f} {:>9.0f} {:>6}{}\n",
                       said_text(server, "server"), state, said_number(server, "sessions"),
                       most_of(server, "most_sessions"), 100 * said_number(server, "share"),
                       said_number(server, "waiting") + said_number(server, "queued"),
                       said_number(server, "log_ins_a_second"), said_number(server, "in_flight"),
                       most_of(server, "limit"), state == "up" ? std::string() : "  " + causes_of(server));
}

}  // namespace

std::string servers_text(const json::value& answer) {
    const json::array& servers = said_list(answer, "servers");
    if (servers.empty()) return "No servers: the configuration has no edge.\n";
    std::string out =
        fmt::format("{:<20} {:<17} {:>8} {:>6} {:>9} {:>7} {:>9} {:>9} {:>6}\n", "server", "state",
                    "sessions", "most", "share", "waiting", "log-ins/s", "under way", "limit");
    for (const json::value& each : servers) out += line_of(each);
    return out;
}

}  // namespace tidegate::app
