#include <fmt/format.h>

#include <algorithm>

#include "drill/record.h"
#include "drill/report.h"
#include "tell/words.h"

namespace tidegate::drill {
namespace {

std::string pretty(const Measures& of, std::string_view measure) {
    return shown(measure, of.get(measure));
}

/// "12 of 355,012 (1 in 29,584)".
std::string part_of(const Kept& kept) {
    if (kept.all == 0) return "none came";
    return fmt::format(
        "{} of {} ({})", tell::count(kept.out), tell::count(kept.all),
        shown("x.refused_ratio", static_cast<double>(kept.out) / static_cast<double>(kept.all)));
}

class Text {
public:
    explicit Text(const Drilled& drilled) : drilled_(drilled), counts_(drilled.counts) {}

    std::string whole() {
        head();
        if (drilled_.scenario->is_crowd()) {
            out_ += crowd_text(drilled_);
            checks();
            return std::move(out_);
        }
        defences();
        customers();
        more();
        record();
        if (drilled_.scenario->attack_hours <= 48 && has_pace()) hours();
        checks();
        return std::move(out_);
    }

private:
    void head();
    void defences();
    void customers();
    void more();
    void record();
    void hours();
    void checks();

    void line(std::string_view what, const std::string& figure) {
        out_ += fmt::format("  {:<40} {}\n", what, figure);
    }
    [[nodiscard]] bool has_pace() const {
        return std::ranges::any_of(drilled_.scenario->botnets,
                                   [](const Botnet& botnet) { return !botnet.pace.empty(); });
    }
    [[nodiscard]] std::string of(std::string_view measure) const { return pretty(drilled_.pooled, measure); }
    void defence(std::string_view who, const std::string& prefix, const std::string& customers,
                 std::string_view rule);

