#include "tell/incident/incidents.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "base/hash.h"
#include "tell/incident/parts.h"
#include "tell/incident/story.h"

namespace tidegate::tell {
namespace {

using std::chrono::minutes;

constexpr auto lead = minutes(10);           // what came so long before an incident belongs to it
constexpr auto onset = minutes(15);          // what tells its cause
constexpr auto kept_in_quiet = minutes(90);  // notices that an incident may still adopt
constexpr auto stepped_back = std::chrono::hours(1);
// So that an onset is not learned as usual.
constexpr std::int64_t learned_after = 20 * 60 / Pulse::width;
constexpr double little_known = 30;  // minutes
constexpr std::size_t most_recent_hours = 1024;

std::string date_of(Time time) {
    return rfc3339(time).substr(0, 10);
}

std::uint64_t client_of(const Sighting& seen) {
    return mix(seen.host ^ mix(seen.account)) | 1;
}

}  // namespace

Incidents::Incidents(IncidentSettings settings) : parts_(std::make_unique<Parts>(settings)) {}
Incidents::~Incidents() = default;
Incidents::Incidents(Incidents&&) noexcept = default;
Incidents& Incidents::operator=(Incidents&&) noexcept = default;

void Incidents::Parts::advance(Time time) {
    if (started && time <= now) return;
    now = time;
    const std::int64_t beat = Pulse::index_of(now);
    pulse.advance(now);
    if (!started) learned_until = beat;
    if (started && beat != last_beat) after_a_beat();
    started = true;
    last_beat = beat;
}

void Incidents::Parts::after_a_beat() {
    if (!open_case) close_earlier(now);
    deeds.tick(now, pulse);
    hops.tick(now, pulse, usual, log);
    learn();
    if (!open_case) return forget();
    if (!onset_signs && now >= open_case->began() + onset) onset_signs = signs(*open_case);
    const std::optional<Time> quiet = open_case->quiet_since;
    if (quiet && now - *quiet > settings.reopen_within) close(snapshot(*open_case), *quiet);
}

void Incidents::Parts::learn() {
    if (open_case) {
        learned_until = pulse.newest();
        return;
    }
    const std::int64_t until = pulse.newest() - learned_after;
    for (; learned_until < until; ++learned_until) {
        const Beat* beat = pulse.beat(learned_until);
        if (beat != nullptr) usual.learn(*beat);
        // What the ring has forgotten is gone.
        if (beat == nullptr) learned_until = std::max(learned_until, until - 1);
    }
}

void Incidents::Parts::forget() {
    log.forget_before(now - kept_in_quiet);
    deeds.forget_before(now - kept_in_quiet);
    restarts.forget_before(now - kept_in_quiet);
}

void Incidents::Parts::count(const Sighting& seen) {
    const auto times = static_cast<double>(seen.times);
    Beat& beat = pulse.at(seen.time);
    if (seen.event.kind == EventKind::disconnect) beat.disconnects += 1;
    if (!seen.attempt) return;
    beat.attempts += times;
    if (seen.hostile) beat.hostile += times;
    if (seen.stopped) beat.stopped += times;
    if (seen.login) beat.logins += times;
    if (seen.fault) beat.faults += times;
    if (!seen.familiar || seen.stopped) return;
    beat.familiar += times;
    if (seen.fault || seen.guess) beat.familiar_bad += times;
}

void Incidents::Parts::refusals_of(const Sighting& seen) {
    if (!seen.attempt || seen.host == 0 || seen.account == 0) return;
    Refusals::Change change;
    if (seen.stopped) change = refusals.stopped(client_of(seen), seen.time, seen.familiar);
    if (seen.login && !seen.takeover) change = refusals.let_in(client_of(seen), seen.time);
    if (change.refused != 0) pulse.at(change.first).refused += change.refused;
    if (open_case) open_case->refused(change);
}

void Incidents::see(const Event& event, const Verdict& verdict, std::uint64_t account) {
    Parts& parts = *parts_;
    Sighting seen = sight(event, verdict, account);
    const bool has_time = event.time != Time{} && event.time + stepped_back >= parts.now;
    if (!has_time) seen.time = parts.now;
    parts.advance(seen.time);
    if (seen.attempt)
        parts.digest += mix(seen.host ^ seen.account ^ static_cast<std::uint64_t>(unix_seconds(seen.time)));
    const bool broken_off = seen.attempt && !seen.stopped && event.outcome == Outcome::abort;
    if ((seen.fault || broken_off) && parts.restarts.claim(seen)) seen.fault = true;
    parts.count(seen);
    parts.refusals_of(seen);
    if (!parts.open_case) return parts.usual_spread.see(seen);
    parts.open_case->see(seen);
    if (seen.takeover && !seen.stopped) parts.open_case->name_takeover(seen);
}

void Incidents::see(const MailVisit& visit) {
    if (parts_->open_case) return parts_->open_case->see(visit);
    parts_->usual_mail.see(visit);
}

void Incidents::tick(Time now) {
    parts_->advance(now);
}

std::string Incidents::Parts::next_id(Time opened) {
    const std::string date = date_of(opened);
    of_the_day = date == last_date ? of_the_day + 1 : 1;
    last_date = date;
    return fmt::format("{}-{}", date, of_the_day);
}

const Case& Incidents::Parts::open(const AlarmNotice& alarm) {
    close_earlier(alarm.opened);
    const std::string id = earlier ? earlier->record.id : next_id(alarm.opened);
    const std::uint64_t key = settings.pseudonym_key != 0 ? settings.pseudonym_key : mix(digest);
    title = fmt::format("Unusual {}", series_words(alarm.series));
    turn(id, IncidentState::open, alarm.opened);
    news.back().again = earlier.has_value();
    Case& opened = open_case.emplace(id, alarm, key, pulse, usual_rate(&Beat::hostile, alarm.since));
    onset_signs.reset();
    told_targets = earlier ? earlier->record.targets : std::vector<IncidentTarget>();
    for (const MailVisit& visit : usual_mail.part_at(opened.began())) opened.see(visit);
    for (const HourNotice& hour : recent_hours) opened.tell(hour);
    log.forget_before(from(opened));
    deeds.forget_before(from(opened));
    restarts.forget_before(from(opened));
    return opened;
}

const Case& Incidents::Parts::open_or_join(const AlarmNotice& alarm) {
    if (!open_case) return open(alarm);
    if (open_case->quiet_since) {
        log.seen(alarm.opened, "it goes on");
        turn(open_case->id(), IncidentState::open, alarm.opened);
        news.back().again = true;
    }
    open_case->join(alarm);
    return *open_case;
}

void Incidents::Parts::close_alarm(const AlarmNotice& alarm) {
    if (muted.has(alarm.id)) {
        muted.close(alarm.id);
        return;
    }
    if (!open_case) return;
    const bool told = open_case->tells(alarm.series), was_quiet = open_case->quiet_since.has_value();
    open_case->leave(alarm);
    title_due = {};
    if (told) log.add(entry_of(alarm));
    if (!was_quiet && open_case->quiet_since) turn(open_case->id(), IncidentState::quiet, alarm.closed);
}

void Incidents::tell(const AlarmNotice& alarm) {
    Parts& parts = *parts_;
    if (alarm.closed != Time{}) {
        parts.advance(alarm.closed);
        return parts.close_alarm(alarm);
    }
    parts.advance(alarm.opened);
    if (parts.muted.has(alarm.id)) return;
    // It was open when an incident ended, which only people do: so it was muted.
    if (alarm.opened <= parts.recalled_end) return parts.muted.open(alarm.id);
    parts.title_due = {};
    if (parts.earlier && alarm.opened <= parts.earlier->until) ++parts.earlier->carried_on;
    if (parts.open_or_join(alarm).tells(alarm.series)) parts.log.add(entry_of(alarm));
}

void Incidents::tell(const HourNotice& hour) {
    Parts& parts = *parts_;
    parts.recent_hours.push_back(hour);
    if (parts.recent_hours.size() > most_recent_hours) parts.recent_hours.pop_front();
    if (parts.open_case) return parts.open_case->tell(hour);
    if (!parts.closed.empty() && shows(parts.closed.back(), hour)) add_hour(parts.closed.back(), hour);
}

void Incidents::tell(const ActionNotice& action) {
    parts_->advance(action.time);
    parts_->deeds.tell(action, parts_->pulse);
}

void Incidents::tell(const HopNotice& passage) {
    parts_->advance(passage.time);
    Beat& beat = parts_->pulse.at(passage.time);
    const auto hop = static_cast<std::size_t>(passage.hop);
    beat.passages[hop] += passage.times;
    beat.milliseconds[hop] +=
        std::chrono::duration<double, std::milli>(passage.latency).count() * passage.times;
}

void Incidents::tell(const RestartNotice& restart) {
    Parts& parts = *parts_;
    parts.advance(restart.time);
    std::string text = parts.restarts.tell(restart, parts.pulse);
    if (text.empty()) return;
    parts.log.seen(restart.time, text);
    if (restart.up || restart.who.empty()) return;
    parts.deeds.tell({.time = restart.time,
                      .kind = ActionKind::restart,
                      .who = restart.who,
                      .text = restart.node.empty() ? "the servers" : clipped_text(restart.node, who_bytes)},
                     parts.pulse);
}

void Incidents::tell(const ProbeNotice& probe) {
    Parts& parts = *parts_;
    parts.advance(probe.time);
    Beat& beat = parts.pulse.at(probe.time);
    beat.probes += 1;
    beat.probes_failed += probe.answered ? 0 : 1;
    parts.landmarks.tell(probe, parts.log);
    if (parts.open_case) parts.open_case->probed(probe.answered);
}

void Incidents::Parts::close(Incident record, Time at, std::string_view who) {
    record.state = IncidentState::closed;
    record.closed = at;
    turn(record.id, IncidentState::closed, std::max(at, now), who);
    keep(std::move(record));
    earlier.reset();
    open_case.reset();
    onset_signs.reset();
    learned_until = pulse.newest();
    last_closed = at;
}

void Incidents::Parts::keep(Incident record) {
    closed.push_back(std::move(record));
    if (closed.size() > settings.keep_closed) closed.erase(closed.begin());
}

/// Where it is not gone on with in time it was over before the program came back, as far as anybody knows.
void Incidents::Parts::close_earlier(Time at) {
    if (!earlier || at - earlier->until <= settings.reopen_within) return;
    Incident record = std::move(earlier->record);
    record.state = IncidentState::closed;
    if (record.closed == Time{}) record.closed = earlier->until;
    earlier.reset();
    turn(record.id, IncidentState::closed, at);
    keep(std::move(record));
}

Time Incidents::Parts::from(const Case& open) const {
    return std::max(open.began() - lead, last_closed);
}

double Incidents::Parts::usual_rate(double Beat::* what, Time began) const {
    if (usual.minutes() >= little_known) return usual.a_minute(what);
    const double known = pulse.minutes(began - onset, began);
    return known > 0 ? pulse.sum(began - onset, began).*what / known : 0;
}

void Incidents::Parts::rates_of(Signs& signs, const Beat& now_beat, Time began) const {
    if (signs.minutes <= 0) return;
    const auto rate = [&](double Beat::* what) { return now_beat.*what / signs.minutes; };
    signs.hostile_a_minute = rate(&Beat::hostile);
    signs.usual_hostile_a_minute = usual_rate(&Beat::hostile, began);
    const double attempts =
        std::max(1.0, rate(&Beat::attempts) / std::max(usual_rate(&Beat::attempts, began), 0.1));
    const double lines = usual_rate(&Beat::disconnects, began);
    if (lines >= 1) signs.lost_lines = rate(&Beat::disconnects) / lines / attempts;
    const double before = pulse.minutes(began - onset, began);
    const double logins = before > 0 ? pulse.sum(began - onset, began).logins / before : 0;
    if (logins >= 5) signs.logins = rate(&Beat::logins) / logins;
}

Signs Incidents::Parts::signs(const Case& open) const {
    if (onset_signs) return *onset_signs;
    const Time began = open.began(), until = std::min(now, began + onset);
    const Beat first = pulse.sum(began, until);
    Signs signs{.minutes = pulse.minutes(began, until)};
    rates_of(signs, first, began);
    signs.familiar_tries = first.familiar;
    if (first.familiar > 0) signs.familiar_bad = first.familiar_bad / first.familiar;
    if (first.attempts > 0) signs.faults = first.faults / first.attempts;
    signs.usual_familiar_bad = usual.share(&Beat::familiar_bad, &Beat::familiar, 100);
    signs.usual_faults = usual.share(&Beat::faults, &Beat::attempts, 100);
    signs.usual_probes_failed = usual.share(&Beat::probes_failed, &Beat::probes, 10).value_or(0);
    if (const auto restart = restarts.last_within(began - lead, began + minutes(1))) {
        signs.restarted = restart->node.empty() ? "a server" : restart->node;
        signs.restart_seconds_before = std::chrono::duration<double>(began - restart->down).count();
    }
    if (const auto slow = hops.first_slow(began - onset, began + onset)) {
        signs.slow = slow->hop;
        signs.slow_seconds_before = std::chrono::duration<double>(began - slow->since).count();
        signs.slow_factor = slow->factor;
    }
    return signs;
}

void Incidents::Parts::add_notes(Incident& incident) const {
    const auto note = [&](std::uint64_t dropped, std::string_view what) {
        if (dropped > 0) incident.notes.push_back(fmt::format("{} {} did not fit", dropped, what));
    };
    note(log.dropped(), "entries of the timeline");
    note(deeds.dropped(), "actions");
    note(restarts.dropped(), "restarts");
    note(refusals.forgotten(), "refused clients");
}

Incident Incidents::Parts::snapshot(const Case& open) const {
    Incident incident = open.record(usual_spread, usual_mail);
    incident.actions = deeds.since(from(open));
    incident.restarts = restarts.since(from(open));
    std::uint64_t by_restart = 0;
    for (const IncidentRestart& restart : incident.restarts) by_restart += restart.faults;
    incident.counts.faults_by_restart = std::min(by_restart, incident.counts.faults);
    Signs all = signs(open);
    all.only_downwards = open.only_downwards();
    all.many_new_addresses = open.many_new_addresses();
    all.probes = open.probes().probes;
    all.probes_failed = open.probes().probes_failed;
    incident.cause = weigh(all);
    incident.timeline = log.since(from(open));
    for (const Entry& takeover : open.takeovers()) put(incident.timeline, takeover);
    for (const IncidentAction& action : incident.actions) put(incident.timeline, entry_of(action));
    if (const auto peak = peak_hour(incident)) put(incident.timeline, entry_of_peak(*peak));
    incident.title = title_of(incident);
    add_notes(incident);
    return earlier ? continued(*earlier, std::move(incident)) : incident;
}

void Incidents::recall(std::vector<Incident> known, Time until) {
    Parts& parts = *parts_;
    for (Incident& each : known) {
        // The last one's number goes on being counted.
        const auto dash = each.id.rfind('-');
        if (dash != std::string::npos && each.id.substr(0, dash) >= parts.last_date) {
            parts.last_date = each.id.substr(0, dash);
            parts.of_the_day =
                static_cast<std::uint32_t>(std::strtoul(each.id.c_str() + dash + 1, nullptr, 10));
        }
        if (each.state == IncidentState::closed)
            parts.recalled_end = std::max(parts.recalled_end, each.closed);
        if (each.state != IncidentState::closed && &each == &known.back())
            parts.earlier = EarlierPart{.record = std::move(each), .until = until};
        else
            parts.keep(std::move(each));
    }
}

}  // namespace tidegate::tell
