#include "tell/incident/case.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "base/hash.h"
#include "tell/campaigns.h"
#include "tell/incident/deeds.h"
#include "tell/incident/log.h"
#include "tell/incident/story.h"
#include "tell/ledger.h"

namespace tidegate::tell {
namespace {

constexpr std::size_t most_hours = 4096, most_campaigns = 12, most_takeovers = 50;
constexpr auto longest_onset = std::chrono::hours(24);
constexpr std::size_t volume_bytes = 64;

std::uint64_t rounded(double value) {
    return static_cast<std::uint64_t>(std::llround(std::max(value, 0.0)));
}

/// Counts are never taken below nothing: what is taken back may have been counted before the opening.
void change(std::uint64_t& count, int by) {
    if (by < 0 && count < static_cast<std::uint64_t>(-by)) return;
    count += static_cast<std::uint64_t>(by);
}

/// A long log knows only itself what is usual; here more is known: a campaign goes on while there is far more
/// than that.
void extend(std::vector<CampaignSpan>& spans, const std::vector<Stretch>& bins, double usual_a_bin) {
    const double calm = 3 * usual_a_bin + 6 * std::sqrt(usual_a_bin) + 3;
    const auto goes_on = [&](std::size_t i) { return static_cast<double>(bins[i].hostile) > calm; };
    for (std::size_t i = 0; i < spans.size(); ++i) {
        const std::size_t first = i == 0 ? 0 : spans[i - 1].last + 1;
        const std::size_t past = i + 1 == spans.size() ? bins.size() : spans[i + 1].first;
        while (spans[i].first > first && goes_on(spans[i].first - 1)) --spans[i].first;
        while (spans[i].last + 1 < past && goes_on(spans[i].last + 1)) ++spans[i].last;
    }
}

IncidentCampaign campaign_of(const Stretch& whole) {
    IncidentCampaign campaign{.first = time_of_unix(whole.first_hostile),
                              .last = time_of_unix(whole.last_hostile),
                              .attempts = whole.hostile,
                              .stopped = whole.stopped,
                              .unknown_accounts = whole.unknown_account};
    if (whole.crowd) {
        campaign.addresses = std::round(whole.crowd->addresses.estimate());
        campaign.networks = std::round(whole.crowd->networks.estimate());
        campaign.accounts = std::round(whole.crowd->accounts.estimate());
    }
    for (std::size_t i = 0; i < whole.services.size(); ++i) {
        if (whole.services[i] > 0) campaign.services.emplace_back(static_cast<Service>(i), whole.services[i]);
    }
    std::ranges::sort(campaign.services, std::ranges::greater{},
                      [](const auto& each) { return std::pair(each.second, each.first); });
    return campaign;
}

}  // namespace

void OpenAlarms::open(std::uint64_t id) {
    if (has(id)) return;
    if (ids_.size() == most) {
        ++uncounted_;
    } else {
        ids_.push_back(id);
    }
}

bool OpenAlarms::close(std::uint64_t id) {
    if (std::erase(ids_, id) > 0) return true;
    if (uncounted_ == 0) return false;
    --uncounted_;
    return true;
}

bool OpenAlarms::has(std::uint64_t id) const {
    return std::ranges::find(ids_, id) != ids_.end();
}

Case::Case(std::string id, const AlarmNotice& first, std::uint64_t pseudonym_key, const Pulse& pulse,
           double usual_hostile_a_minute)
    : key_(pseudonym_key), usual_hostile_(usual_hostile_a_minute) {
    incident_.id = std::move(id);
    incident_.opened = first.opened;
    incident_.began = first.opened;
    join(first);
    backfill(pulse);
}

void Case::backfill(const Pulse& pulse) {
    const Time now = time_of_unix((pulse.newest() + 1) * Pulse::width);
    const Beat before = pulse.sum(incident_.began, now);
    IncidentCounts& counts = incident_.counts;
    counts.attempts = rounded(before.attempts);
    counts.hostile = rounded(before.hostile);
    counts.stopped = rounded(before.stopped);
    counts.reached_database = counts.hostile - std::min(counts.hostile, counts.stopped);
    counts.logins = rounded(before.logins);
    counts.refused = rounded(before.refused);
    counts.faults = rounded(before.faults);
    for (std::int64_t i = pulse.newest() - static_cast<std::int64_t>(Pulse::bins); i <= pulse.newest(); ++i) {
        const Beat* beat = pulse.beat(i);
        if (beat == nullptr || (beat->logins <= 0 && beat->hostile <= 0)) continue;
        const std::int64_t seconds = i * Pulse::width;
        Stretch& bin = bins_.at(seconds);
        if (bin.hostile == 0) bin.first_hostile = seconds;
        if (beat->hostile > 0) bin.last_hostile = seconds;
        bin.logins += rounded(beat->logins);
        bin.hostile += rounded(beat->hostile);
        bin.stopped += rounded(beat->stopped);
    }
}

void Case::learn_from(const AlarmNotice& alarm) {
    only_downwards_ = only_downwards_ && !alarm.upwards;
    many_new_addresses_ |= alarm.upwards && alarm.series.volume == "new addresses";
    // The new one may have begun before the first one did, but not without end.
    const Time earliest = incident_.opened - longest_onset;
    if (alarm.since != Time{}) incident_.began = std::min(incident_.began, std::max(alarm.since, earliest));
}

void Case::join(const AlarmNotice& alarm) {
    alarms.open(alarm.id);
    quiet_since.reset();
    ++incident_.alarms;
    learn_from(alarm);
    SeriesName series{clipped_text(alarm.series.volume, volume_bytes), alarm.series.service};
    const bool known = std::ranges::find(incident_.alarmed, series) != incident_.alarmed.end();
    if (!known && incident_.alarmed.size() < OpenAlarms::most) incident_.alarmed.push_back(std::move(series));
}

void Case::leave(const AlarmNotice& alarm) {
    if (!alarms.close(alarm.id) || !alarms.none()) return;
    end(alarm.closed);
}

void Case::end(Time time) {
    quiet_since = time;
    at_quiet_ = incident_.counts;
}

bool Case::tells(const SeriesName& series) const {
    const SeriesName total{series.volume, Service::unknown};
    return series == total || std::ranges::find(incident_.alarmed, total) == incident_.alarmed.end();
}

void Case::see(const Sighting& seen) {
    if (seen.attempt) count(seen);
    if (seen.hostile) hostile(seen);
    if (seen.login) bins_.at(unix_seconds(seen.time)).logins += seen.times;
}

void Case::see(const MailVisit& visit) {
    if (visit.end == VisitEnd::served) return;
    mail_spread_.see(visit);
    if (!visit.address.is_none()) mail_addresses_.add(mix(visit.address.host_key()));
}

void Case::count(const Sighting& seen) {
    IncidentCounts& counts = incident_.counts;
    counts.attempts += seen.times;
    if (seen.login) counts.logins += seen.times;
    if (seen.hostile) (seen.stopped ? counts.stopped : counts.reached_database) += seen.times;
    if (seen.hostile) counts.hostile += seen.times;
    if (!seen.fault) return;
    counts.faults += seen.times;
    if (seen.account != 0) with_faults_.add(seen.account);
}

void Case::hostile(const Sighting& seen) {
    spread_.see(seen);
    const std::int64_t seconds = unix_seconds(seen.time);
    Stretch& bin = bins_.at(seconds);
    if (bin.hostile == 0) bin.first_hostile = seconds;
    bin.last_hostile = std::max(bin.last_hostile, seconds);
    bin.hostile += seen.times;
    if (seen.stopped) bin.stopped += seen.times;
    if (seen.event.reason == Reason::unknown_account && !seen.stopped) bin.unknown_account += seen.times;
    bin.services[static_cast<std::size_t>(seen.event.service)] += seen.times;
    if (!bin.crowd) bin.crowd = std::make_unique<Crowd>();
    if (seen.host != 0) {
        addresses_.add(seen.host);
        bin.crowd->addresses.add(seen.host);
        bin.crowd->networks.add(mix(seen.event.address.network_key()));
    }
    if (seen.account != 0) {
        accounts_.add(seen.account);
        bin.crowd->accounts.add(seen.account);
    }
}

void Case::refused(const Refusals::Change& by) {
    IncidentCounts& counts = incident_.counts;
    change(counts.refused, by.refused);
    change(counts.refused_familiar, by.familiar);
    change(counts.let_in_later, by.let_in_later);
    if (by.let_in_later > 0)
        counts.longest_wait_seconds = std::max(counts.longest_wait_seconds, static_cast<double>(by.wait));
}

void Case::name_takeover(const Sighting& seen) {
    if (++incident_.counts.suspected_takeovers > most_takeovers) return;
    takeovers_.push_back(
        {.time = seen.time,
         .kind = EntryKind::seen,
         .who = std::string(tidegate_itself),
         .text = "a right password from a place that speaks against it: a takeover?",
         .account = {std::string(clipped_name(seen.event.account)), pseudonym(seen.account)}});
}

void Case::probed(bool answered) {
    probes_.probes += 1;
    probes_.probes_failed += answered ? 0 : 1;
}

void Case::tell(const HourNotice& hour) {
    if (!add_hour(incident_, hour)) ++hours_dropped_;
}

std::string Case::pseudonym(std::uint64_t account) const {
    return fmt::format("account {:06x}", mix(mix(account ^ mix(key_)) + key_) >> 40);
}

std::vector<IncidentCampaign> Case::campaigns() const {
    const std::vector<Stretch>& bins = bins_.bins();
    std::vector<CampaignSpan> spans = find_campaigns(bins, bins_.width());
    extend(spans, bins, usual_hostile_ * static_cast<double>(bins_.width()) / 60);
    std::vector<IncidentCampaign> found;
    for (const CampaignSpan& span : spans) {
        Stretch whole;
        for (std::size_t i = span.first; i <= span.last; ++i) whole.absorb(bins[i]);
        found.push_back(campaign_of(whole));
    }
    std::ranges::sort(found, std::ranges::greater{},
                      [](const IncidentCampaign& each) { return std::pair(each.attempts, each.last); });
    if (found.size() > most_campaigns) found.resize(most_campaigns);
    std::ranges::sort(found, {}, &IncidentCampaign::first);
    return found;
}

/// Refused customers may come back in the quiet, and are counted then.
void Case::forget_quiet(IncidentCounts& counts) const {
    for (const auto attempts : {&IncidentCounts::attempts, &IncidentCounts::hostile, &IncidentCounts::stopped,
                                &IncidentCounts::reached_database, &IncidentCounts::logins})
        counts.*attempts = at_quiet_.*attempts;
}

void Case::forget(const AccountTest& is_meant) {
    for (Entry& takeover : takeovers_) forget_in(takeover, is_meant);
}

IncidentHead Case::head() const {
    return {.id = incident_.id,
            .state = quiet_since ? IncidentState::quiet : IncidentState::open,
            .began = incident_.began,
            .opened = incident_.opened,
            .closed = quiet_since.value_or(Time{}),
            .alarms = incident_.alarms};
}

// What raised the first alarm has the first target.
std::vector<IncidentTarget> Case::targets(const UsualSpread& usual, const UsualMail& usual_mail) const {
    const auto pseudonyms = [this](std::uint64_t account) { return pseudonym(account); };
    std::vector<IncidentTarget> of_log_ins = find_targets(spread_, usual, addresses_.estimate(), pseudonyms);
    if (!usual_mail.is_known()) return of_log_ins;
    std::vector<IncidentTarget> of_mail =
        find_targets(mail_spread_, usual_mail.spread(), mail_addresses_.estimate(), pseudonyms);
    for (IncidentTarget& each : of_mail) each.service = Service::smtp;
    const bool mail_first = is_about_connections(incident_);
    std::vector<IncidentTarget>& first = mail_first ? of_mail : of_log_ins;
    std::ranges::move(mail_first ? of_log_ins : of_mail, std::back_inserter(first));
    return std::move(first);
}

Incident Case::record(const UsualSpread& usual, const UsualMail& usual_mail) const {
    Incident record = incident_;
    record.state = quiet_since ? IncidentState::quiet : IncidentState::open;
    record.closed = quiet_since.value_or(Time{});
    if (quiet_since) forget_quiet(record.counts);
    std::erase_if(record.hours, [&](const HourNotice& hour) { return !shows(record, hour); });
    record.counts.addresses = std::round(addresses_.estimate());
    record.counts.accounts = std::round(accounts_.estimate());
    record.counts.customers_with_faults = std::round(with_faults_.estimate());
    record.counts.error = BasicSketch<11>::standard_error;
    record.campaigns = campaigns();
    record.targets = targets(usual, usual_mail);
    if (record.counts.suspected_takeovers > most_takeovers)
        record.notes.push_back(fmt::format("{} suspected takeovers are counted, but not told of one by one",
                                           record.counts.suspected_takeovers - most_takeovers));
    if (hours_dropped_ > 0)
        record.notes.push_back(fmt::format("{} hours did not fit into the table", hours_dropped_));
    return record;
}

IncidentHead head_of(const Incident& incident) {
    return {.id = incident.id,
            .title = incident.title,
            .state = incident.state,
            .began = incident.began,
            .opened = incident.opened,
            .closed = incident.closed,
            .alarms = incident.alarms};
}

bool shows(const Incident& incident, const HourNotice& hour) {
    constexpr auto one = std::chrono::hours(1);
    if (hour.start + 2 * one <= incident.began) return false;
    if (incident.closed != Time{} && hour.start >= incident.closed + one) return false;
    if (hour.series.volume == "attempts") return true;
    if (std::ranges::find(incident.alarmed, hour.series) != incident.alarmed.end()) return true;
    if (hour.series.service == Service::unknown) return hour.series.volume != "connections";
    const bool beside = hour.series.volume == "failures" || hour.series.volume == "successes" ||
                        hour.series.volume == "stopped";
    return beside && std::ranges::find(incident.alarmed, hour.series.service, &SeriesName::service) !=
                         incident.alarmed.end();
}

bool add_hour(Incident& incident, const HourNotice& hour) {
    const auto order = [](const HourNotice& row) {
        return std::tuple(row.start, row.series.volume, row.series.service);
    };
    const auto place = std::ranges::lower_bound(incident.hours, order(hour), {}, order);
    if (place != incident.hours.end() && order(*place) == order(hour)) {
        *place = hour;
        return true;
    }
    if (incident.hours.size() == most_hours) return false;
    incident.hours.insert(place, hour);
    return true;
}

}  // namespace tidegate::tell