    const Drilled& drilled_;
    const Counts& counts_;
    std::string out_;
};

void Text::head() {
    const Scenario& scenario = *drilled_.scenario;
    out_ = drilled_.live.empty()
               ? fmt::format("Drill {} with what the {} sees, ", full_name(scenario), name(drilled_.sensor))
               : fmt::format("Drill {} played live, ", full_name(scenario));
    if (drilled_.runs.size() == 1)
        out_ += fmt::format("seed {}\n", drilled_.runs.front().seed);
    else
        out_ +=
            fmt::format("seeds {} to {}, added up\n", drilled_.runs.front().seed, drilled_.runs.back().seed);
    if (!scenario.about.empty()) out_ += scenario.about + '\n';
    for (const std::string& setting : drilled_.live.empty() ? settings_of(scenario) : drilled_.live)
        out_ += "  " + setting + '\n';
}

void Text::defence(std::string_view who, const std::string& prefix, const std::string& customers,
                   std::string_view rule) {
    out_ += fmt::format("  {:<11} {:>10} {:>12} {:>12} {:>16}  {}\n", who,
                        of(prefix + "stopped_before_database"), of(prefix + "guesses_reached_database"),
                        of(customers + "refused"), of(customers + "refused_ratio"), rule);
}

void Text::defences() {
    out_ += fmt::format("\n  {:<11} {:>10} {:>12} {:>12} {:>16}\n", "", "guesses", "that reached",
                        "customers'", "");
    out_ += fmt::format("  {:<11} {:>10} {:>12} {:>12} {:>16}\n", "", "stopped", "the database", "refused",
                        "of log-ins");
    defence("Tidegate", "attack.", "customers.", "");
    for (std::size_t i = 0; i < rivals; ++i) {
        const std::string prefix = fmt::format("rivals.{}.", rival_names[i]);
        defence(rival_names[i], prefix, prefix + "customers_", rule_of(static_cast<Rival>(i)));
    }
}

void Text::customers() {
    out_ += "\nCustomers' log-ins with the right password\n";
    line("refused, or over 10 s late", part_of(counts_.logins));
    line("... from where the account was before", part_of(counts_.familiar));
    line("... from a network new to it", part_of(counts_.unfamiliar));
    line("... persons who were somewhere new", part_of(counts_.unfamiliar_persons));
    if (counts_.victims.all > 0) line("... owners of accounts under siege", part_of(counts_.victims));
    line("told 'wrong password' all the same", tell::count(counts_.false_prompts));
    line("wrongly flagged as a takeover", part_of({.all = counts_.logins.all, .out = counts_.false_flags}));
}

void Text::more() {
    const Kept& pairs = counts_.takeovers;
    out_ += "\nThe attack\n";
    line("tries, guesses",
         fmt::format("{}, {}", tell::count(counts_.attempts), tell::count(counts_.guesses.all)));
    for (std::size_t i = 0; i < drilled_.scenario->botnets.size(); ++i)
        line("stopped of " + drilled_.scenario->botnets[i].name,
             fmt::format("{} of {}", tell::percent(counts_.botnets[i].out, counts_.botnets[i].all),
                         tell::count(counts_.botnets[i].all)));
    line("right passwords in wrong hands",
         fmt::format("{}: {} stopped, {} got in, {} of these flagged", tell::count(pairs.all),
                     tell::count(pairs.out), tell::count(pairs.all - pairs.out),
                     tell::count(counts_.takeovers_flagged)));
    line("look-ups, against no protection", of("database.lookups_vs_unprotected"));
    line("different addresses refused",
         fmt::format("{} (sketch, +-{:.1f} %; exactly {})", tell::about(counts_.addresses_estimate),
                     100 * Sketch::standard_error, tell::count(counts_.addresses_refused)));
    line("alert after", of("alert.seconds"));
    line("false alerts a week", of("alert.false_per_week"));
    line("the judge", fmt::format("{:.0f} ns an event, {}, {:.0f} bytes an address",
                                  drilled_.pooled.get("judge.ns_per_event").value_or(0), of("memory.total"),
                                  drilled_.pooled.get("memory.bytes_per_address").value_or(0)));
}

// What Tidegate itself wrote down; of several seeds that would be too long.
void Text::record() {
    if (drilled_.runs.size() != 1) return;
    const Run& run = drilled_.runs.front();
    const Incident* incident = record_of(*drilled_.scenario, run.incidents);
    if (incident == nullptr) return;
    out_ += "\nWhat Tidegate wrote down\n";
    line("incident", incident->title);
    constexpr std::size_t most = 12;
    for (std::size_t i = 0, told = 0; i < run.postures.size() && told < most; ++i) {
        const judge::PostureChange& each = run.postures[i];
        if (each.seconds < unix_seconds(incident->began)) continue;
        ++told;
        line(fmt::format("{}  {}", rfc3339(time_of_unix(each.seconds)), name(each.to)),
             tell::clipped(each.reason, 90, false));
    }
}

void Text::hours() {
    out_ += fmt::format("\n  {:>4} {:>14} {:>12} {:>12}\n", "hour", "above normal", "stopped", "served");
    for (std::size_t i = 0; i < counts_.hours.size(); ++i) {
        const std::string hour = fmt::format("hours.{:02}.", i);
        out_ += fmt::format("  {:>4} {:>14} {:>12} {:>12}\n", i, of(hour + "above_normal"),
                            of(hour + "stopped_before_database"), of(hour + "customers_served"));
    }
}

void Text::checks() {
    if (drilled_.checks.empty()) return;
    const bool many = drilled_.runs.size() > 1;
    out_ += "\nChecks\n";
    for (const Judged& check : drilled_.checks) {
        const std::string_view word = !check.held ? "not yet" : *check.held ? "held" : "FAILED";
        if (!check.unseen.empty()) {
            out_ += fmt::format("  {:<7} {}: {}\n", "unseen", check.name, check.unseen);
            continue;
        }
        if (!check.held) {
            out_ += fmt::format("  {:<7} {}: needs {}\n", word, check.name, check.needs);
            continue;
        }
        out_ += fmt::format("  {:<7} {:<50} wanted {:<22} ", word, check.name, wanted(*check.check));
        out_ += fmt::format("got {}{}\n", shown(check.measure, check.got),
                            many ? ", worst seed " + shown(check.measure, check.worst) : "");
    }
}

}  // namespace

std::string report_text(const Drilled& drilled) {
    return Text(drilled).whole();
}

}  // namespace tidegate::drill
