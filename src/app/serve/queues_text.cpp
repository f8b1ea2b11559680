#include "app/serve/queues_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "app/serve/said.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

std::string length_in(const json::value& queue, std::string_view name) {
    constexpr double most = 1e9;
    if (!said(queue, name).is_number()) return "-";
    const double seconds = std::clamp(said_number(queue, name), 0.0, most);
    return tell::length(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

std::string usual_of(const json::value& queue) {
    const bool is_known = said(queue, "usual_late").is_number();
    return is_known ? fmt::format("{:.1f}", said_number(queue, "usual_late")) : "-";
}

std::string state_of(const json::value& queue) {
    if (!said_text(queue, "trouble").empty()) return "unread";
    if (said_text(queue, "read").empty()) return "not read yet";
    return said_yes(queue, "backed_up") ? "backed up" : "as usual";
}

std::string trouble_line(const json::value& queue, Time now) {
    const std::string trouble = said_text(queue, "trouble");
    if (trouble.empty()) return {};
    const auto read = parse_rfc3339(text_in(queue, "read"));
    const std::string age =
        read ? "these figures are " + tell::length(std::max(now - *read, Duration{})) + " old"
             : "nothing is known of it";
    return fmt::format("    can't be read, {}: {}\n", age, trouble);
}

std::string domains_line(const json::value& queue) {
    std::string out;
    for (const json::value& each : said_list(queue, "domains"))
        out += fmt::format("{}{} ({:.0f})", out.empty() ? "" : ", ", said_text(each, "domain"),
                           said_number(each, "messages"));
    return out.empty() ? out : "    most of it for " + out + "\n";
}

std::string lines_of(const json::value& queue, Time now) {
    std::string out = fmt::format("{:<20} {:<12} {:>8.0f} {:>8.0f} {:>8} {:>8.0f} {:>8.0f} {:>8.0f}  {}\n",
                                  said_text(queue, "name"), state_of(queue), said_number(queue, "waiting"),
                                  said_number(queue, "late"), usual_of(queue), said_number(queue, "active"),
                                  said_number(queue, "deferred"), said_number(queue, "held"),
                                  length_in(queue, "oldest_seconds"));
    if (said_yes(queue, "backed_up"))
        out += fmt::format("    backed up since {}\n", said_minute(queue, "since"));
    return out + trouble_line(queue, now) + domains_line(queue);
}

}  // namespace

std::string queues_text(const json::value& answer, Time now) {
    const json::array& queues = said_list(answer, "queues");
    if (queues.empty()) return "No queue is watched: [[queue]] of the configuration names one.\n";
    std::string out = fmt::format("{:<20} {:<12} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}  {}\n", "queue", "state",
                                  "waiting", "late", "usually", "active", "deferred", "held", "oldest");
    for (const json::value& each : queues) out += lines_of(each, now);
    return out;
}

}  // namespace tidegate::app
