#include "drill/crowd/crowd.h"

#include <fmt/format.h>

#include <algorithm>

#include "drill/crowd/aim.h"
#include "drill/crowd/callers.h"
#include "drill/crowd/nodes.h"

namespace tidegate::drill {
namespace {

using Kind = Agenda::Kind;

constexpr Moment tick_every = a_second / 10;

class Playing {
public:
    Playing(const Scenario& scenario, std::uint64_t seed)
        : shore_(scenario, draw(seed, 1)),
          callers_(shore_, seed),
          nodes_(shore_, callers_.sessions),
          aim_(scenario) {}

    CrowdRun run() {
        begin();
        while (!shore_.agenda.empty() && shore_.agenda.next() < shore_.end) {
            const Agenda::Due due = shore_.agenda.take();
            now_ = due.at;
            happen(due);
            callers_.hear();
        }
        return finish();
    }

private:
    void begin() {
        callers_.senders.remember(shore_.edge.judging());
        callers_.sessions.remember(shore_.edge.judging());
        callers_.sessions.start(shore_.edge);
        callers_.hear();
        shore_.edge.open(shore_.first);
        callers_.senders.start();
        callers_.floods.start();
        nodes_.start();
        shore_.agenda.add(shore_.first, Kind::tick);
    }

    void happen(const Agenda::Due& due);
    void serve(const Agenda::Due& due);
    void tick();
    void look_for_target();
    void look_at_places();
    void posture_figures();
    CrowdRun finish();

    SimulatedShore shore_;
    Callers callers_;
    Nodes nodes_;
    Aim aim_;
    Moment now_ = 0;
    std::vector<Behind::Done> done_;
};

void Playing::happen(const Agenda::Due& due) {
    if (callers_.happen(due)) return;
    switch (due.kind) {
        case Kind::accept:
            return shore_.edge.accept(due.at);
        case Kind::deadline:
            return shore_.edge.deadline(due.at, due.who, due.mark);
        case Kind::entry:
            return shore_.edge.entry(due.at, due.who, due.mark);
        case Kind::done:
            return serve(due);
        case Kind::change:
            return nodes_.change(due.at, due.who);
        case Kind::tick:
            return tick();
        default:
            return;  // of those who call
    }
}

void Playing::serve(const Agenda::Due& due) {
    const bool mail = due.who >= SimulatedShore::first_mail_server;
    Behind& behind = mail ? shore_.mail : shore_.log_ins;
    const std::uint32_t server = due.who - behind.first();
    if (behind.mark(server) != due.mark) return;
    done_.clear();
    behind.take(due.at, server, done_);
    shore_.edge.done(due.at, mail ? Port::smtp : Port::imap, done_);
}

void Playing::tick() {
    shore_.agenda.add(now_ + tick_every, Kind::tick);
    shore_.edge.tick(now_);
    if (now_ % a_second != 0) return;
    nodes_.look(now_);
    CrowdCounts& counts = shore_.counts;
    if (now_ >= shore_.begin) counts.most_pressure = std::max(counts.most_pressure, shore_.edge.pressure());
    if (now_ % (10 * a_second) == 0) look_for_target();
    look_at_places();
}

// Whose places the flood has in the two minutes before a domain is moved, and once everybody knows where it
// is.
void Playing::look_at_places() {
    const auto moved_at = shore_.moving.moved_at(), known_from = shore_.moving.known_from();
    if (!moved_at || now_ >= shore_.attack_until) return;
    const bool is_before = now_ >= *moved_at - 120 * a_second && now_ < *moved_at;
    if (!is_before && now_ < *known_from) return;
    MovedCount& target = shore_.counts.target;
    ++(is_before ? target.seconds_before : target.seconds);
    for (CallId call = 0; call < shore_.calls.size(); ++call) {
        if (!shore_.edge.has_place(call) || shore_.calls.caller(call).kind != CallerKind::flood) continue;
        ++(is_before ? target.flood_before : target.flood);
        if (!is_before && shore_.edge.listener_of(call) == second_listener) ++target.flood_at_second;
    }
}

// Until all is over: what is named too late, or wrongly, counts as well.
void Playing::look_for_target() {
    if (aim_.is_none() || now_ < shore_.attack_from) return;
    aim_.look(shore_.edge.judging().lookout().incidents().all(),
              static_cast<double>(now_ - shore_.attack_from) / a_second);
}

void Playing::posture_figures() {
    CrowdCounts& counts = shore_.counts;
    const auto at = [&](const judge::PostureChange& change) {
        return std::chrono::duration_cast<Duration>(time_of_unix(change.seconds) - shore_.scenario.start)
            .count();
    };
    judge::Posture now = judge::Posture::calm;
    Moment calm_since = shore_.attack_until;
    for (const judge::PostureChange& change : shore_.edge.judging().postures()) {
        now = change.to;
        if (now == judge::Posture::calm) calm_since = std::max(at(change), shore_.attack_until);
        if (now == judge::Posture::calm || at(change) < shore_.attack_from) continue;
        if (!counts.alert_seconds)
            counts.alert_seconds = static_cast<double>(at(change) - shore_.attack_from) / a_second;
    }
    if (now == judge::Posture::calm)
        counts.calm_seconds = static_cast<double>(calm_since - shore_.attack_until) / a_second;
}

CrowdRun Playing::finish() {
    callers_.senders.finish();
    callers_.sessions.finish();
    posture_figures();
    aim_.tell(shore_.counts);
    CrowdCounts& counts = shore_.counts;
    const DoorCounts& door = shore_.edge.counts();
    counts.door = door;
    counts.worst_load = std::max(shore_.log_ins.worst_load(), shore_.mail.worst_load());
    CrowdRun run{.counts = counts,
                 .incidents = shore_.edge.judging().lookout().incidents().all(),
                 .postures = shore_.edge.judging().postures(),
                 .limits = {}};
    run.counts.limits = shore_.edge.limits().size();
    for (const edge::LimitChange& change : shore_.edge.limits())
        run.limits.push_back(shore_.edge.text_of(change));
    return run;
}

}  // namespace

CrowdRun play_crowd(const Scenario& scenario, std::uint64_t seed) {
    return Playing(scenario, seed).run();
}

}  // namespace tidegate::drill
