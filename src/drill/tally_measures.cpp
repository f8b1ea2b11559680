// Counts to figures.
#include <fmt/format.h>

#include <algorithm>

#include "drill/scenario.h"
#include "drill/tally.h"

namespace tidegate::drill {
namespace {

double real(std::uint64_t count) {
    return static_cast<double>(count);
}

class Figures {
public:
    Figures(const Counts& counts, const Scenario& scenario) : counts_(counts), scenario_(scenario) {}

    Measures all() {
        attack();
        customers();
        takeovers();
        database();
        alert();
        judge();
        others();
        hours();
        return std::move(out_);
    }

private:
    void count(std::string_view name, std::uint64_t value) { out_.set(name, real(value)); }
    void ratio(std::string_view name, std::uint64_t part, std::uint64_t whole) {
        out_.set_ratio(name, real(part), real(whole));
    }
    // "x.refused" and "x.refused_ratio".
    void kept_out(const std::string& name, const Kept& kept) {
        count(name, kept.out);
        ratio(name + "_ratio", kept.out, kept.all);
    }

    void attack();
    void customers();
    void takeovers();
    void database();
    void alert();
    void judge();
    void others();
    void hours();

    const Counts& counts_;
    const Scenario& scenario_;
    Measures out_;
};

void Figures::attack() {
    const Kept& guesses = counts_.guesses;
    count("attack.attempts", counts_.attempts);
    count("attack.guesses", guesses.all);
    count("attack.guesses_stopped", guesses.out);
    ratio("attack.stopped_before_database", guesses.out, guesses.all);
    count("attack.guesses_reached_database", guesses.all - guesses.out);
    for (std::size_t i = 0; i < scenario_.botnets.size() && i < counts_.botnets.size(); ++i) {
        const std::string name = "botnets." + scenario_.botnets[i].name;
        count(name + ".guesses", counts_.botnets[i].all);
        count(name + ".stopped", counts_.botnets[i].out);
        ratio(name + ".stopped_ratio", counts_.botnets[i].out, counts_.botnets[i].all);
    }
    count("addresses.refused", counts_.addresses_refused);
    out_.set("addresses.refused_estimate", counts_.addresses_estimate);
    out_.set("addresses.estimate_standard_error", Sketch::standard_error);
    const double off = counts_.addresses_estimate - real(counts_.addresses_refused);
    out_.set_ratio("addresses.estimate_off_by", off < 0 ? -off : off, real(counts_.addresses_refused));
}

void Figures::customers() {
    count("customers.logins", counts_.logins.all);
    kept_out("customers.refused", counts_.logins);
    count("customers.familiar_logins", counts_.familiar.all);
    kept_out("customers.familiar_refused", counts_.familiar);
    count("customers.unfamiliar_logins", counts_.unfamiliar.all);
    kept_out("customers.unfamiliar_refused", counts_.unfamiliar);
    count("customers.unfamiliar_persons", counts_.unfamiliar_persons.all);
    kept_out("customers.unfamiliar_persons_refused", counts_.unfamiliar_persons);
    count("customers.false_password_prompts", counts_.false_prompts);
    count("customers.victims_logins", counts_.victims.all);
    kept_out("customers.victims_refused", counts_.victims);
}

void Figures::takeovers() {
    const Kept& pairs = counts_.takeovers;
    count("takeovers.presented", pairs.all);
    count("takeovers.stopped", pairs.out);
    count("takeovers.happened", pairs.all - pairs.out);
    count("takeovers.flagged", counts_.takeovers_flagged);
    ratio("takeovers.stopped_or_flagged", pairs.out + counts_.takeovers_flagged, pairs.all);
    count("takeovers.false", counts_.false_flags);
    ratio("takeovers.false_ratio", counts_.false_flags, counts_.logins.all);
}

void Figures::database() {
    count("database.lookups", counts_.lookups);
    count("database.lookups_unprotected", counts_.lookups_unprotected);
    ratio("database.lookups_vs_unprotected", counts_.lookups, counts_.lookups_unprotected);
    count("unprotected.customers_refused", counts_.unprotected_late);
    ratio("unprotected.customers_refused_ratio", counts_.unprotected_late, counts_.logins.all);
}

void Figures::alert() {
    const bool every_time = counts_.alerts_due > 0 && counts_.alerts_given == counts_.alerts_due;
    out_.set("alert.seconds", every_time ? std::optional(counts_.alert_seconds) : std::nullopt);
    count("alert.missed", counts_.alerts_due - counts_.alerts_given);
    count("alert.false", counts_.false_alarms);
    out_.set_ratio("alert.false_per_week", real(counts_.false_alarms) * 7, counts_.quiet_days);
    const Record& record = counts_.record;
    const bool whole = record.hours > 0 && record.hours == record.hours_due;
    count("record.hours_missing", record.hours_due - record.hours);
    out_.set("record.hours_error_points", whole ? std::optional(record.largest_error) : std::nullopt);
    out_.set("record.hours_off_by_points", whole ? std::optional(record.largest_off) : std::nullopt);
    count("record.actions", record.actions);
    ratio("record.actions_with_effect", record.actions_told, record.actions);
    count("database.unanswered", counts_.unanswered);
    ratio("record.restart_faults_ratio", record.faults_told, counts_.unanswered);
    out_.set_ratio("restart.held", counts_.restarts_kept, real(counts_.restarts));
}

void Figures::judge() {
    ratio("judge.ns_per_event", counts_.judge_ns, counts_.judge_events);
    count("judge.events", counts_.judge_events);
    ratio("memory.bytes_per_address", counts_.memory_bytes, counts_.memory_addresses);
    count("memory.total", counts_.memory_bytes);
}

void Figures::others() {
    for (std::size_t i = 0; i < rivals; ++i) {
        const std::string name = "rivals." + std::string(rival_names[i]);
        const std::uint64_t reached = counts_.rival_reached[i];
        count(name + ".guesses_reached_database", reached);
        ratio(name + ".stopped_before_database", counts_.guesses.all - reached, counts_.guesses.all);
        count(name + ".customers_refused", counts_.rival_refused[i]);
        ratio(name + ".customers_refused_ratio", counts_.rival_refused[i], counts_.logins.all);
    }
}

void Figures::hours() {
    std::optional<double> worst;
    for (std::size_t i = 0; i < counts_.hours.size(); ++i) {
        const HourCount& hour = counts_.hours[i];
        const std::string name = fmt::format("hours.{:02}", i);
        ratio(name + ".customers_served", hour.logins.all - hour.logins.out, hour.logins.all);
        ratio(name + ".stopped_before_database", hour.guesses.out, hour.guesses.all);
        out_.set(name + ".above_normal", hour.above_normal());
        if (const auto served = out_.get(name + ".customers_served"))
            worst = std::min(worst.value_or(1), *served);
    }
    out_.set("customers.worst_hour_served", worst);
}

}  // namespace

Measures measures_of(const Counts& counts, const Scenario& scenario) {
    return Figures(counts, scenario).all();
}

}  // namespace tidegate::drill
