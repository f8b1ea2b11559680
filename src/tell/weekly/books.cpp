#include "tell/weekly/books.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "tell/ledger.h"

namespace tidegate::tell {
namespace {

std::uint64_t network_of(const Event& event) {
    return event.address.is_none() ? 0 : mix(event.address.network_key());
}

std::uint64_t key_of(const WeekAttempt& attempt) {
    if (attempt.account != 0 || attempt.event.account.empty()) return attempt.account;
    return hash_bytes(attempt.event.account, 0);
}

// `to` may have been counted up before by what is taken back now.
void add(int change, std::uint64_t& to) {
    if (change >= 0)
        to += static_cast<std::uint64_t>(change);
    else
        to -= std::min(to, static_cast<std::uint64_t>(-change));
}

void add(const WeekCounts& from, WeekCounts& to) {
    to.attempts += from.attempts;
    to.logins += from.logins;
    to.hostile += from.hostile;
    to.stopped += from.stopped;
    to.slips += from.slips;
    to.faults += from.faults;
    to.refused += from.refused;
    to.let_in_later += from.let_in_later;
    to.longest_wait = std::max(to.longest_wait, from.longest_wait);
}

Period all_weeks(const Zone& zone, const Period& period) {
    return {weeks_before(zone, period, WeekBooks::weeks_compared).from, period.to};
}

// Longer times than a week overlap with the same time a week before: then there is nothing to compare.
bool can_compare(const Period& period) {
    return period.to - period.from <= std::chrono::hours(24 * 7 + 3);
}

}  // namespace

WeekBooks::WeekBooks(const Zone& zone, const Period& period, std::vector<WeekDown> downs)
    : zone_(zone), period_(period), minutes_(all_weeks(zone, period)) {
    if (can_compare(period))
        for (std::size_t weeks = weeks_compared; weeks > 0; --weeks)
            spans_.push_back({weeks_before(zone, period, static_cast<unsigned>(weeks)), {}});
    const std::vector<Time> days = days_of(zone, period);
    for (std::size_t i = 0; i < days.size(); ++i)
        spans_.push_back({{days[i], i + 1 < days.size() ? days[i + 1] : period.to}, {}});
    for (WeekDown& each : downs) downs_.push_back({std::move(each), {}});
}

WeekBooks::Span* WeekBooks::span_of(Time time) {
    if (spans_[current_].period.has(time)) return &spans_[current_];
    const auto found = std::ranges::find_if(spans_, [&](const Span& each) { return each.period.has(time); });
    if (found == spans_.end()) return nullptr;
    current_ = static_cast<std::size_t>(found - spans_.begin());
    return &*found;
}

void WeekBooks::see(const WeekAttempt& attempt) {
    const Event& event = attempt.event;
    saw(event.time);
    if (event.kind != EventKind::attempt || event.attempts == 0) return;
    const std::uint64_t key = key_of(attempt), network = network_of(event);
    Verdict verdict;
    verdict.measure = attempt.answered;
    verdict.suspected_takeover = attempt.suspected_takeover;
    verdict.familiar = key != 0 && network != 0 && homes_.knows(mix(key), network);
    const Sighting seen = sight(event, verdict, key);
    if (Span* span = span_of(event.time)) count(seen, span->counts);
    count_refusals(seen);
    if (period_.has(event.time)) count_week(attempt, seen);
    if (seen.login && !seen.takeover && key != 0 && network != 0) homes_.learn(seen.account, network);
}

void WeekBooks::count(const Sighting& seen, WeekCounts& counts) {
    counts.attempts += seen.times;
    if (seen.login) counts.logins += seen.times;
    if (seen.hostile) counts.hostile += seen.times;
    if (seen.stopped) counts.stopped += seen.times;
    if (seen.guess && seen.familiar) counts.slips += seen.times;
    if (seen.fault) counts.faults += seen.times;
}

// Whatever becomes of somebody who was refused belongs to the day on which he was.
void WeekBooks::count_refusals(const Sighting& seen) {
    if (seen.host == 0 || seen.account == 0 || (!seen.stopped && !seen.login)) return;
    const std::uint64_t client = mix(seen.host ^ seen.account) | 1;
    const Refusals::Change change = seen.stopped ? refusals_.stopped(client, seen.time, seen.familiar)
                                                 : refusals_.let_in(client, seen.time);
    if (change.first == Time{}) return;
    Span* span = span_of(change.first);
    if (span == nullptr) return;
    add(change.refused, span->counts.refused);
    add(change.let_in_later, span->counts.let_in_later);
    if (change.let_in_later > 0)
        span->counts.longest_wait =
            std::max<Duration>(span->counts.longest_wait, std::chrono::seconds(change.wait));
}

void WeekBooks::count_week(const WeekAttempt& attempt, const Sighting& seen) {
    if (seen.hostile && seen.host != 0) {
        addresses_.add(seen.host);
        networks_.add(network_of(attempt.event));
    }
    if (seen.hostile && seen.account != 0) accounts_.add(seen.account);
    if (seen.fault) count_fault(seen);
    if (seen.takeover) suspect(attempt, seen);
}

void WeekBooks::count_fault(const Sighting& seen) {
    for (Down& each : downs_) {
        const Time until = each.down.back ? *each.down.back + settles : Time::max();
        if (seen.time < each.down.out || seen.time >= until) continue;
        each.down.faults += seen.times;
        if (seen.account != 0) each.customers.add(seen.account);
    }
}

void WeekBooks::suspect(const WeekAttempt& attempt, const Sighting& seen) {
    if (suspected_.size() >= most_suspected && !suspected_.contains(seen.account)) return;
    const auto [place, is_new] = suspected_.try_emplace(seen.account, takeovers_.size());
    if (!is_new) {
        if (place->second < takeovers_.size()) takeovers_[place->second].times += seen.times;
        return;
    }
    if (takeovers_.size() >= most_takeovers) {
        place->second = most_takeovers;
        return;
    }
    const Event& event = attempt.event;
    suspects_.push_back({key_of(attempt), takeovers_.size()});
    takeovers_.push_back({.account = std::string(clipped_name(event.account)),
                          .address = event.address.is_none() ? std::string() : event.address.text(),
                          .service = event.service,
                          .first = event.time,
                          .times = seen.times});
}

void WeekBooks::tell(const RestartNotice& restart) {
    const bool is_known =
        !downs_.empty() && downs_.back().down.server == restart.node && !downs_.back().down.back;
    if (restart.up) {
        if (is_known) downs_.back().down.back = restart.time;
        return;
    }
    if (is_known || downs_.size() >= most_downs || restart.time < period_.from) return;
    downs_.push_back({{.server = restart.node,
                       .out = restart.time,
                       .back = {},
                       .why = "ended without being told to",
                       .by_hand = !restart.who.empty()},
                      {}});
}

// The journal reaches back to its beginning, and a tenth of it at most was not watched.
bool WeekBooks::has_whole(const Period& period) const {
    const auto first = minutes_.first();
    if (!first || *first > period.from + std::chrono::hours(1)) return false;
    return sum_of(minutes_.gaps(period)) * 10 < period.to - period.from;
}

void WeekBooks::cover(Week& to, Time until) const {
    const Period part{period_.from, std::min(period_.to, std::max(until, period_.from))};
    std::vector<Period> gaps = minutes_.gaps(part);
    to.coverage.unwatched = sum_of(gaps);
    to.coverage.homes_forgotten = homes_.forgotten();
    const auto first = minutes_.first();
    if (first && *first > period_.from) {
        to.coverage.journal_begins = first;
        std::erase_if(gaps, [&](const Period& each) { return each.from == period_.from; });
    }
    std::ranges::sort(gaps, {}, [](const Period& each) { return std::pair(each.from - each.to, each.from); });
    if (gaps.size() > 20) gaps.resize(20);
    to.coverage.gaps = std::move(gaps);
}

void WeekBooks::finish(Week& to, Time until) const {
    to.period = period_;
    to.zone = zone_;
    for (const Span& each : spans_) {
        if (each.period.from >= period_.from) {
            to.days.push_back({each.period.from, each.counts});
            add(each.counts, to.total);
        } else {
            to.before.insert(to.before.begin(),
                             has_whole(each.period) ? std::optional(each.counts) : std::nullopt);
        }
    }
    to.addresses = addresses_.estimate();
    to.networks = networks_.estimate();
    to.accounts = accounts_.estimate();
    to.error = BasicSketch<12>::standard_error;
    to.takeovers = takeovers_;
    to.takeover_count = suspected_.size();
    for (const Down& each : downs_) {
        to.downs.push_back(each.down);
        to.downs.back().customers = each.customers.estimate();
    }
    std::ranges::sort(to.downs, {}, [](const WeekDown& each) { return std::pair(each.out, each.server); });
    cover(to, until);
}

}  // namespace tidegate::tell
