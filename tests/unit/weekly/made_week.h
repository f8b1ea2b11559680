#pragma once
// A week with known figures: what the tests of the weekly report look at.

#include <string>
#include <string_view>

#include "tell/weekly/letter.h"

namespace tidegate::tell {

inline Time at(std::string_view text) {
    return parse_rfc3339(text).value();
}

inline Incident made_incident() {
    Incident incident;
    incident.id = "2026-11-25-1";
    incident.state = IncidentState::closed;
    incident.began = at("2026-11-25T13:05:00Z");
    incident.opened = at("2026-11-25T13:05:40Z");
    incident.closed = at("2026-11-25T15:20:00Z");
    incident.title = "failures 31 times as many as usual";
    incident.counts.hostile = 40'000;
    incident.counts.stopped = 39'500;
    incident.counts.refused = 12;
    incident.targets.push_back(
        {.kind = TargetKind::domain, .name = "example.org", .account = {}, .share = 0.93});
    incident.cause.probability = {0.97, 0.02, 0.01};
    return incident;
}

inline void add_figures(Week& week) {
    std::uint64_t day = 0;
    for (const Time start : days_of(week.zone, week.period)) {
        WeekCounts counts{.attempts = 12'000, .logins = 10'000 + 100 * day, .hostile = 1'000, .stopped = 950};
        if (day++ == 2) counts.hostile = 41'000, counts.stopped = 40'400, counts.refused = 12;
        week.days.push_back({start, counts});
    }
    week.total = {.attempts = 125'000,
                  .logins = 72'100,
                  .hostile = 47'000,
                  .stopped = 46'100,
                  .slips = 310,
                  .faults = 75,
                  .refused = 12,
                  .let_in_later = 9,
                  .longest_wait = std::chrono::minutes(14)};
    week.before = {WeekCounts{.logins = 70'000, .hostile = 7'000},
                   WeekCounts{.logins = 71'000, .hostile = 6'000},
                   WeekCounts{.logins = 72'000, .hostile = 8'000}, std::nullopt};
    week.addresses = 29'800;
    week.networks = 5'210;
    week.accounts = 1'812;
    week.error = 0.01625;
}

/// Monday 23 to Sunday 29 November 2026, by Vienna's clock.
inline Week made_week() {
    Week week;
    week.zone = Zone("Europe/Vienna");
    week.called = "2026-W48";
    week.period = period_of(week.zone, *parse_week("2026-W48"));
    week.provider = "Example Mail";
    week.host = "mx1.example.org";
    week.version = "0.1.0";
    week.made = at("2026-11-30T06:00:03Z");
    add_figures(week);
    week.incidents.push_back(made_incident());
    week.evidence = {{"network_rate", 12'000, 0}, {"never_seen", 30'000, 0}, {"listed", 4'100, 0}};
    week.takeovers = {{.account = "bob@example.org",
                       .address = "203.0.113.9",
                       .service = Service::imap,
                       .first = at("2026-11-26T02:11:00Z"),
                       .times = 3},
                      {.account = "eve@example.org",
                       .address = "203.0.113.77",
                       .service = Service::submission,
                       .first = at("2026-11-27T09:00:00Z"),
                       .changed = true}};
    week.takeover_count = 2;
    week.downs = {{.server = "store2",
                   .out = at("2026-11-24T21:00:00Z"),
                   .back = at("2026-11-24T21:07:00Z"),
                   .why = "connection refused",
                   .faults = 75,
                   .customers = 41}};
    week.watches_servers = true;
    week.queues = {{.name = "lists", .most_waiting = 12, .most_at = at("2026-11-23T04:00:00Z")},
                   {.name = "relay",
                    .most_waiting = 4210,
                    .most_at = at("2026-11-25T13:00:00Z"),
                    .longest_wait = std::chrono::minutes(41),
                    .backed_up = std::chrono::minutes(95)}};
    week.deeds = {{at("2026-11-25T13:20:00Z"), "joe", "deny", "203.0.113.0/24", "the flood"},
                  {at("2026-11-25T13:40:00Z"), "joe", "allow", "carol@example.org", "carol called"}};
    week.standing = WeekStanding{.servers = {{"store1", "up", 900, 1000}, {"store2", "up", 100, 1000}},
                                 .backed_up = {},
                                 .suspended_lists = {"zen"}};
    return week;
}

/// What may stand in any text that a client or a stranger chose.
inline const std::string hostile_text =
    "x\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script>\"'&\x1b[2J\xe2\x80\xae\xff=?UTF-8?Q?x?=";

}  // namespace tidegate::tell
