#include "app/serve/figures.h"

#include <utility>

#include "app/serve/edge_figures.h"
#include "app/serve/queue_figures.h"

namespace tidegate::app {
namespace {

using tell::Metric;
using Kind = Metric::Kind;

Metric one(std::string name, std::string help, Kind kind, double value) {
    return {std::move(name), std::move(help), kind, {{{}, value}}};
}

double number(std::uint64_t value) {
    return static_cast<double>(value);
}

void add_desk(const guard::Desk& desk, std::vector<Metric>& out) {
    const auto counts = desk.counts();
    out.push_back({"tidegate_attempts_total",
                   "Attempts to log in, by what became of them",
                   Kind::counter,
                   {{{{"outcome", "success"}}, number(counts.successes)},
                    {{{"outcome", "failure"}}, number(counts.failures)},
                    {{{"outcome", "fault"}}, number(counts.faults)},
                    {{{"outcome", "stopped"}}, number(counts.stopped)}}});
    out.push_back(one("tidegate_would_stop_total",
                      "Attempts that reached the password database and that would be stopped", Kind::counter,
                      number(counts.would_stop)));
    out.push_back(one("tidegate_would_refuse_total", "Right passwords among these", Kind::counter,
                      number(counts.stopped_successes)));
    out.push_back(one("tidegate_takeovers_total", "Log-ins that look like somebody else's", Kind::counter,
                      number(counts.takeovers)));
    Metric by_evidence{"tidegate_stopped_by_total",
                       "Attempts that were stopped, by the evidence that weighed most",
                       Kind::counter,
                       {}};
    for (std::size_t i = 0; i < counts.stopped_by.size(); ++i)
        if (counts.stopped_by[i] > 0)
            by_evidence.samples.push_back({{{"evidence", std::string(name(static_cast<EvidenceKind>(i)))}},
                                           number(counts.stopped_by[i])});
    if (!by_evidence.samples.empty()) out.push_back(std::move(by_evidence));
    const auto memory = desk.memory();
    out.push_back(
        one("tidegate_judge_bytes", "Memory of the judge's tables", Kind::gauge, number(memory.bytes)));
    out.push_back(one("tidegate_addresses", "Addresses known", Kind::gauge, number(memory.addresses)));
    out.push_back(one("tidegate_accounts", "Accounts known", Kind::gauge, number(memory.accounts)));
    out.push_back(one("tidegate_acts", "1: acts, 0: only watches", Kind::gauge,
                      desk.mode() == guard::Mode::act ? 1 : 0));
    out.push_back(one("tidegate_posture", "0 calm, 1 watch, 2 storm", Kind::gauge,
                      static_cast<double>(desk.posture())));
}

void add_doors(const Surroundings& around, std::vector<Metric>& out) {
    Metric questions{
        "tidegate_door_questions_total", "Questions and reports that a door took", Kind::counter, {}};
    Metric unjudged{"tidegate_door_unjudged_total", "Answered as the door's `fails` says", Kind::counter, {}};
    Metric broken{"tidegate_door_broken_total", "Requests that could not be read", Kind::counter, {}};
    Metric connections{"tidegate_door_connections", "Connections open", Kind::gauge, {}};
    for (const auto& door : around.doors) {
        const std::vector<std::pair<std::string, std::string>> labels{{"door", door.listen},
                                                                      {"kind", door.kind}};
        questions.samples.push_back({labels, number(door.questions)});
        unjudged.samples.push_back({labels, number(door.unjudged)});
        broken.samples.push_back({labels, number(door.broken)});
        connections.samples.push_back({labels, number(door.connections)});
    }
    for (Metric* each : {&questions, &unjudged, &broken, &connections}) out.push_back(std::move(*each));
    out.push_back(one("tidegate_lag_seconds", "How late the latest answering thread is", Kind::gauge,
                      std::chrono::duration<double>(around.lag).count()));
}

void add_sources(const Surroundings& around, std::vector<Metric>& out) {
    Metric lines{"tidegate_log_lines_total", "Lines read from a log", Kind::counter, {}};
    Metric behind{"tidegate_log_bytes_behind", "Bytes of it not read yet", Kind::gauge, {}};
    for (const auto& source : around.sources) {
        lines.samples.push_back({{{"source", source.name}}, number(source.lines)});
        behind.samples.push_back({{{"source", source.name}}, number(source.bytes_behind)});
    }
    out.push_back(std::move(lines));
    out.push_back(std::move(behind));
}

void add_journal(const Surroundings& around, std::vector<Metric>& out) {
    out.push_back(one("tidegate_journal_ok", "1: written, 0: not (disk full or at fault, or not open)",
                      Kind::gauge, around.journal_state == "ok" ? 1 : 0));
    out.push_back(
        one("tidegate_journal_bytes", "The journal on disk", Kind::gauge, number(around.journal_bytes)));
    out.push_back(one("tidegate_journal_last", "Number of the journal's last entry", Kind::gauge,
                      number(around.journal_entries)));
    out.push_back(one("tidegate_journal_lost_total", "Entries that found no room while the disk was at fault",
                      Kind::counter, number(around.journal_lost)));
    out.push_back(one("tidegate_checkpoint_seconds", "When the last checkpoint was made, Unix time; 0: none",
                      Kind::gauge, static_cast<double>(unix_seconds(around.checkpoint))));
}

void add_lists(const Surroundings& around, std::vector<Metric>& out) {
    Metric in_use{
        "tidegate_list_in_use", "1: the DNS list is asked, 0: it is suspended or tested", Kind::gauge, {}};
    Metric queries{"tidegate_list_queries_total", "Questions to a DNS list", Kind::counter, {}};
    Metric named{"tidegate_list_named_total", "Its answers that name somebody", Kind::counter, {}};
    Metric missed{"tidegate_list_missed_total", "Its answers that did not come in time", Kind::counter, {}};
    for (const auto& zone : around.zones) {
        const std::vector<std::pair<std::string, std::string>> labels{{"list", zone.name}};
        in_use.samples.push_back({labels, zone.state == observe::ZoneState::in_use ? 1.0 : 0.0});
        queries.samples.push_back({labels, number(zone.queries)});
        named.samples.push_back({labels, number(zone.named)});
        missed.samples.push_back({labels, number(zone.late + zone.timeouts)});
    }
    if (around.zones.empty()) return;
    for (Metric* each : {&in_use, &queries, &named, &missed}) out.push_back(std::move(*each));
}

void add_firewall(const Surroundings& around, std::vector<Metric>& out) {
    if (!around.firewall) return;
    const act::FirewallStanding& now = *around.firewall;
    out.push_back(
        one("tidegate_bans", "Hosts that are to be kept out by the kernel", Kind::gauge, number(now.wanted)));
    out.push_back(one("tidegate_bans_in_force", "Those of them that are", Kind::gauge, number(now.in_force)));
    out.push_back(one("tidegate_firewall_ok", "1: the kernel takes orders", Kind::gauge, now.error ? 0 : 1));
    out.push_back({"tidegate_dropped_packets_total",
                   "Packets that the kernel dropped for us, by rule",
                   Kind::counter,
                   {{{{"rule", "host"}}, number(now.hosts_dropped.packets)},
                    {{{"rule", "network"}}, number(now.nets_dropped.packets)},
                    {{{"rule", "syn"}}, number(now.syns_dropped.packets)}}});
}

void add_alert_ways(const tell::AlertCounts& now, std::vector<Metric>& out) {
    Metric up{"tidegate_alert_way_up", "0: alerts do not get through by this route", Kind::gauge, {}};
    Metric arrived{"tidegate_alert_way_arrived_seconds",
                   "When an alert or a test got through by this route last, Unix time",
                   Kind::gauge,
                   {}};
    for (const tell::RouteCounts& route : now.routes) {
        up.samples.push_back({{{"route", route.name}}, route.is_down ? 0.0 : 1.0});
        if (route.arrived != Time{})
            arrived.samples.push_back(
                {{{"route", route.name}}, static_cast<double>(unix_seconds(route.arrived))});
    }
    out.push_back(std::move(up));
    if (!arrived.samples.empty()) out.push_back(std::move(arrived));
}

void add_alerts(const Surroundings& around, std::vector<Metric>& out) {
    const tell::AlertCounts& now = around.alerts;
    out.push_back({"tidegate_alerts_total",
                   "Alerts, by what became of them: known ones are no news, lost ones found no room",
                   Kind::counter,
                   {{{{"state", "raised"}}, number(now.raised)},
                    {{{"state", "known"}}, number(now.known)},
                    {{{"state", "lost"}}, number(now.lost)}}});
    out.push_back(one("tidegate_alerts_unacknowledged", "Alerts that nobody has acknowledged and that go on",
                      Kind::gauge, number(now.unacknowledged)));
    out.push_back(one("tidegate_alert_calls_total", "Steps of escalations that were taken", Kind::counter,
                      number(now.calls)));
    if (now.routes.empty()) return;
    add_alert_ways(now, out);
    Metric messages{
        "tidegate_alert_messages_total",
        "Alert messages of a route: delivered, given up, held back by its limit, or given to its fallback",
        Kind::counter,
        {}};
    for (const tell::RouteCounts& route : now.routes)
        for (const auto& [state, count] : {std::pair{"sent", route.sent},
                                           {"failed", route.failed},
                                           {"held_back", route.held_back},
                                           {"fell_back", route.fell_back}})
            messages.samples.push_back({{{"route", route.name}, {"state", state}}, number(count)});
    out.push_back(std::move(messages));
}

}  // namespace

std::vector<tell::Metric> figures(const guard::Desk& desk, const Surroundings& around,
                                  const tell::Telling& telling, std::uint64_t joined) {
    std::vector<Metric> out;
    add_desk(desk, out);
    add_doors(around, out);
    add_sources(around, out);
    add_journal(around, out);
    add_lists(around, out);
    add_firewall(around, out);
    add_alerts(around, out);
    if (around.edge) add_edge(*around.edge, out);
    add_queues(around.queues, out);
    out.push_back(one("tidegate_log_joined_total", "Log lines that told again of an attempt that was counted",
                      Kind::counter, number(joined)));
    Metric told{"tidegate_told_total", "Things told, by name (docs/log.md)", Kind::counter, {}};
    for (std::size_t i = 0; i < tell::thing_count; ++i) {
        const auto thing = static_cast<tell::Thing>(i);
        told.samples.push_back(
            {{{"what", std::string(tell::row_of(thing).name)}}, number(telling.count(thing))});
    }
    out.push_back(std::move(told));
    return out;
}

}  // namespace tidegate::app
