#include "app/serve/edge_standing.h"

#include <fmt/format.h>

#include <algorithm>

#include "event/json.h"

namespace tidegate::app {
namespace {

std::string counts_json(const edge::EdgeCounts& counts) {
    return fmt::format(
        R"({{"accepted":{},"turned_away":{},"refused_header":{},"attempts":{},"stopped":{},"remembered":{},)"
        R"("shed":{},"admitted":{},"failed":{},"unavailable":{},"elsewhere":{},"broken_servers":{},"late":{},)"
        R"("accept_errors":{}}})",
        counts.accepted, counts.turned_away, counts.refused_header, counts.attempts, counts.stopped,
        counts.remembered, counts.shed, counts.admitted, counts.failed, counts.unavailable, counts.elsewhere,
        counts.broken_servers, counts.late, counts.accept_errors);
}

std::string sessions_json(const edge::SharedAdmission::Standing& admission) {
    std::string out = fmt::format(R"({{"now":{},"most":{})", admission.sessions, admission.most);
    for (const edge::ClientClass each : edge::all_classes)
        out += fmt::format(R"(,"{}":{})", edge::name(each), admission.by_class[each]);
    return out + '}';
}

std::string handshakes_json(const edge::HandshakeCounts& now, const edge::EdgeCounts& counts) {
    return fmt::format(
        R"({{"full":{},"resumed":{},"left":{},"failed":{},"refused_host":{},"refused_network":{},)"
        R"("refused_all":{},"under_way":{}}})",
        now.full, now.resumed, now.left, counts.handshakes_failed, now.refused_host, now.refused_network,
        now.refused_all, now.under_way);
}

std::string wrong_passwords_json(const edge::WrongPasswordCounts& now) {
    return fmt::format(
        R"({{"answered":{},"asked_again":{},"said":{},"crowded_out":{},"forgotten":{},"kept":{}}})",
        now.answered, now.asked_again, now.said, now.crowded_out, now.forgotten, now.kept);
}

std::string mail_json(const guard::MailCounts& now, const judge::MailMemoryUse& memory) {
    return fmt::format(
        R"({{"questions":{},"deferred":{},"refused":{},"would_stop":{},"taken":{},"turned_down":{},)"
        R"("addresses":{},"networks":{},"bytes":{}}})",
        now.questions, now.deferred, now.refused, now.would_stop, now.taken, now.turned_down,
        memory.addresses, memory.networks, memory.bytes);
}

std::string time_json(Time time) {
    return time == Time{} ? "null" : json_string(rfc3339(time));
}

std::string also_json(const edge::ServerStanding& server) {
    if (!server.also) return "null";
    return fmt::format(R"({{"state":"{}","why":{},"author":{},"until":{}}})", edge::name(server.also->state),
                       json_string(server.also->why), json_string(server.also->author),
                       time_json(server.also->until));
}

std::string server_json(const edge::ServerStanding& server, const ServerAdmission& admission) {
    return fmt::format(
        R"({{"server":{},"state":"{}","since":{},"why":{},"author":{},"until":{},"also":{},"sessions":{},"waiting":{},)"
        R"("leaving":{},"most_sessions":{},"weight":{:.4g},"weight_now":{:.4g},"share":{:.4f},)"
        R"("fair_share":{:.4f},"log_ins_a_second":{:.2f},"may_log_in_a_second":{:.2f},"limit":{},)"
        R"("in_flight":{},"queued":{}}})",
        json_string(server.name), edge::name(server.state), time_json(server.since), json_string(server.why),
        json_string(server.author), time_json(server.until), also_json(server), server.sessions,
        server.waiting, server.leaving, server.most_sessions, server.weight, server.weight_now, server.share,
        server.fair_share, server.log_ins_a_second, server.may_log_in_a_second, admission.limit,
        admission.in_flight, admission.queued);
}

}  // namespace

ServerAdmission admission_at(const EdgeStanding& standing, std::string_view server) {
    const auto& all = standing.admission.servers;
    const auto found = std::ranges::find(all, server, &edge::SharedAdmission::Standing::Server::name);
    if (found == all.end()) return {};
    return {.limit = found->limit, .in_flight = found->in_flight, .queued = found->queued};
}

std::string edge_json(const EdgeStanding& standing) {
    return fmt::format(
        R"({{"pressure":{:.3f},"sessions":{},"counts":{},"handshakes":{},"wrong_passwords":{},"mail":{}}})",
        standing.admission.pressure, sessions_json(standing.admission), counts_json(standing.counts),
        handshakes_json(standing.handshakes, standing.counts), wrong_passwords_json(standing.wrong_passwords),
        mail_json(standing.mail, standing.mail_memory));
}

std::string servers_json(const EdgeStanding& standing) {
    std::string out = "[";
    for (const edge::ServerStanding& each : standing.servers) {
        if (out.size() > 1) out += ',';
        out += server_json(each, admission_at(standing, each.name));
    }
    return out + ']';
}

}  // namespace tidegate::app
