#include "app/serve/edge_figures.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace tidegate::app {
namespace {

using tell::Metric;
using Kind = Metric::Kind;
using Parts = std::vector<std::pair<std::string_view, std::uint64_t>>;

double number(std::uint64_t value) {
    return static_cast<double>(value);
}

Metric one(std::string name, std::string help, Kind kind, double value) {
    return {std::move(name), std::move(help), kind, {{{}, value}}};
}

Metric by(std::string_view label, const Parts& parts, std::string name, std::string help, Kind kind) {
    Metric metric{std::move(name), std::move(help), kind, {}};
    for (const auto& [part, value] : parts)
        metric.samples.push_back({{{std::string(label), std::string(part)}}, number(value)});
    return metric;
}

void add_connections(const EdgeStanding& edge, std::vector<Metric>& out) {
    const edge::EdgeCounts& counts = edge.counts;
    out.push_back(one("tidegate_edge_connections_total", "Connections that the edge accepted", Kind::counter,
                      number(counts.accepted)));
    out.push_back(
        by("why",
           {{"class_or_room", counts.turned_away},
            {"proxy_header", counts.refused_header},
            {"late", counts.late},
            {"accept_error", counts.accept_errors}},
           "tidegate_edge_connections_ended_total",
           "Connections that the edge ended: turned away at once, a balancer that did not say for whom "
           "it speaks, their time was over; and those that could not be accepted",
           Kind::counter));
    Metric sessions{"tidegate_edge_sessions", "Sessions at the edge, by class of client", Kind::gauge, {}};
    for (const edge::ClientClass each : edge::all_classes)
        sessions.samples.push_back(
            {{{"class", std::string(edge::name(each))}}, number(edge.admission.by_class[each])});
    out.push_back(std::move(sessions));
    out.push_back(one("tidegate_edge_sessions_most", "Sessions that there is room for", Kind::gauge,
                      number(edge.admission.most)));
    out.push_back(one("tidegate_edge_pressure", "From 0, there is room, to 1, there is none", Kind::gauge,
                      edge.admission.pressure));
}

void add_listeners(const EdgeStanding& edge, std::vector<Metric>& out) {
    Metric sessions{"tidegate_listener_sessions", "Sessions at an entrance", Kind::gauge, {}};
    Metric most{"tidegate_listener_sessions_most",
                "Sessions that an entrance has room for: its own places, or those of all that share",
                Kind::gauge,
                {}};
    for (const ListenerStanding& each : edge.listeners) {
        const std::vector<std::pair<std::string, std::string>> labels{{"listener", each.name}};
        sessions.samples.push_back({labels, number(each.sessions.sessions)});
        most.samples.push_back({labels, number(each.sessions.most)});
    }
    out.push_back(std::move(sessions));
    out.push_back(std::move(most));
    out.push_back(one("tidegate_edge_sent_elsewhere_total",
                      "Recipients told that their domain's mail is taken at another listener", Kind::counter,
                      number(edge.counts.elsewhere)));
}

void add_handshakes(const EdgeStanding& edge, std::vector<Metric>& out) {
    const edge::HandshakeCounts& now = edge.handshakes;
    out.push_back(
        by("outcome",
           {{"full", now.full},
            {"resumed", now.resumed},
            {"left", now.left},
            {"failed", edge.counts.handshakes_failed},
            {"refused", now.refused_host + now.refused_network + now.refused_all}},
           "tidegate_edge_handshakes_total",
           "TLS handshakes: done in full or resumed, broken off by the client, failed (these count as "
           "full, too), refused for their number",
           Kind::counter));
    out.push_back(by(
        "bound", {{"host", now.refused_host}, {"network", now.refused_network}, {"all", now.refused_all}},
        "tidegate_edge_handshakes_refused_total", "TLS handshakes refused, by whose bound", Kind::counter));
    out.push_back(one("tidegate_edge_handshakes_under_way", "TLS handshakes under way", Kind::gauge,
                      number(now.under_way)));
}

void add_attempts(const EdgeStanding& edge, std::vector<Metric>& out) {
    const edge::EdgeCounts& counts = edge.counts;
    out.push_back(
        by("outcome",
           {{"admitted", counts.admitted},
            {"failed", counts.failed},
            {"stopped", counts.stopped},
            {"remembered", counts.remembered},
            {"shed", counts.shed},
            {"unavailable", counts.unavailable}},
           "tidegate_edge_attempts_total",
           "Attempts to log in or to bring a mail, by what became of them: remembered ones were answered "
           "without a server, for shed ones no server had room in time",
           Kind::counter));
    out.push_back(one("tidegate_edge_broken_servers_total",
                      "Attempts for which a server was not reached, not understood or late", Kind::counter,
                      number(counts.broken_servers)));
    const edge::WrongPasswordCounts& wrong = edge.wrong_passwords;
    out.push_back(one("tidegate_edge_wrong_passwords", "Wrong passwords that are remembered", Kind::gauge,
                      number(wrong.kept)));
    out.push_back(by("what",
                     {{"asked_again", wrong.asked_again},
                      {"crowded_out", wrong.crowded_out},
                      {"forgotten", wrong.forgotten}},
                     "tidegate_edge_wrong_passwords_total",
                     "Wrong passwords that a server was asked again, that found no room, that were forgotten",
                     Kind::counter));
}

void add_mail(const EdgeStanding& edge, std::vector<Metric>& out) {
    const guard::MailCounts& mail = edge.mail;
    const std::uint64_t stopped = mail.deferred + mail.refused + mail.would_stop;
    out.push_back(
        by("answer",
           {{"pass", mail.questions - std::min(mail.questions, stopped)},
            {"defer", mail.deferred},
            {"refuse", mail.refused},
            {"would_stop", mail.would_stop}},
           "tidegate_mail_questions_total",
           "Clients on port 25 judged (connections, names, mails, recipients), by what they were told; "
           "would_stop: that watch mode let pass",
           Kind::counter));
    out.push_back(by("outcome", {{"taken", mail.taken}, {"turned_down", mail.turned_down}},
                     "tidegate_mail_outcomes_total",
                     "Mails that servers took; mails and recipients that they refused", Kind::counter));
    out.push_back(one("tidegate_mail_senders", "Addresses of which it is remembered how their mail ended",
                      Kind::gauge, number(edge.mail_memory.addresses)));
}

// One of all is 1: a graph can add them up, and a rule can ask for `state="down"`.
void add_states(const EdgeStanding& edge, std::vector<Metric>& out) {
    using State = edge::ServerState;
    Metric states{"tidegate_server_state", "1: the server behind the edge is in this state", Kind::gauge, {}};
    for (const edge::ServerStanding& each : edge.servers)
        for (const State state :
             {State::up, State::slow_start, State::draining, State::down, State::quarantined, State::removed})
            states.samples.push_back({{{"server", each.name}, {"state", std::string(edge::name(state))}},
                                      each.state == state ? 1.0 : 0.0});
    out.push_back(std::move(states));
}

void add_servers(const EdgeStanding& edge, std::vector<Metric>& out) {
    Metric sessions{"tidegate_server_sessions", "Sessions at a server", Kind::gauge, {}};
    Metric share{"tidegate_server_share", "Its part of all sessions, 0 to 1", Kind::gauge, {}};
    Metric log_ins{"tidegate_server_log_ins_per_second", "Log-ins over the last minute", Kind::gauge, {}};
    Metric limit{"tidegate_server_limit", "Log-ins that it is given at once", Kind::gauge, {}};
    Metric in_flight{"tidegate_server_in_flight", "Log-ins under way at it", Kind::gauge, {}};
    Metric queued{"tidegate_server_queued", "Log-ins that wait for room at it", Kind::gauge, {}};
    Metric waiting{
        "tidegate_server_waiting", "Log-ins that wait for their turn by its pace", Kind::gauge, {}};
    for (const edge::ServerStanding& each : edge.servers) {
        const std::vector<std::pair<std::string, std::string>> labels{{"server", each.name}};
        const ServerAdmission admission = admission_at(edge, each.name);
        sessions.samples.push_back({labels, number(each.sessions)});
        share.samples.push_back({labels, each.share});
        log_ins.samples.push_back({labels, each.log_ins_a_second});
        waiting.samples.push_back({labels, number(each.waiting)});
        queued.samples.push_back({labels, number(admission.queued)});
        in_flight.samples.push_back({labels, number(admission.in_flight)});
        if (admission.limit > 0) limit.samples.push_back({labels, number(admission.limit)});
    }
    for (Metric* each : {&sessions, &share, &log_ins, &limit, &in_flight, &queued, &waiting})
        out.push_back(std::move(*each));
}

}  // namespace

void add_edge(const EdgeStanding& edge, std::vector<Metric>& out) {
    add_connections(edge, out);
    if (!edge.listeners.empty()) add_listeners(edge, out);
    add_handshakes(edge, out);
    add_attempts(edge, out);
    if (edge.mail.questions > 0) add_mail(edge, out);
    if (edge.servers.empty()) return;
    add_states(edge, out);
    add_servers(edge, out);
}

}  // namespace tidegate::app
