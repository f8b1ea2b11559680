#include "drill/tally.h"

#include <algorithm>
#include <cmath>

#include "base/hash.h"

namespace tidegate::drill {
namespace {

constexpr Duration too_late = std::chrono::seconds(tell::tries_grace);
constexpr std::uint8_t ours = tell::tidegate_bit;

// What is noted of a log-in or guess until its quarter of an hour is over.
enum Note : std::uint32_t { counted = 1, familiar = 2, flagged = 4, prompted = 8 };
constexpr unsigned hour_shift = 8;

std::uint32_t table_seconds(Time time, Duration delay) {
    return static_cast<std::uint32_t>(unix_seconds(time + delay));
}

std::uint64_t key_of(const Truth& truth) {
    return mix((truth.login << 2 | std::uint64_t{truth.right} << 1 | std::uint64_t{truth.hostile}) + 1);
}

template <class T>
void add_up(std::vector<T>& to, const std::vector<T>& from, void (*add)(T&, const T&)) {
    to.resize(std::max(to.size(), from.size()));
    for (std::size_t i = 0; i < from.size(); ++i) add(to[i], from[i]);
}

void add_hour(HourCount& to, const HourCount& from) {
    to.logins += from.logins;
    to.guesses += from.guesses;
    to.customers += from.customers;
    to.background += from.background;
    to.attack += from.attack;
}

void add_record(Record& to, const Record& from) {
    to.hours_due += from.hours_due;
    to.hours += from.hours;
    to.largest_error = std::max(to.largest_error, from.largest_error);
    to.largest_off = std::max(to.largest_off, from.largest_off);
    to.actions += from.actions;
    to.actions_told += from.actions_told;
    to.faults_told += from.faults_told;
}

}  // namespace

bool is_attack(const Botnet& botnet) {
    return !botnet.throughout && botnet.task != Task::whiten;
}

void Calibration::add(Decibans sum, bool is_hostile) {
    const int at = static_cast<int>(std::floor((sum.value() - lowest) / step));
    auto& side = is_hostile ? hostile : customers;
    ++side[static_cast<std::size_t>(std::clamp(at, 0, steps - 1))];
}

Counts& Counts::operator+=(const Counts& other) {
    for (const auto member :
         {&Counts::runs, &Counts::attempts, &Counts::false_prompts, &Counts::takeovers_flagged,
          &Counts::false_flags, &Counts::unanswered, &Counts::lookups, &Counts::lookups_unprotected,
          &Counts::unprotected_late, &Counts::addresses_refused, &Counts::alerts_due, &Counts::alerts_given,
          &Counts::false_alarms, &Counts::judge_ns, &Counts::judge_events, &Counts::restarts})
        this->*member += other.*member;
    for (const auto member : {&Counts::guesses, &Counts::logins, &Counts::familiar, &Counts::unfamiliar,
                              &Counts::unfamiliar_persons, &Counts::victims, &Counts::takeovers})
        this->*member += other.*member;
    add_up<Kept>(botnets, other.botnets, [](Kept& to, const Kept& from) { to += from; });
    add_up<HourCount>(hours, other.hours, add_hour);
    for (std::size_t i = 0; i < rivals; ++i) {
        rival_reached[i] += other.rival_reached[i];
        rival_refused[i] += other.rival_refused[i];
    }
    for (std::size_t i = 0; i < Calibration::steps; ++i) {
        calibration.hostile[i] += other.calibration.hostile[i];
        calibration.customers[i] += other.calibration.customers[i];
    }
    addresses_estimate += other.addresses_estimate;
    quiet_days += other.quiet_days;
    restarts_kept += other.restarts_kept;
    add_record(record, other.record);
    alert_seconds = std::max(alert_seconds, other.alert_seconds);
    memory_bytes = std::max(memory_bytes, other.memory_bytes);
    memory_addresses = std::max(memory_addresses, other.memory_addresses);
    return *this;
}

std::size_t hours_counted(const Scenario& scenario) {
    return static_cast<std::size_t>(std::ceil(std::max(1.0, scenario.attack_hours)));
}

Tally::Tally(const Scenario& scenario, Sensor sensor)
    : scenario_(scenario),
      sensor_(sensor),
      begin_(scenario.attack_begin()),
      database_(scenario.servers, begin_),
      unprotected_(scenario.servers, begin_) {
    counts_.runs = 1;
    counts_.botnets.resize(scenario.botnets.size());
    counts_.hours.resize(hours_counted(scenario));
    for (const Botnet& botnet : scenario.botnets) has_victims_ |= botnet.task == Task::victim;
}

std::optional<Duration> Tally::see(const Try& it, const Verdict& verdict) {
    Seen seen{.it = it,
              .verdict = verdict,
              .counts = it.event.time >= begin_,
              .stopped = is_stopped(verdict.measure)};
    look_up(seen);
    if (seen.counts) {
        counts_.calibration.add(verdict.sum, it.truth.hostile);
        if (seen.stopped) count_refused_address(seen);
    }
    it.truth.hostile ? see_bot(seen) : see_customer(seen);
    return seen.wait;
}

void Tally::look_up(Seen& seen) {
    if (seen.stopped) {
        seen.late = true;
        return;
    }
    seen.wait = database_.look_up(seen.it.event.time);
    const Duration delay = seen.verdict.measure == Measure::slow ? seen.verdict.delay : Duration{};
    seen.late = *seen.wait + delay > too_late;
    if (!seen.counts) return;
    ++counts_.lookups;
    counts_.unanswered += *seen.wait >= Database::patience;
}

void Tally::count_rivals(const Seen& seen) {
    const Duration alone = unprotected_.look_up(seen.it.event.time);
    const Rivals::Bits blocked = rivals_.see(seen.it.event);
    if (!seen.counts) return;
    ++counts_.lookups_unprotected;
    const Truth& truth = seen.it.truth;
    const bool customer = !truth.hostile && truth.right;
    if (customer && alone > too_late) ++counts_.unprotected_late;
    const bool attack = truth.hostile && is_attack(scenario_.botnets[truth.group]);
    for (std::size_t i = 0; i < rivals; ++i) {
        const bool blocks = (blocked >> i & 1U) != 0;
        counts_.rival_reached[i] += attack && !blocks;
        counts_.rival_refused[i] += customer && blocks;
    }
}

void Tally::count_in_hour(const Seen& seen) {
    if (!seen.counts) return;
    const Truth& truth = seen.it.truth;
    HourCount& hour = counts_.hours[hour_at(seen.it.event.time)];
    ++(!truth.hostile                              ? hour.customers
       : scenario_.botnets[truth.group].throughout ? hour.background
                                                   : hour.attack);
}

void Tally::see_bot(const Seen& seen) {
    const Truth& truth = seen.it.truth;
    const auto [group, first, passed] = tries_.guess(key_of(truth), table_seconds(seen.it.event.time, {}),
                                                     seen.stopped ? ours : std::uint8_t{0});
    if (first) {
        count_rivals(seen);
        count_in_hour(seen);
        group->note = seen.counts ? counted | hour_at(seen.it.event.time) << hour_shift : 0U;
    }
    if (seen.counts && is_attack(scenario_.botnets[truth.group])) ++counts_.attempts;
    if ((group->note & counted) == 0) return;
    see_guess(seen, first, passed != 0, counts_.hours[group->note >> hour_shift]);
    if (truth.right && scenario_.botnets[truth.group].task != Task::whiten)
        see_takeover(seen, first, passed != 0, *group);
}

void Tally::see_guess(const Seen& seen, bool first, bool passed, HourCount& hour) {
    const auto count = [&](Kept& kept) {
        kept.all += first;
        kept.out += first && seen.stopped;
        kept.out -= passed;
    };
    const Truth& truth = seen.it.truth;
    const Botnet& botnet = scenario_.botnets[truth.group];
    count(counts_.botnets[truth.group]);
    if (!is_attack(botnet)) return;
    count(counts_.guesses);
    count(hour.guesses);
    if (botnet.task == Task::victim) victims_.insert(truth.account);
}

void Tally::see_takeover(const Seen& seen, bool first, bool passed, tell::Tries::Group& group) {
    counts_.takeovers.all += first;
    counts_.takeovers.out += first && seen.stopped;
    counts_.takeovers.out -= passed;
    if (seen.stopped || !seen.verdict.suspected_takeover || (group.note & flagged) != 0) return;
    group.note |= flagged;
    ++counts_.takeovers_flagged;
}

void Tally::see_customer(const Seen& seen) {
    const Truth& truth = seen.it.truth;
    const Duration delay = seen.verdict.measure == Measure::slow ? seen.verdict.delay : Duration{};
    const std::uint32_t now = table_seconds(seen.it.event.time, delay);
    const std::uint8_t out = seen.late ? ours : 0;
    const auto [group, first, passed] =
        truth.right ? tries_.login(key_of(truth), now, out) : tries_.guess(key_of(truth), now, out);
    if (first) {
        count_rivals(seen);
        count_in_hour(seen);
        group->note = 0;
        if (seen.counts && truth.right) count_login(seen, *group);
    }
    if ((group->note & counted) == 0) return;
    if (passed != 0) let_in_after_all(seen, group->note);
    if (!seen.stopped && seen.verdict.suspected_takeover && (group->note & flagged) == 0) {
        group->note |= flagged;
        ++counts_.false_flags;
    }
    // Dovecot's policy can only say "authentication failed"; the doubtful are delayed there.
    const bool told_wrong = sensor_ == Sensor::policy && seen.verdict.measure >= Measure::refuse;
    if (told_wrong && (group->note & prompted) == 0) {
        group->note |= prompted;
        ++counts_.false_prompts;
    }
}

void Tally::count_login(const Seen& seen, tell::Tries::Group& group) {
    const Truth& truth = seen.it.truth;
    const auto count = [&](Kept& kept) {
        ++kept.all;
        kept.out += seen.late;
    };
    count(counts_.logins);
    count(truth.familiar ? counts_.familiar : counts_.unfamiliar);
    count(counts_.hours[hour_at(seen.it.event.time)].logins);
    if (has_victims_) count(logins_of_[truth.account]);
    if (!truth.familiar) {
        Person& person = persons_[truth.actor];
        ++person.logins;
        person.refused += seen.late;
    }
    group.note = counted | (truth.familiar ? familiar : 0U) | hour_at(seen.it.event.time) << hour_shift;
}

void Tally::let_in_after_all(const Seen& seen, std::uint32_t note) {
    const bool was_familiar = (note & familiar) != 0;
    --counts_.logins.out;
    --(was_familiar ? counts_.familiar : counts_.unfamiliar).out;
    --counts_.hours[note >> hour_shift].logins.out;
    if (has_victims_) --logins_of_[seen.it.truth.account].out;
    if (!was_familiar) --persons_[seen.it.truth.actor].refused;
}

void Tally::count_refused_address(const Seen& seen) {
    const std::uint64_t host = mix(seen.it.event.address.host_key());
    refused_sketch_.add(host);
    refused_.push_back(host);
}

std::uint32_t Tally::hour_at(Time time) const {
    const auto hour = std::chrono::floor<std::chrono::hours>(time - begin_).count();
    return static_cast<std::uint32_t>(
        std::clamp(hour, std::int64_t{0}, static_cast<std::int64_t>(counts_.hours.size()) - 1));
}

Counts Tally::finish() {
    counts_.unfamiliar_persons = {};
    for (const auto& [actor, person] : persons_) {
        ++counts_.unfamiliar_persons.all;
        counts_.unfamiliar_persons.out += person.refused > 0;
    }
    counts_.victims = {};
    for (const std::uint32_t account : victims_)
        if (const auto found = logins_of_.find(account); found != logins_of_.end())
            counts_.victims += found->second;
    std::ranges::sort(refused_);
    refused_.erase(std::ranges::unique(refused_).begin(), refused_.end());
    counts_.addresses_refused = refused_.size();
    counts_.addresses_estimate = refused_sketch_.estimate();
    return counts_;
}

}  // namespace tidegate::drill
