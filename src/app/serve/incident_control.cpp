#include "app/serve/incident_control.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ranges>

#include "event/json.h"
#include "tell/incident/forms.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

constexpr std::string_view one = "/v1/incidents/{id}", saying = "/v1/incidents/{id}/say",
                           closing = "/v1/incidents/{id}/close";
constexpr std::size_t most_words = 4000;  // bytes, as the record keeps them

std::string time_or_null(Time time) {
    return time == Time{} ? "null" : json_string(rfc3339(time));
}

void no_such(net::Response& response, std::string_view id) {
    refuse(response, 404, fmt::format("there is no incident '{}'", tell::harmless(id)),
           "`tidegate incident list` has those that are kept");
}

std::string json_of(const guard::Band& band) {
    return fmt::format(
        R"({{"volume":{},"service":{},"observed":{},"expected":{:.3f},"standard_error":{:.3f}}})",
        json_string(name(band.series.volume)),
        json_string(band.series.service == Service::unknown ? "all" : name(band.series.service)),
        band.observed, band.expected, band.standard_error);
}

std::string json_of(const guard::Wait& wait) {
    return fmt::format(R"({{"hop":{},"service":{},"times":{},"now_ms":{:.3f},"usual_ms":{:.3f}}})",
                       json_string(name(wait.hop)), json_string(name(wait.service)), wait.times, wait.now_ms,
                       wait.usual_ms);
}

template <class Items>
std::string list_of(const Items& items) {
    std::string out;
    for (const auto& each : items) out += (out.empty() ? "" : ",") + json_of(each);
    return '[' + out + ']';
}

}  // namespace

std::string incident_head_json(const IncidentHead& head) {
    return fmt::format(R"({{"id":{},"title":{},"state":{},"began":{},"opened":{},"closed":{},"alarms":{}}})",
                       json_string(head.id), json_string(head.title), json_string(name(head.state)),
                       time_or_null(head.began), time_or_null(head.opened), time_or_null(head.closed),
                       head.alarms);
}

std::span<const ControlRoute<IncidentControl>> IncidentControl::routes() {
    static constexpr std::array<ControlRoute<IncidentControl>, 5> all{{
        {{"GET", "/v1/incidents"}, &IncidentControl::list},
        {{"GET", one}, &IncidentControl::show},
        {{"POST", saying}, &IncidentControl::say},
        {{"POST", closing}, &IncidentControl::close},
        {{"GET", "/v1/bands"}, &IncidentControl::bands},
    }};
    return all;
}

// The latest first.
void IncidentControl::list(const net::Request& /*request*/, net::Response& response) {
    std::string all;
    const auto heads = world_.desk.incident_heads();
    for (const IncidentHead& each : heads | std::views::reverse)
        all += (all.empty() ? "" : ",") + incident_head_json(each);
    reply(response, fmt::format(R"({{"incidents":[{}]}})", all));
}

void IncidentControl::show(const net::Request& request, net::Response& response) {
    const std::string_view id = named_part(one, request.path());
    const std::string form = request.query("form").value_or("json");
    if (form != "json" && form != "markdown")
        return refuse(response, 400, "the form is neither json nor markdown", "say which, or nothing: json");
    const auto incident = world_.desk.incident(id);
    if (!incident) return no_such(response, id);
    const tell::IncidentFormOptions options{.zone = tell::Zone(request.query("zone").value_or("UTC")),
                                            .names = request.query("names") == "true"};
    if (form == "json") return reply(response, tell::incident_json(*incident, options));
    response.content_type("text/markdown; charset=utf-8");
    response.body() = tell::incident_markdown(*incident, options);
}

void IncidentControl::say(const net::Request& request, net::Response& response) {
    const std::string_view id = named_part(saying, request.path());
    const auto words = Words::read(request.body());
    if (!words) return refuse(response, 400, "the body is no JSON object", "send text and author");
    const std::string text = words->text("text", most_words + 1), author = author_of(*words, request);
    if (text.find_first_not_of(" \t\r\n") == std::string::npos || text.size() > most_words)
        return refuse(response, 400, "the text is empty, or longer than 4,000 bytes",
                      "say it in more pieces");
    const Time time = world_.clock();
    switch (world_.desk.tell({.time = time, .who = author, .text = text, .incident = std::string(id)})) {
        case tell::Said::nowhere:
            return no_such(response, id);
        case tell::Said::no_room:
            return refuse(response, 409, "its record is full", "keep what is to be added elsewhere");
        case tell::Said::kept:
            break;
    }
    world_.telling.tell(tell::Thing::incident_noted, {{"id", id}, {"author", author}});
    finish(response, id, time);
}

void IncidentControl::close(const net::Request& request, net::Response& response) {
    const std::string_view id = named_part(closing, request.path());
    const Words words = Words::read(request.body()).value_or(Words());
    const std::string author = author_of(words, request), reason = words["reason"];
    const Time time = world_.clock();
    if (!world_.desk.close({.time = time, .who = author, .incident = std::string(id), .reason = reason})) {
        const auto known = world_.desk.incident_heads();
        if (std::ranges::find(known, id, &IncidentHead::id) == known.end()) return no_such(response, id);
        return refuse(response, 409, "it is closed already", "what is to be added can still be said");
    }
    world_.record(keep::Deed{
        .time = time, .author = author, .action = "close", .subject = std::string(id), .reason = reason});
    finish(response, id, time);
}

void IncidentControl::finish(net::Response& response, std::string_view id, Time time) const {
    if (const auto done = world_.flush(); !done) return refuse(response, 500, unwritten(done.error()));
    reply(response, fmt::format(R"({{"id":{},"time":{}}})", json_string(id), json_string(rfc3339(time))));
}

void IncidentControl::bands(const net::Request& /*request*/, net::Response& response) {
    reply(response, fmt::format(R"({{"bands":{},"waits":{}}})", list_of(world_.desk.bands()),
                                list_of(world_.desk.waits().standing())));
}

}  // namespace tidegate::app
