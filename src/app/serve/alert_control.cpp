#include "app/serve/alert_control.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "app/serve/control_words.h"
#include "config/duration.h"
#include "event/json.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

constexpr std::string_view acknowledging = "/v1/alerts/{id}/ack";

std::string time_or_null(Time time) {
    return time == Time{} ? "null" : json_string(rfc3339(time));
}

std::string_view state_of(const tell::Page& page) {
    return page.over ? "over" : page.acknowledged ? "acknowledged" : "open";
}

std::string json_of(const std::string& text) {
    return json_string(text);
}

std::string json_of(const tell::Message::Thing& thing) {
    return fmt::format(R"({{"about":{},"subject":{},"since":{},"over":{}}})", json_string(thing.about),
                       json_string(thing.subject), time_or_null(thing.since), thing.over);
}

template <class Items>
std::string list_of(const Items& items) {
    std::string out;
    for (const auto& each : items) out += (out.empty() ? "" : ",") + json_of(each);
    return '[' + out + ']';
}

std::string json_of(const tell::Acknowledgement& by) {
    return fmt::format(R"({{"who":{},"time":{},"until":{}}})", json_string(by.who), time_or_null(by.time),
                       time_or_null(by.until.value_or(Time{})));
}

std::string way_json(const tell::RouteCounts& way, std::optional<Time> checked) {
    const std::string_view state = way.is_down ? "down" : way.arrived != Time{} ? "well" : "untried";
    return fmt::format(
        R"({{"way":{},"route":{},"state":"{}","said":{},"arrived":{},"checked":{},"sent":{},"tries":{},)"
        R"("failed":{},"held_back":{},"fell_back":{},"gathered":{}}})",
        json_string(way.way), json_string(way.name), state, json_string(way.said), time_or_null(way.arrived),
        time_or_null(checked.value_or(Time{})), way.sent, way.tries, way.failed, way.held_back, way.fell_back,
        way.gathered);
}

std::string turn_json(const tell::Rota& rota, Time now) {
    const auto turns = rota.turns(now, 2);
    const tell::Turn& current = turns.front();
    return fmt::format(R"({{"rota":{},"person":{},"until":{},"next":{}}})", json_string(rota.name()),
                       json_string(current.person), time_or_null(current.until.value_or(Time{})),
                       turns.size() > 1 ? json_string(turns[1].person) : "null");
}

}  // namespace

std::string page_json(const tell::Page& page) {
    const tell::Bulletin all{.kind = page.kind, .items = page.items, .count = page.count};
    const tell::Message message = tell::compose(all, {});
    return fmt::format(
        R"({{"id":{},"code":{},"kind":"{}","severity":"{}","state":"{}","subject":{},"opened":{},)"
        R"("count":{},"things":{},"escalation":{},"step":{},"rounds":{},"called":{},"arrived":{},)"
        R"("acknowledged":{},"over":{}}})",
        json_string(page.id), json_string(page.code), tell::name(page.kind), tell::name(page.severity),
        state_of(page), json_string(message.subject), time_or_null(page.opened), page.count,
        list_of(message.things), page.escalation.empty() ? "null" : json_string(page.escalation), page.step,
        page.rounds, list_of(page.called), page.arrived,
        page.acknowledged ? json_of(*page.acknowledged) : "null", time_or_null(page.over.value_or(Time{})));
}

std::span<const ControlRoute<AlertControl>> AlertControl::routes() {
    static constexpr std::array<ControlRoute<AlertControl>, 2> all{{
        {{"GET", "/v1/alerts"}, &AlertControl::list},
        {{"POST", acknowledging}, &AlertControl::acknowledge},
    }};
    return all;
}

void AlertControl::list(const net::Request& /*request*/, net::Response& response) {
    const auto checked = world_.alerts.checked();
    std::string pages, ways, turns;
    for (const tell::Page& page : world_.alerts.pages())
        pages += (pages.empty() ? "" : ",") + page_json(page);
    for (const tell::RouteCounts& way : world_.alerts.counts().routes) {
        const auto last = checked.find(way.way);
        ways += (ways.empty() ? "" : ",") +
                way_json(way, last == checked.end() ? std::nullopt : std::optional(last->second));
    }
    const tell::OnCall on_call = world_.alerts.on_call();
    for (const tell::Rota& rota : on_call.rotas())
        turns += (turns.empty() ? "" : ",") + turn_json(rota, world_.clock());
    reply(response, fmt::format(R"({{"alerts":[{}],"ways":[{}],"on_call":[{}]}})", pages, ways, turns));
}

void AlertControl::acknowledge(const net::Request& request, net::Response& response) {
    const std::string which(named_part(acknowledging, request.path()));
    const Words words = Words::read(request.body()).value_or(Words());
    const std::string length = words["for"];
    const auto how_long = config::parse_duration(length);
    if (!length.empty() && (!how_long || *how_long <= Duration::zero() || *how_long > std::chrono::days(31)))
        return refuse(response, 400, "'for' is no length of time like 30m, 2h or 1d, of at most 31d",
                      "leave it out, and it holds as long as the thing goes on");
    tell::Acknowledgement by{.who = author_of(words, request), .time = world_.clock()};
    if (how_long) by.until = by.time + *how_long;
    const tell::Acknowledged done = world_.alerts.acknowledge(which, by);
    if (done.answer == tell::Acknowledged::Answer::unknown)
        return refuse(response, 404, fmt::format("there is no alert '{}'", tell::harmless(which)),
                      "`tidegate alert list` has those that are kept");
    if (done.answer == tell::Acknowledged::Answer::over)
        return refuse(response, 409, "it is over already", "nobody is called about it any more");
    world_.telling.tell(tell::Thing::alert_acknowledged,
                        {{"id", done.page.id},
                         {"code", done.page.code},
                         {"author", by.who},
                         {"until", by.until ? rfc3339(*by.until) : std::string("its end")}});
    world_.record(keep::Deed{.time = by.time,
                             .author = by.who,
                             .action = "acknowledge",
                             .subject = done.page.code,
                             .reason = words["reason"]});
    reply(response, page_json(done.page));
}

}  // namespace tidegate::app
