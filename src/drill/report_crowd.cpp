// What a drill about the edge showed, for people.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "drill/report.h"
#include "tell/words.h"

namespace tidegate::drill {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

constexpr auto rows = std::to_array<Row>({
    {"mail.served_vs_quiet", "legitimate mail served, of the quiet level"},
    {"mail.delay_seconds", "its delay, median"},
    {"mail.quiet_delay_seconds", "... and in the quiet"},
    {"mail.delay_vs_quiet", "its delay against the quiet one"},
    {"mail.known_delay_p99_seconds", "known senders' delay, 99 in 100 below"},
    {"mail.known_within_60s_ratio", "known senders' mail taken within 60 s"},
    {"mail.lost", "legitimate mail refused for good"},
    {"spam.kept_out_ratio", "spam deferred or refused"},
    {"spam.stopped_ratio", "... before a server saw it"},
    {"flood.connections", "the flood's connections"},
    {"flood.unanswered_ratio", "... of which nothing was heard"},
    {"silence.networks", "networks silenced"},
    {"silence.customers", "senders' connection requests dropped"},
    {"clients.cut", "sessions cut"},
    {"clients.back_seconds", "99 in 100 of them were back after"},
    {"clients.back_vs_capacity", "... against what the capacity allows"},
    {"clients.not_back", "... never back"},
    {"clients.moved", "sessions moved to balance servers"},
    {"servers.busiest_over_mean", "busiest server over the mean"},
    {"servers.busiest_minutes", "... so many minutes after the begin"},
    {"servers.kept_ratio", "users who kept their server when one came"},
    {"servers.worst_over_limit", "a server's load over its limit, at worst"},
    {"edge.most_sessions", "sessions held, at most"},
    {"edge.turned_away", "closed at accept"},
    {"edge.timed_out", "their time was over"},
    {"edge.stopped", "stopped by the judge"},
    {"edge.shed", "sent away by admission"},
    {"edge.nowhere", "no server to go to"},
    {"posture.calm_seconds", "calm again after the end"},
    {"alert.seconds", "noticed after"},
    {"target.seconds", "the target was named after"},
    {"target.share", "... with a share of"},
    {"target.confidence", "... and a confidence of"},
    {"target.wrong", "others were named wrongly"},
    {"target.others_served_vs_quiet", "once it was moved: others' mail served, of the quiet level"},
    {"target.others_delay_vs_quiet", "... its delay against the quiet one"},
    {"target.moved_served_vs_quiet", "... its own mail served, of the quiet level"},
    {"target.moved_delay_vs_quiet", "... its delay against the quiet one"},
    {"target.flood_beside_ratio", "... the flood's places at the listener it was to leave, of those before"},
    {"target.sent_elsewhere", "told that their mail is taken elsewhere"},
});

// The first of each kind, and the last: the record has them all.
std::string limits_of(const Run& run) {
    constexpr std::size_t most = 24;
    std::string text =
        fmt::format("\nLimits that were applied, {}\n", tell::count(run.limits.size(), "change", "changes"));
    for (std::size_t i = 0; i < std::min(most, run.limits.size()); ++i) text += "  " + run.limits[i] + '\n';
    if (run.limits.size() > most) text += "  ...\n  " + run.limits.back() + '\n';
    return text;
}

std::string postures_of(const Run& run) {
    std::string text;
    for (const judge::PostureChange& each : run.postures)
        text += fmt::format("  {}  {}: {}\n", rfc3339(time_of_unix(each.seconds)), name(each.to),
                            tell::clipped(each.reason, 90, false));
    return text;
}

}  // namespace

std::span<const std::pair<std::string_view, std::string_view>> crowd_rows() {
    return rows;
}

std::string crowd_text(const Drilled& drilled) {
    std::string text = "\n";
    for (const auto& [measure, words] : rows) {
        const auto value = drilled.pooled.get(measure);
        if (value) text += fmt::format("  {:<44} {}\n", words, shown(measure, value));
    }
    if (drilled.runs.size() != 1) return text;
    return text + limits_of(drilled.runs.front()) + postures_of(drilled.runs.front());
}

}  // namespace tidegate::drill
