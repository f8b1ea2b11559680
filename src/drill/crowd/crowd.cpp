#include "drill/crowd/crowd.h"

#include <fmt/format.h>

#include <algorithm>

#include "drill/crowd/floods.h"
#include "drill/crowd/nodes.h"
#include "drill/crowd/senders.h"
#include "drill/crowd/sessions.h"

namespace tidegate::drill {
namespace {

using Kind = Agenda::Kind;

constexpr Moment tick_every = a_second / 10;

class Playing {
public:
    Playing(const Scenario& scenario, std::uint64_t seed)
        : shore_(scenario, draw(seed, 1)),
          senders_(shore_, draw(seed, 2)),
          floods_(shore_, senders_, draw(seed, 3)),
          sessions_(shore_, draw(seed, 4)),
          nodes_(shore_, sessions_) {}

    CrowdRun run() {
        begin();
        while (!shore_.agenda.empty() && shore_.agenda.next() < shore_.end) {
            const Agenda::Due due = shore_.agenda.take();
            now_ = due.at;
            happen(due);
            tell();
        }
        return finish();
    }

private:
    void begin() {
        senders_.remember();
        sessions_.remember();
        sessions_.start();
        tell();
        shore_.door.open(shore_.first);
        senders_.start();
        floods_.start();
        nodes_.start();
        shore_.agenda.add(shore_.first, Kind::tick);
    }

    void happen(const Agenda::Due& due);
    void serve(const Agenda::Due& due);
    void tick();
    void tell();
    void hear(const Reply& reply);
    void look_for_target();
    void posture_figures();
    CrowdRun finish();

    Shore shore_;
    Senders senders_;
    Floods floods_;
    Sessions sessions_;
    Nodes nodes_;
    Moment now_ = 0;
    std::vector<Reply> replies_;
    std::vector<Behind::Done> done_;
};

void Playing::happen(const Agenda::Due& due) {
    const auto is_call = [&] { return shore_.calls.is(due.who, due.mark); };
    const auto kind = [&] { return shore_.calls.caller(due.who).kind; };
    switch (due.kind) {
        case Kind::flood:
            return floods_.next(due.at, due.who);
        case Kind::mail:
            return senders_.next(due.at, due.who);
        case Kind::resend:
            return senders_.resend(due.at, due.who);
        case Kind::log_in:
            return sessions_.log_in(due.at, due.who);
        case Kind::session_end:
            return sessions_.session_end(due.at, due.who, due.mark);
        case Kind::redial:
            if (!is_call()) return;
            if (kind() == CallerKind::flood) return floods_.redial(due.at, due.who);
            if (kind() == CallerKind::sender) return senders_.redial(due.at, due.who);
            return sessions_.redial(due.at, due.who);
        case Kind::speak:
            if (!is_call()) return;
            if (kind() == CallerKind::flood) return floods_.speak(due.at, due.who);
            if (kind() == CallerKind::sender) return senders_.speak(due.at, due.who);
            return sessions_.speak(due.at, due.who);
        case Kind::hang_up:
            if (!is_call()) return;
            if (kind() == CallerKind::flood) return floods_.hang_up(due.at, due.who);
            return sessions_.hang_up(due.at, due.who);
        case Kind::accept:
            return shore_.door.accept(due.at);
        case Kind::deadline:
            return shore_.door.deadline(due.at, due.who, due.mark);
        case Kind::entry:
            return shore_.door.entry(due.at, due.who, due.mark);
        case Kind::done:
            return serve(due);
        case Kind::change:
            return nodes_.change(due.at, due.who);
        case Kind::tick:
            return tick();
    }
}

void Playing::serve(const Agenda::Due& due) {
    const bool mail = due.who >= Shore::first_mail_server;
    Behind& behind = mail ? shore_.mail : shore_.log_ins;
    const std::uint32_t server = due.who - behind.first();
    if (behind.mark(server) != due.mark) return;
    done_.clear();
    behind.take(due.at, server, done_);
    shore_.door.done(due.at, mail ? Port::smtp : Port::imap, done_);
}

void Playing::tick() {
    shore_.agenda.add(now_ + tick_every, Kind::tick);
    shore_.door.tick(now_);
    if (now_ % a_second != 0) return;
    nodes_.look(now_);
    CrowdCounts& counts = shore_.counts;
    if (now_ >= shore_.begin) counts.most_pressure = std::max(counts.most_pressure, shore_.door.pressure());
    if (now_ % (10 * a_second) == 0) look_for_target();
}

// Whoever was answered reacts, which may be answered at once.
void Playing::tell() {
    for (shore_.door.take_replies(replies_); !replies_.empty(); shore_.door.take_replies(replies_))
        for (const Reply& reply : replies_) hear(reply);
}

void Playing::hear(const Reply& reply) {
    switch (shore_.calls.caller(reply.call).kind) {
        case CallerKind::flood:
            return floods_.hear(reply);
        case CallerKind::sender:
            return senders_.hear(reply);
        case CallerKind::client:
            return sessions_.hear(reply);
    }
}

// Who is attacked is the port of incoming mail, in every drill that has a flood.
void Playing::look_for_target() {
    constexpr Moment most = 15 * a_minute;
    CrowdCounts& counts = shore_.counts;
    if (counts.target_seconds || now_ < shore_.attack_from || now_ > shore_.attack_from + most) return;
    for (const Incident& incident : shore_.door.judging().lookout().incidents().all())
        for (const IncidentTarget& target : incident.targets)
            if (target.kind == TargetKind::listener || target.kind == TargetKind::service)
                counts.target_seconds = static_cast<double>(now_ - shore_.attack_from) / a_second;
}

void Playing::posture_figures() {
    CrowdCounts& counts = shore_.counts;
    const auto at = [&](const judge::PostureChange& change) {
        return std::chrono::duration_cast<Duration>(time_of_unix(change.seconds) - shore_.scenario.start)
            .count();
    };
    judge::Posture now = judge::Posture::calm;
    Moment calm_since = shore_.attack_until;
    for (const judge::PostureChange& change : shore_.door.judging().postures()) {
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
    senders_.finish();
    sessions_.finish();
    posture_figures();
    CrowdCounts& counts = shore_.counts;
    const DoorCounts& door = shore_.door.counts();
    counts.door = door;
    counts.worst_load = std::max(shore_.log_ins.worst_load(), shore_.mail.worst_load());
    CrowdRun run{.counts = counts,
                 .incidents = shore_.door.judging().lookout().incidents().all(),
                 .postures = shore_.door.judging().postures(),
                 .limits = {}};
    run.counts.limits = shore_.door.limits().size();
    for (const edge::LimitChange& change : shore_.door.limits())
        run.limits.push_back(shore_.door.text_of(change));
    return run;
}

}  // namespace

CrowdRun play_crowd(const Scenario& scenario, std::uint64_t seed) {
    return Playing(scenario, seed).run();
}

}  // namespace tidegate::drill
