#include "app/serve/edge_control.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "app/serve/subject.h"
#include "event/json.h"

namespace tidegate::app {
namespace {

using tell::Thing;

std::string done_json(const std::string& server, const std::string& action, const std::string& said) {
    return fmt::format(R"({{"server":{},"action":{},"said":{}}})", json_string(server), json_string(action),
                       json_string(said));
}

void refuse_body(net::Response& response, std::string what) {
    refuse(response, 400, std::move(what),
           "send server, action (drain, quarantine, back, what-if), author and reason");
}

std::string until_text(const ServerOrder& order) {
    return order.until ? rfc3339(*order.until) : std::string();
}

std::optional<edge::Leave> leave_of(std::string_view word) {
    if (word.empty() || word == "restart") return edge::Leave::restart;
    if (word == "drain") return edge::Leave::drain;
    if (word == "quarantine") return edge::Leave::quarantine;
    return std::nullopt;
}

// Of a quarantine; who says nothing means until it is brought back.
Result<std::optional<Time>> end_of(const Words& words, ServerOrder::Kind kind, Time now) {
    const std::string until = words["until"];
    if (until.empty()) return std::optional<Time>();
    if (kind == ServerOrder::Kind::drain)
        return std::unexpected(Error{"", 0, "a server that is drained comes back by hand only",
                                     "leave `until` out, or quarantine it"});
    return expiry(until, now);
}

}  // namespace

std::span<const ControlRoute<EdgeControl>> EdgeControl::routes() {
    static constexpr std::array<ControlRoute<EdgeControl>, 4> all{{
        {{"GET", "/v1/edge"}, &EdgeControl::tell_edge},
        {{"GET", "/v1/servers"}, &EdgeControl::list_servers},
        {{"POST", "/v1/servers"}, &EdgeControl::act_on_server},
        {{"POST", "/v1/forget-passwords"}, &EdgeControl::forget_passwords},
    }};
    return all;
}

void EdgeControl::tell_edge(const net::Request& /*request*/, net::Response& response) {
    const auto standing = world_.standing();
    if (!standing)
        return refuse(response, 404, "there is no edge", "[[edge]] of the configuration opens one");
    reply(response, edge_json(*standing));
}

void EdgeControl::list_servers(const net::Request& /*request*/, net::Response& response) {
    const auto standing = world_.standing();
    reply(response, fmt::format(R"({{"servers":{}}})", standing ? servers_json(*standing) : "[]"));
}

void EdgeControl::act_on_server(const net::Request& request, net::Response& response) {
    const auto words = Words::read(request.body());
    if (!words) return refuse_body(response, "the body is no JSON object");
    if ((*words)["server"].empty()) return refuse_body(response, "no server is named");
    const std::string action = (*words)["action"], author = author_of(*words, request);
    if (action == "drain" || action == "quarantine") return order(*words, author, response);
    if (action == "back") return bring_back(*words, author, response);
    if (action == "what-if") return what_if(*words, response);
    refuse_body(response, "the action is none of drain, quarantine, back and what-if");
}

// Who names a server that is not there is to look at his spelling, not at numbers.
unsigned EdgeControl::status_of_refusal(const std::string& server) const {
    return world_.servers.knows(server) ? 409 : 404;
}

void EdgeControl::order(const Words& words, const std::string& author, net::Response& response) {
    const Time now = world_.clock();
    ServerOrder order{
        .server = words["server"],
        .kind = words["action"] == "drain" ? ServerOrder::Kind::drain : ServerOrder::Kind::quarantine,
        .author = author,
        .reason = words["reason"],
        .since = now};
    if (order.reason.empty())
        return refuse(response, 400, fmt::format("a {} needs a reason", name(order.kind)),
                      "say why, for those who find the server so");
    const auto until = end_of(words, order.kind, now);
    if (!until) return refuse(response, 400, until.error());
    order.until = *until;
    const auto act = world_.servers.order(order, words.is_true("force"));
    if (!act) return refuse(response, status_of_refusal(order.server), act.error());
    record(words, order, *act);
    if (act->unwritten) return refuse(response, 500, unwritten(*act->unwritten));
    reply(response, done_json(order.server, words["action"], act->text));
}

void EdgeControl::bring_back(const Words& words, const std::string& author, net::Response& response) {
    const ServerOrder order{.server = words["server"], .author = author, .reason = words["reason"]};
    const auto act = world_.servers.bring_back(order.server, {author, order.reason});
    if (!act) return refuse(response, 404, act.error());
    record(words, order, *act);
    if (act->unwritten) return refuse(response, 500, unwritten(*act->unwritten));
    reply(response, done_json(order.server, words["action"], act->text));
}

void EdgeControl::what_if(const Words& words, net::Response& response) const {
    const auto how = leave_of(words["how"]);
    if (!how)
        return refuse(response, 400, "how it would leave is none of drain, restart and quarantine",
                      "say how");
    const auto said = world_.servers.what_if(words["server"], *how);
    if (!said) return refuse(response, status_of_refusal(words["server"]), said.error());
    reply(response, done_json(words["server"], words["action"], *said));
}

void EdgeControl::record(const Words& words, const ServerOrder& order, const ServerAct& act) const {
    const std::string action = words["action"], until = until_text(order);
    const bool forced = words.is_true("force");
    world_.telling.tell(Thing::server_ordered, {{"server", order.server},
                                                {"action", action},
                                                {"author", order.author},
                                                {"reason", order.reason},
                                                {"until", until},
                                                {"forced", forced ? "yes" : "no"},
                                                {"said", act.text}});
    world_.record(keep::Deed{
        .time = world_.clock(),
        .author = order.author,
        .action = action,
        .subject = order.server,
        .reason = order.reason,
        .detail = fmt::format(R"({{"until":{},"forced":{},"said":{}}})",
                              until.empty() ? "null" : json_string(until), forced, json_string(act.text))});
}

// A script calls it for everybody who changes his password: it is told, and no deed of an operator's.
void EdgeControl::forget_passwords(const net::Request& request, net::Response& response) {
    const Words words = Words::read(request.body()).value_or(Words());
    const std::string account = words["account"];
    if (account.empty()) return refuse(response, 400, "no account is named", "send account and author");
    world_.forget_passwords(account);
    world_.telling.tell(Thing::passwords_forgotten,
                        {{"account", account}, {"author", author_of(words, request)}});
    reply(response, fmt::format(R"({{"account":{}}})", json_string(account)));
}

}  // namespace tidegate::app
