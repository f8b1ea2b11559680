#include "app/serve/listener_control.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "app/serve/order_file.h"
#include "app/serve/subject.h"
#include "event/json.h"
#include "event/text.h"

namespace tidegate::app {
namespace {

using tell::Thing;

std::string list_json(const std::vector<std::string>& items) {
    std::string out = "[";
    for (const std::string& each : items) out += (out.size() > 1 ? "," : "") + each;
    return out + ']';
}

std::string move_json(const DomainMove& move) {
    return fmt::format(R"({{"domain":{},"listener":{},"since":{},"until":{},"author":{},"reason":{}}})",
                       json_string(move.domain), json_string(move.listener), json_string(rfc3339(move.since)),
                       end_json(move.until), json_string(move.author), json_string(move.reason));
}

std::string moves_json(const std::vector<DomainMove>& moves) {
    std::vector<std::string> items;
    for (const DomainMove& each : moves) items.push_back(move_json(each));
    return list_json(items);
}

std::string listener_json(const ListenerStanding& listener) {
    std::vector<std::string> places;
    for (const std::string& each : listener.places) places.push_back(json_string(each));
    const edge::Places::Standing& sessions = listener.sessions;
    return fmt::format(
        R"({{"listener":{},"protocol":"{}","addresses":{},"sessions":{},"own_sessions":{},"most_sessions":{},)"
        R"("pressure":{:.3f},"domains":{}}})",
        json_string(listener.name), name(edge::service_of(listener.protocol)), list_json(places),
        sessions.sessions, sessions.own, sessions.most, sessions.pressure, moves_json(listener.domains));
}

void refuse_body(net::Response& response, std::string what) {
    refuse(response, 400, std::move(what),
           "send domain, action (move, back), listener, author, reason, until and force");
}

// What the record of the incident says.
std::string deed_words(const std::string& action, const DomainMove& move) {
    const bool is_back = action == "back";
    std::string out = is_back ? fmt::format("moved {} back from {}", move.domain, move.listener)
                              : fmt::format("moved {} to {}", move.domain, move.listener);
    if (!is_back && move.until) out += " until " + rfc3339(*move.until);
    return move.reason.empty() ? out : out + ": " + move.reason;
}

}  // namespace

std::string listeners_json(const EdgeStanding& standing) {
    std::vector<std::string> items;
    for (const ListenerStanding& each : standing.listeners) items.push_back(listener_json(each));
    return fmt::format(R"({{"listeners":{},"waiting":{}}})", list_json(items),
                       moves_json(standing.waiting_moves));
}

std::span<const ControlRoute<ListenerControl>> ListenerControl::routes() {
    static constexpr std::array<ControlRoute<ListenerControl>, 2> all{{
        {{"GET", "/v1/listeners"}, &ListenerControl::list},
        {{"POST", "/v1/listeners"}, &ListenerControl::act},
    }};
    return all;
}

void ListenerControl::list(const net::Request& /*request*/, net::Response& response) {
    reply(response, listeners_json(world_.standing().value_or(EdgeStanding())));
}

void ListenerControl::act(const net::Request& request, net::Response& response) {
    const auto words = Words::read(request.body());
    if (!words) return refuse_body(response, "the body is no JSON object");
    const std::string action = (*words)["action"], written = (*words)["domain"];
    DomainMove ordered{.domain = domain_named(written),
                       .listener = (*words)["listener"],
                       .author = author_of(*words, request),
                       .reason = (*words)["reason"],
                       .since = world_.clock()};
    if (ordered.domain.empty())
        return refuse(response, 400, fmt::format("{} is no domain", json_string(written)),
                      "name it as recipients do, like example.org");
    if (action == "move") return move(*words, std::move(ordered), response);
    if (action == "back") return back(*words, ordered, response);
    refuse_body(response, "the action is neither move nor back");
}

void ListenerControl::move(const Words& words, DomainMove ordered, net::Response& response) {
    if (ordered.listener.empty()) return refuse_body(response, "no listener is named");
    if (ordered.reason.empty())
        return refuse(response, 400, "a move needs a reason", "say why, for those who find it so");
    if (const std::string until = words["until"]; !until.empty()) {
        const auto end = expiry(until, ordered.since);
        if (!end) return refuse(response, 400, end.error());
        ordered.until = *end;
    }
    const auto act = world_.listeners.move(ordered, words.is_true("force"));
    if (!act) return refuse(response, world_.listeners.knows(ordered.listener) ? 409 : 404, act.error());
    finish(words, *act, ordered, response);
}

void ListenerControl::back(const Words& words, const DomainMove& ordered, net::Response& response) {
    const auto act = world_.listeners.back(ordered.domain);
    if (!act) return refuse(response, 404, act.error());
    finish(words, *act, ordered, response);
}

void ListenerControl::finish(const Words& words, const MoveAct& act, const DomainMove& ordered,
                             net::Response& response) const {
    const std::string action = words["action"];
    DomainMove done = act.move;  // where it was, and who orders now
    done.author = ordered.author;
    done.reason = ordered.reason;
    const std::string until = action == "move" && done.until ? rfc3339(*done.until) : std::string();
    const bool forced = words.is_true("force");
    world_.telling.tell(Thing::domain_moved, {{"domain", done.domain},
                                              {"listener", done.listener},
                                              {"action", action},
                                              {"author", done.author},
                                              {"reason", done.reason},
                                              {"until", until},
                                              {"forced", forced ? "yes" : "no"},
                                              {"said", act.text}});
    world_.record(keep::Deed{
        .time = ordered.since,
        .author = done.author,
        .action = action == "move" ? "move-domain" : "move-domain-back",
        .subject = done.domain,
        .reason = done.reason,
        .detail = fmt::format(R"({{"listener":{},"until":{},"forced":{}}})", json_string(done.listener),
                              until.empty() ? "null" : json_string(until), forced)});
    world_.note({.time = ordered.since,
                 .kind = ActionKind::capacity,
                 .who = done.author,
                 .text = deed_words(action, done)});
    if (act.unwritten) return refuse(response, 500, unwritten(*act.unwritten));
    reply(response,
          fmt::format(R"({{"domain":{},"listener":{},"action":"{}","said":{}}})", json_string(done.domain),
                      json_string(done.listener), action, json_string(act.text)));
}

}  // namespace tidegate::app
