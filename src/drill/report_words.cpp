// The words that text and page share.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "drill/report.h"
#include "drill/scenario_keys.h"
#include "tell/words.h"

namespace tidegate::drill {
namespace {

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> ends) {
    for (const std::string_view end : ends)
        if (name.ends_with(end)) return true;
    return false;
}

bool is_rare(std::string_view measure) {
    return ends_with_any(measure, {"refused_ratio", "false_ratio"});
}

bool is_share(std::string_view measure) {
    return ends_with_any(measure, {"_ratio", "stopped_before_database", "_served", "stopped_or_flagged",
                                   "lookups_vs_unprotected", "served_vs_quiet", "above_normal",
                                   "_with_effect", "_error", "off_by"});
}

std::string share(double value) {
    const double percent = value * 100;
    if (percent != 0 && percent != 100 && (percent < 0.01 || (percent > 99.99 && percent < 100)))
        return fmt::format("{:.4f} %", percent);
    return fmt::format("{:.2f} %", percent);
}

std::string one_in(double value) {
    if (value == 0) return "none";
    return value > 0.1 ? share(value)
                       : "1 in " + tell::count(static_cast<std::uint64_t>(std::round(1 / value)));
}

std::string listed_on(const Botnet& botnet) {
    std::string text;
    for (const auto& [list, share] : botnet.listed.of)
        text += fmt::format("{}{:.0f} % on {}", text.empty() ? ", " : " and ", 100 * share, list);
    return text.empty() ? ", on no list" : text;
}

std::string settings_of(const Botnet& botnet) {
    return fmt::format(
        "botnet {}: {}{} in {}, {:.0f} % of them in the customers' own{}; task {}, {:.0f} % of guesses at "
        "accounts "
        "that exist, looks like {}, refused it will {}",
        botnet.name, tell::count(botnet.addresses, "address", "addresses"),
        botnet.throughout ? " each day" : "", tell::count(botnet.networks, "network", "networks"),
        100 * botnet.own_networks, listed_on(botnet), name(botnet.task), 100 * botnet.existing,
        name(botnet.fingerprint), name(botnet.reaction));
}

std::string settings_of(const Customers& kind) {
    return fmt::format(
        "customers {}: {} in {}; a day {:.2g} % set out on a journey, {:.2g} % visit, {:.2g} % of phones are "
        "new; {:.2g} % dormant, {:.2g} % listed",
        kind.name, tell::count(kind.accounts, "account", "accounts"),
        tell::count(kind.networks, "access network", "access networks"), 100 * kind.trips, 100 * kind.visits,
        100 * kind.new_devices, 100 * kind.dormant, 100 * kind.listed);
}

std::string settings_of(const Flood& flood) {
    const Manners& how = flood.manners;
    const double all = how.silent + how.slow + how.handshake + how.smtp;
    return fmt::format(
        "connections {}: {} in {}, {:g} times what the mail servers bear, for {:g} min; {:.0f} % silent, "
        "{:.0f} % "
        "slow, {:.0f} % stop in the handshake, {:.0f} % speak",
        flood.name, tell::count(flood.addresses, "address", "addresses"),
        tell::count(flood.networks, "network", "networks"), flood.times_capacity, flood.lasts_minutes,
        100 * how.silent / all, 100 * how.slow / all, 100 * how.handshake / all, 100 * how.smtp / all);
}

std::string settings_of(const MailKind& mail) {
    return fmt::format("mail {}: {}{:g} messages a minute from {}, {:.0f} % of them known here", mail.name,
                       mail.spam ? "spam, " : "", mail.a_minute, tell::count(mail.hosts, "host", "hosts"),
                       100 * mail.known);
}

std::string settings_of(const Clients& clients) {
    return fmt::format("clients {}: {} that stay connected, with {:g} sessions each", clients.name,
                       tell::count(clients.accounts, "account", "accounts"), clients.sessions);
}

std::string settings_of(std::string_view title, const Servers& servers) {
    return fmt::format("{}: {}, {:g} a second each, {:g} ms, {} at once, {} sessions", title, servers.count,
                       servers.logins_per_second, servers.latency_ms, tell::count(servers.at_once),
                       tell::count(servers.sessions));
}

std::vector<std::string> crowd_settings(const Scenario& scenario) {
    std::vector<std::string> lines;
    for (const Flood& each : scenario.floods) lines.push_back(settings_of(each));
    for (const MailKind& each : scenario.mail) lines.push_back(settings_of(each));
    for (const Clients& each : scenario.clients) lines.push_back(settings_of(each));
    if (!scenario.clients.empty()) lines.push_back(settings_of("servers", scenario.servers));
    if (!scenario.mail.empty()) lines.push_back(settings_of("mail servers", scenario.mail_servers));
    for (const Change& each : scenario.changes)
        lines.push_back(fmt::format("at {:g} min: {} {}{}", each.minutes, name(each.what), each.servers,
                                    each.mail ? " of the mail servers" : ""));
    lines.push_back(fmt::format("{:g} min of quiet, then {:g} h; the edge holds {} sessions{}",
                                scenario.quiet_minutes, scenario.attack_hours,
                                tell::count(scenario.edge.sessions),
                                scenario.edge.admission ? "" : "; nobody chooses who may enter"));
    return lines;
}

Drilled drilled_crowd(Drilled out) {
    for (const Run& run : out.runs) {
        out.each.push_back(measures_of(run.crowd, *out.scenario));
        out.crowd += run.crowd;
    }
    out.pooled = measures_of(out.crowd, *out.scenario);
    out.checks = judged(*out.scenario, out.sensor, out.pooled, out.each);
    return out;
}

}  // namespace

