#include "app/serve/queues_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "app/serve/operator.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

const json::value* member(const json::value& from, std::string_view name) {
    const auto* object = from.if_object();
    return object == nullptr ? nullptr : object->if_contains(name);
}

double real(const json::value& from, std::string_view name) {
    const json::value* found = member(from, name);
    return found != nullptr && found->is_number() ? found->to_number<double>() : 0;
}

bool is_set(const json::value& from, std::string_view name) {
    const json::value* found = member(from, name);
    return found != nullptr && found->is_bool() && found->get_bool();
}

std::string harmless_in(const json::value& from, std::string_view name) {
    return tell::harmless(text_in(from, name));
}

std::string length_in(const json::value& queue, std::string_view name) {
    const json::value* found = member(queue, name);
    if (found == nullptr || !found->is_number()) return "-";
    constexpr double most = 1e9;
    const double seconds = std::clamp(found->to_number<double>(), 0.0, most);
    return tell::length(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

std::string usual_of(const json::value& queue) {
    const json::value* found = member(queue, "usual_late");
    return found != nullptr && found->is_number() ? fmt::format("{:.1f}", found->to_number<double>()) : "-";
}

// "2026-08-05 12:00", of RFC 3339.
std::string minute_in(const json::value& queue, std::string_view name) {
    std::string time = harmless_in(queue, name).substr(0, 16);
    if (time.size() == 16) time[10] = ' ';
    return time;
}

std::string state_of(const json::value& queue) {
    if (!harmless_in(queue, "trouble").empty()) return "unread";
    if (harmless_in(queue, "read").empty()) return "not read yet";
    return is_set(queue, "backed_up") ? "backed up" : "as usual";
}

std::string trouble_line(const json::value& queue, Time now) {
    const std::string trouble = harmless_in(queue, "trouble");
    if (trouble.empty()) return {};
    const auto read = parse_rfc3339(text_in(queue, "read"));
    const std::string age =
        read ? "these figures are " + tell::length(std::max(now - *read, Duration{})) + " old"
             : "nothing is known of it";
    return fmt::format("    can't be read, {}: {}\n", age, trouble);
}

std::string domains_line(const json::value& queue) {
    const json::value* found = member(queue, "domains");
    const auto* domains = found == nullptr ? nullptr : found->if_array();
    std::string out;
    if (domains != nullptr)
        for (const json::value& each : *domains)
            out += fmt::format("{}{} ({:.0f})", out.empty() ? "" : ", ", harmless_in(each, "domain"),
                               real(each, "messages"));
    return out.empty() ? out : "    most of it for " + out + "\n";
}

std::string lines_of(const json::value& queue, Time now) {
    std::string out = fmt::format(
        "{:<20} {:<12} {:>8.0f} {:>8.0f} {:>8} {:>8.0f} {:>8.0f} {:>8.0f}  {}\n", harmless_in(queue, "name"),
        state_of(queue), real(queue, "waiting"), real(queue, "late"), usual_of(queue), real(queue, "active"),
        real(queue, "deferred"), real(queue, "held"), length_in(queue, "oldest_seconds"));
    if (is_set(queue, "backed_up")) out += fmt::format("    backed up since {}\n", minute_in(queue, "since"));
    return out + trouble_line(queue, now) + domains_line(queue);
}

}  // namespace

std::string queues_text(const json::value& answer, Time now) {
    const json::value* found = member(answer, "queues");
    const auto* queues = found == nullptr ? nullptr : found->if_array();
    if (queues == nullptr || queues->empty())
        return "No queue is watched: [[queue]] of the configuration names one.\n";
    std::string out = fmt::format("{:<20} {:<12} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}  {}\n", "queue", "state",
                                  "waiting", "late", "usually", "active", "deferred", "held", "oldest");
    for (const json::value& each : *queues) out += lines_of(each, now);
    return out;
}

}  // namespace tidegate::app
