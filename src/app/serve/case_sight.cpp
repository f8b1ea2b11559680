#include "app/serve/case_sight.h"

#include <algorithm>
#include <string>

#include "event/event.h"

namespace tidegate::app {
namespace {

constexpr std::uint64_t enough_times = 5;  // that a mean of waiting is one
constexpr double a_second = 1000;

tell::Sight& sight_of(std::vector<tell::Sight>& all, std::string_view name) {
    const auto found = std::ranges::find(all, name, &tell::Sight::name);
    if (found != all.end()) return *found;
    all.push_back({.name = std::string(name)});
    return all.back();
}

void take(std::vector<tell::Sight>& all, const guard::Band& band) {
    if (band.series.service == Service::unknown) return;
    const bool are_log_ins = band.series.volume == judge::Volume::successes;
    if (!are_log_ins && band.series.volume != judge::Volume::faults) return;
    tell::Sight& sight = sight_of(all, name(band.series.service));
    if (are_log_ins) {
        sight.log_ins = band.observed;
        sight.expected = band.expected;
        sight.error = band.standard_error;
    } else {
        sight.faults = band.observed;
    }
}

// The hop that takes longest says how long a log-in takes at least.
void take(std::vector<tell::Sight>& all, const guard::Wait& wait) {
    if (wait.hop == Hop::client || wait.times < enough_times || wait.usual_ms <= 0) return;
    tell::Sight& sight = sight_of(all, name(wait.service));
    const double seconds = wait.now_ms / a_second;
    if (sight.wait_s && *sight.wait_s >= seconds) return;
    sight.wait_s = seconds;
    sight.usual_wait_s = wait.usual_ms / a_second;
}

bool takes_nobody(edge::ServerState state) {
    return state == edge::ServerState::down || state == edge::ServerState::quarantined;
}

bool is_late(const mail::QueueStanding& queue) {
    return queue.is_readable() && queue.is_backed_up();
}

// Who watches some domains of a queue and the whole of it as well counts their mail there too.
bool is_counted_as_whole(const mail::QueueStanding& part, std::span<const mail::QueueStanding> queues) {
    return part.is_part && std::ranges::any_of(queues, [&](const mail::QueueStanding& each) {
               return !each.is_part && each.command == part.command && is_late(each);
           });
}

}  // namespace

std::vector<tell::Sight> case_sights(std::span<const guard::Band> bands, std::span<const guard::Wait> waits,
                                     std::span<const edge::ServerStanding> servers,
                                     std::span<const mail::QueueStanding> queues) {
    std::vector<tell::Sight> all;
    for (const guard::Band& each : bands) take(all, each);
    for (const guard::Wait& each : waits) take(all, each);
    for (const edge::ServerStanding& each : servers)
        sight_of(all, "server:" + each.name).is_out = takes_nobody(each.state);
    for (const mail::QueueStanding& each : queues)
        if (each.is_readable()) sight_of(all, "queue:" + each.name).is_late = each.is_backed_up();
    return all;
}

std::optional<tell::MailSight> mail_sight(std::span<const mail::QueueStanding> queues) {
    std::optional<tell::MailSight> out;
    for (const mail::QueueStanding& each : queues) {
        if (!is_late(each)) continue;
        if (!out) out = tell::MailSight{.lost = 0};
        if (!is_counted_as_whole(each, queues)) out->waiting += each.figures.waiting;
        if (each.oldest) out->oldest = std::max(out->oldest.value_or(*each.oldest), *each.oldest);
        out->lost = out->lost && each.lost ? std::optional(*out->lost + *each.lost) : std::nullopt;
    }
    return out;
}

}  // namespace tidegate::app