std::string full_name(const Scenario& scenario) {
    return scenario.variant.empty() ? scenario.name : scenario.name + ':' + scenario.variant;
}

std::string shown(std::string_view measure, std::optional<double> value) {
    if (!value) return "not measured";
    if (is_rare(measure)) return one_in(*value);
    if (is_share(measure)) return share(*value);
    if (ends_with_any(measure, {"_vs_quiet", "_vs_capacity", "_over_mean", "_over_limit"}) &&
        !measure.ends_with("served_vs_quiet"))
        return fmt::format("{:.2f} times", *value);
    if (measure != "alert.seconds" && measure.ends_with("seconds")) return fmt::format("{:.1f} s", *value);
    if (measure == "alert.seconds") return fmt::format("{:.0f} s", *value);
    if (measure == "memory.total") return fmt::format("{:.1f} MiB", *value / (1 << 20));
    if (*value == std::floor(*value) && *value >= 0 && *value < 1e15)
        return tell::count(static_cast<std::uint64_t>(*value));
    return fmt::format("{:.2f}", *value);
}

std::string wanted(const Check& check) {
    std::string text;
    if (check.at_least) text = shown(check.measure, check.at_least) + " or more";
    if (check.at_most && *check.at_most == 0) return "none";
    if (check.at_most) text += (text.empty() ? "" : ", ") + shown(check.measure, check.at_most) + " or less";
    return text;
}

std::vector<std::string_view> evidence_names() {
    std::vector<std::string_view> names;
    // What lies beyond is of mail on port 25, which no drill brings.
    for (std::uint8_t kind = 0; EvidenceKind{kind} < EvidenceKind::sender_past; ++kind)
        names.push_back(name(EvidenceKind{kind}));
    return names;
}

void leave_unseen(Drilled& drilled, const std::map<std::string, std::string>& unseen) {
    for (const auto& [measure, why] : unseen) {
        for (Measures& each : drilled.each) each.set(measure, std::nullopt);
        drilled.pooled.set(measure, std::nullopt);
        for (Judged& check : drilled.checks) {
            if (check.measure != measure || !check.needs.empty()) continue;
            check.got = check.worst = std::nullopt;
            check.held = std::nullopt;
            check.unseen = why;
        }
    }
}

Drilled drilled(const Scenario& scenario, Sensor sensor, std::vector<Run> runs) {
    Drilled out{.scenario = &scenario,
                .sensor = sensor,
                .runs = std::move(runs),
                .each = {},
                .counts = {},
                .crowd = {},
                .pooled = {},
                .checks = {},
                .live = {}};
    if (scenario.is_crowd()) return drilled_crowd(std::move(out));
    for (const Run& run : out.runs) {
        out.each.push_back(measures_of(run.counts, scenario));
        out.counts += run.counts;
    }
    out.pooled = measures_of(out.counts, scenario);
    out.checks = judged(scenario, sensor, out.pooled, out.each);
    return out;
}

std::vector<std::string> settings_of(const Scenario& scenario) {
    if (scenario.is_crowd()) return crowd_settings(scenario);
    std::vector<std::string> lines;
    for (const Customers& kind : scenario.customers) lines.push_back(settings_of(kind));
    for (const Botnet& botnet : scenario.botnets) lines.push_back(settings_of(botnet));
    lines.push_back(fmt::format("servers: {}, {} log-ins a second each", scenario.servers.count,
                                scenario.servers.logins_per_second));
    lines.push_back(
        fmt::format("{} before the attack, {} h of it; right-password tag {}; AS table {}",
                    tell::count(scenario.days_before, "ordinary day", "ordinary days"), scenario.attack_hours,
                    scenario.tag ? "on" : "off",
                    scenario.as_table ? fmt::format("({:.0f} % wrong)", 100 * scenario.as_wrong) : "none"));
    return lines;
}

}  // namespace tidegate::drill
