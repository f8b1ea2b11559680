#include "app/serve/scene.h"

#include <fmt/format.h>

#include <span>

#include "app/serve/queues.h"
#include "event/json.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

std::string json_of(const guard::TrafficCounts& counts) {
    return fmt::format(
        R"({{"successes":{},"failures":{},"stopped":{},"would_stop":{},"would_stop_successes":{}}})",
        counts.successes, counts.failures, counts.stopped, counts.would_stop, counts.would_stop_successes);
}

std::string network_of(Address address) {
    constexpr unsigned v4 = 24, v6 = 48;
    return Prefix(address, address.is_v4() ? v4 : v6).text();
}

std::string json_of(const guard::NoisyNetwork& network) {
    return fmt::format(R"({{"network":{},"as":{},"attempts":{},"stopped":{}}})",
                       json_string(network_of(network.example)), network.as_number, network.attempts,
                       network.stopped);
}

std::string json_of(const guard::Refusal& refusal) {
    const auto pieces = refusal.verdict.evidence.items();
    return fmt::format(
        R"({{"code":{},"time":{},"address":{},"account":{},"service":{},"sum":{},"measure":{},"evidence":{}}})",
        json_string(refusal.code), json_string(rfc3339(refusal.time)),
        json_string(refusal.address.is_none() ? "" : refusal.address.text()), json_string(refusal.account),
        json_string(name(refusal.service)), refusal.verdict.sum.value(),
        json_string(name(refusal.verdict.measure)),
        json_string(pieces.empty() ? "" : name(pieces.front().kind)));
}

std::string json_of(const Surroundings::Door& door) {
    return fmt::format(
        R"({{"listen":{},"kind":{},"questions":{},"unjudged":{},"broken":{},"connections":{}}})",
        json_string(door.listen), json_string(door.kind), door.questions, door.unjudged, door.broken,
        door.connections);
}

std::string json_of(const Surroundings::Source& source) {
    return fmt::format(R"({{"name":{},"lines":{},"unknown":{},"bytes_behind":{},"trouble":{}}})",
                       json_string(source.name), source.lines, source.unknown, source.bytes_behind,
                       json_string(source.trouble));
}

std::string json_of(const observe::ZoneStanding& zone) {
    return fmt::format(
        R"({{"name":{},"state":{},"queries":{},"named":{},"timeouts":{},"late":{},"not_asked":{},"why":{}}})",
        json_string(zone.name), json_string(name(zone.state)), zone.queries, zone.named, zone.timeouts,
        zone.late, zone.not_asked, json_string(zone.why));
}

std::string firewall_of(const std::optional<act::FirewallStanding>& firewall) {
    if (!firewall) return "null";
    return fmt::format(
        R"({{"wanted":{},"in_force":{},"waiting":{},"networks":{},"spared":{},"evicted":{},"dropped_packets":{},)"
        R"("sessions_ended":{},"error":{}}})",
        firewall->wanted, firewall->in_force, firewall->waiting, firewall->nets, firewall->spared,
        firewall->evicted,
        firewall->hosts_dropped.packets + firewall->nets_dropped.packets + firewall->syns_dropped.packets,
        firewall->sessions_ended, json_string(firewall->error ? firewall->error->text() : ""));
}

std::string json_of(const IncidentHead& incident) {
    return fmt::format(R"({{"id":{},"since":{},"state":{},"title":{}}})", json_string(incident.id),
                       json_string(rfc3339(incident.began)), json_string(name(incident.state)),
                       json_string(incident.title));
}

template <class Items>
std::string list_of(const Items& items) {
    std::string out = "[";
    for (const auto& item : items) {
        if (out.size() > 1) out += ',';
        out += json_of(item);
    }
    return out + ']';
}

// Attempts a second, for a curve.
std::string curve_of(const std::vector<guard::TrafficCounts>& seconds) {
    std::string attempts = "[", stopped = "[";
    for (const guard::TrafficCounts& each : seconds) {
        if (attempts.size() > 1) attempts += ',', stopped += ',';
        attempts += std::to_string(each.attempts());
        stopped += std::to_string(each.stopped);
    }
    return fmt::format(R"("attempts":{}],"stopped":{}])", attempts, stopped);
}

std::string counts_of(const guard::DeskCounts& counts) {
    return fmt::format(
        R"({{"questions":{},"stopped":{},"would_stop":{},"slowed":{},"successes":{},"failures":{},"faults":{},)"
        R"("stopped_successes":{},"takeovers":{},"vouched":{}}})",
        counts.questions, counts.stopped, counts.would_stop, counts.slowed, counts.successes, counts.failures,
        counts.faults, counts.stopped_successes, counts.takeovers, counts.vouched);
}

std::string by_evidence(std::span<const std::uint64_t> counts) {
    std::string out;
    for (std::size_t i = 0; i < counts.size(); ++i)
        if (counts[i] > 0)
            out += fmt::format("{}{}:{}", out.empty() ? "" : ",",
                               json_string(name(static_cast<EvidenceKind>(i))), counts[i]);
    return '{' + out + '}';
}

std::string journal_of(const Surroundings& around) {
    return fmt::format(R"({{"state":{},"bytes":{},"entries":{},"lost":{},"checkpoint":{}}})",
                       json_string(around.journal_state), around.journal_bytes, around.journal_entries,
                       around.journal_lost,
                       around.checkpoint == Time{} ? "null" : json_string(rfc3339(around.checkpoint)));
}

std::string memory_of(const judge::MemoryUse& memory) {
    return fmt::format(R"({{"bytes":{},"addresses":{},"accounts":{},"familiar":{},"forgotten":{}}})",
                       memory.bytes, memory.addresses, memory.accounts, memory.familiar, memory.forgotten);
}

}  // namespace

std::string scene_json(const guard::Desk& desk, const Surroundings& around, std::size_t most) {
    const auto scene = desk.scene(most);
    std::vector<IncidentHead> open;
    for (IncidentHead& each : desk.incident_heads())
        if (each.state != IncidentState::closed) open.push_back(std::move(each));
    const guard::DeskCounts counts = desk.counts();
    return fmt::format(
        R"({{"version":{},"time":{},"started":{},"mode":{},"posture":{},"minute":{},"ten_minutes":{},{},)"
        R"("total":{},"stopped_by":{},"would_stop_by":{},"networks":{},"refused":{},"incidents":{},"doors":{},"lag_us":{},"sources":{},"journal":{},)"
        R"("memory":{},"lists":{},"firewall":{},"edge":{},"servers":{},"queues":{}}})",
        json_string(TIDEGATE_VERSION), json_string(rfc3339(around.now)), json_string(rfc3339(around.started)),
        json_string(guard::name(desk.mode())), json_string(name(desk.posture())), json_of(scene.minute),
        json_of(scene.ten_minutes), curve_of(scene.by_second), counts_of(counts),
        by_evidence(counts.stopped_by), by_evidence(counts.would_stop_by), list_of(scene.noisiest),
        list_of(scene.refused), list_of(open), list_of(around.doors), around.lag.count(),
        list_of(around.sources), journal_of(around), memory_of(desk.memory()), list_of(around.zones),
        firewall_of(around.firewall), around.edge ? edge_json(*around.edge) : "null",
        around.edge ? servers_json(*around.edge) : "[]", queues_json(around.queues));
}

}  // namespace tidegate::app
