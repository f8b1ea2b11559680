// A post-mortem's first draft.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "tell/incident/forms.h"
#include "tell/incident/markdown_text.h"
#include "tell/incident/public_text.h"
#include "tell/incident/story.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

std::uint64_t whole(double value) {
    return static_cast<std::uint64_t>(std::llround(std::clamp(value, 0.0, 1e18)));
}

/// "12", "3.4", "0.05": three digits at least.
std::string figure(double value) {
    return std::abs(value) < 100 ? fmt::format("{:.3g}", value) : count(whole(value));
}

/// Never 0 % or 100 % unless exactly so.
std::string share_text(double share) {
    if (share <= 0) return "0 %";
    if (share >= 1) return "100 %";
    if (share < 0.001) return "<0.1 %";
    if (share > 0.9999) return ">99.99 %";
    return fmt::format("{:.{}f} %", 100 * share, share > 0.99 ? 2 : 1);
}

/// Never a certainty: nothing weighed is one.
std::string probability_text(double probability) {
    if (probability > 0.999) return "over 99.9 %";
    if (probability < 0.001) return "under 0.1 %";
    return fmt::format("{:.1f} %", 100 * probability);
}

class Page {
public:
    Page(const Incident& incident, const IncidentFormOptions& options)
        : incident_(incident), options_(options), public_(incident, options.names) {}

    std::string text() &&;

private:
    template <class... Args>
    void line(fmt::format_string<Args...> format, Args&&... args) {
        fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
        out_ += '\n';
    }
    void heading(std::string_view text) { line("\n## {}\n", text); }
    [[nodiscard]] std::string said(std::string_view text) const { return markdown_text(public_.text(text)); }
    [[nodiscard]] std::string moment(Time time) const { return day_and_time(options_.zone, time); }
    [[nodiscard]] std::string named(const IncidentTarget& target) const;

    void top();
    void summary();
    void summary_of_attack();
    void summary_of_cause();
    void timeline();
    void hours();
    void hour_table(Service service);
    void hour_row(const HourNotice& hour);
    [[nodiscard]] std::string observed(Time start, std::string_view volume, Service service) const;
    void stopped();
    void campaigns();
    void hurt();
    void actions();
    void action(const IncidentAction& action);
    void restarts();
    void target();
    void cause();
    void notes();

    const Incident& incident_;
    const IncidentFormOptions& options_;
    PublicText public_;
    std::string out_;
};

std::string Page::named(const IncidentTarget& target) const {
    const std::string_view kind = kind_words(target);
    if (target.kind != TargetKind::account) return fmt::format("the {} {}", kind, markdown_name(target.name));
    if (options_.names) return fmt::format("the {} {}", kind, markdown_name(target.account.name));
    return fmt::format("the {}", target.account.pseudonym);
}

void Page::top() {
    line("# {}\n", said(incident_.title));
    line("Incident {}, {}. Times are those of {}.\n", said(incident_.id), name(incident_.state),
         options_.zone.label(incident_.opened));
    line("| | |\n|---|---|");
    line("| Began | {} |", moment(incident_.began));
    line("| Noticed | {} ({} later) |", moment(incident_.opened), length(incident_.opened - incident_.began));
    if (incident_.closed != Time{})
        line("| Over | {} (after {}) |", moment(incident_.closed),
             length(incident_.closed - incident_.began));
}

void Page::summary_of_attack() {
    const IncidentCounts& counts = incident_.counts;
    if (counts.hostile == 0) return;
    const std::vector<Service> services = attacked_services(incident_);
    std::vector<std::string> over;
    for (const Service service : services) over.emplace_back(words(service));
    line(
        "{} hostile attempts{}{} came from about {} addresses and tried about {} accounts. Tidegate kept {} "
        "of them from the password database; {} reached it.\n",
        count(counts.hostile), over.empty() ? "" : " over ", joined(over), about(counts.addresses),
        about(counts.accounts), percent(counts.stopped, counts.hostile), count(counts.reached_database));
}

void Page::summary_of_cause() {
    const Cause cause = incident_.cause.likeliest();
    line("The most likely cause is {} ({}).", words(cause),
         probability_text(incident_.cause.probability[static_cast<std::size_t>(cause)]));
    if (incident_.targets.empty()) return;
    const IncidentTarget& target = incident_.targets.front();
    if (cause == Cause::attack || target.service == Service::smtp)
        line("It was aimed at {}, with {} of {}.", named(target), share_text(target.share),
             whole_words(target));
}

void Page::summary() {
    heading("Summary");
    if (const auto peak = peak_hour(incident_)) {
        line("At the highest, between {} and {}, there were {} attempts to log in: {} against normal.\n",
             moment(peak->start), clock_time(options_.zone, peak->start + std::chrono::hours(1)),
             count(whole(peak->observed)), above_normal(peak->percent_above(), peak->percent_error()));
    }
    summary_of_attack();
    const IncidentCounts& counts = incident_.counts;
    line("Of customers' log-ins {} were let in, {} refused, and {} failed through our own servers.\n",
         count(counts.logins), count(counts.refused), count(counts.faults));
    summary_of_cause();
}

void Page::timeline() {
    heading("Timeline");
    line("| Time | | Who | What |\n|---|---|---|---|");
    for (const Entry& entry : incident_.timeline) {
        std::string what = said(entry.text);
        if (!entry.account.pseudonym.empty())
            what += fmt::format(" ({})",
                                options_.names ? markdown_name(entry.account.name) : entry.account.pseudonym);
        line("| {} | {} | {} | {} |", moment(entry.time), name(entry.kind), said(entry.who), what);
    }
}

std::string Page::observed(Time start, std::string_view volume, Service service) const {
    for (const HourNotice& hour : incident_.hours) {
        const bool same =
            hour.start == start && hour.series.volume == volume && hour.series.service == service;
        if (same) return count(whole(hour.observed));
    }
    return "-";
}

void Page::hour_row(const HourNotice& hour) {
    const std::string normal =
        hour.expected > 0 ? fmt::format("{} ± {}", figure(hour.expected), figure(hour.standard_error)) : "-";
    // An expectation as unsure as this says nothing of a percentage.
    const bool known = hour.expected > 0 && hour.standard_error < hour.expected / 2;
    const Service service = hour.series.service;
    const bool customers_known = hour.customers > 0 && hour.customers_error < hour.customers / 2;
    line("| {}{} | {} | {} | {} | {} | {} | {} | {} |", moment(hour.start),
         hour.watched < 0.95 ? fmt::format(" ({} watched)", share_text(hour.watched)) : "",
         count(whole(hour.observed)), normal,
         known ? above_normal(hour.percent_above(), hour.percent_error()) : "not known",
         customers_known ? above_normal(hour.percent_above_customers(), hour.percent_customers_error())
                         : "not known",
         observed(hour.start, "successes", service), observed(hour.start, "failures", service),
         observed(hour.start, "stopped", service));
}

void Page::hour_table(Service service) {
    line("{}\n", service == Service::unknown ? "All services:" : fmt::format("\n{}:", words(service)));
    line(
        "| Hour from | Attempts | Normal | Per cent above normal ± standard error | Above this hour's "
        "customers | Let in | Failed | Stopped |");
    line("|---|--:|--:|--:|--:|--:|--:|--:|");
    for (const HourNotice& hour : incident_.hours) {
        if (hour.series.volume == "attempts" && hour.series.service == service) hour_row(hour);
    }
}

void Page::hours() {
    heading("Attempts to log in, by the hour");
    line(
        "Normal is what the past says of such an hour; this hour's customers are what it says once those are "
        "counted who\nlogged in rightly. One standard error each.\n");
    const auto has = [&](Service service) {
        return std::ranges::any_of(incident_.hours, [service](const HourNotice& hour) {
            return hour.series == SeriesName{"attempts", service};
        });
    };
    if (!has(Service::unknown)) line("No whole hour was watched yet.");
    if (has(Service::unknown)) hour_table(Service::unknown);
    std::vector<Service> services = attacked_services(incident_);
    for (const SeriesName& series : incident_.alarmed) {
        if (std::ranges::find(services, series.service) == services.end()) services.push_back(series.service);
    }
    for (const Service service : services) {
        if (service != Service::unknown && has(service)) hour_table(service);
    }
}

void Page::stopped() {
    heading("What was stopped");
    const IncidentCounts& counts = incident_.counts;
    line(
        "* {} attempts in all, {} of them hostile: guesses from places where the account is not at home, and "
        "whatever was stopped.",
        count(counts.attempts), count(counts.hostile));
    line("* {} of these were stopped before the password database ({}); {} reached it.",
         count(counts.stopped), percent(counts.stopped, counts.hostile), count(counts.reached_database));
    line("* They came from about {} addresses and tried about {} accounts (± {}).", about(counts.addresses),
         about(counts.accounts), share_text(counts.error));
    campaigns();
}

void Page::campaigns() {
    if (incident_.campaigns.empty()) return;
    line("\n| From | To | Hostile attempts | Stopped | Addresses | Networks | Accounts | Services |");
    line("|---|---|--:|--:|--:|--:|--:|---|");
    for (const IncidentCampaign& campaign : incident_.campaigns) {
        std::vector<std::string> services;
        for (const auto& [service, attempts] : campaign.services)
            services.push_back(fmt::format("{} {}", words(service), percent(attempts, campaign.attempts)));
        line("| {} | {} | {} | {} | {} | {} | {} | {} |", moment(campaign.first), moment(campaign.last),
             count(campaign.attempts), percent(campaign.stopped, campaign.attempts),
             about(campaign.addresses), about(campaign.networks), about(campaign.accounts), joined(services));
    }
}

void Page::hurt() {
    heading("Who was hurt");
    const IncidentCounts& counts = incident_.counts;
    line("* Customers' log-ins refused: {}, of these {} from a place where the account is at home.",
         count(counts.refused), count(counts.refused_familiar));
    if (counts.let_in_later > 0) {
        const auto longest = std::chrono::seconds(whole(std::min(counts.longest_wait_seconds, 1e9)));
        line("* Refused, but let in when they came again: {}, the last after {}.", count(counts.let_in_later),
             length(longest));
    }
    line("* Failed through our own servers: {}{}.", count(counts.faults, "attempt", "attempts"),
         counts.faults == 0
             ? ""
             : fmt::format(" of about {}; {} of these were caused by restarts, not by anybody else",
                           count(whole(counts.customers_with_faults), "account", "accounts"),
                           count(counts.faults_by_restart)));
    line("* Suspected takeovers of accounts: {}.", count(counts.suspected_takeovers));
}

/// "before -> after five minutes -> after fifteen".
template <class Value>
std::string course(const IncidentAction& action, Value value) {
    std::string text = action.before.minutes > 0 ? value(action.before) : "-";
    for (const auto& effect : {action.after_5, action.after_15})
        text += fmt::format(" → {}", effect && effect->minutes > 0 ? value(*effect) : "-");
    return text;
}

void Page::action(const IncidentAction& action) {
    const auto database = [](const EffectWindow& window) {
        const auto& latency = window.latency[static_cast<std::size_t>(Hop::database)];
        return latency ? fmt::format("{:.3g} ms", *latency) : std::string("-");
    };
    std::string what = fmt::format("{}: {}", name(action.kind), said(action.text));
    if (action.times > 1) what += fmt::format(" (and {} more like it)", count(action.times - 1));
    if (action.others > 0) what += " †";
    const auto field = [](double EffectWindow::* which) {
        return [which](const EffectWindow& window) { return figure(window.*which); };
    };
    const auto part = [](double EffectWindow::* which) {
        return [which](const EffectWindow& window) { return share_text(window.*which); };
    };
    line("| {} | {} | {} | {} | {} | {} | {} | {} | {} |", moment(action.time), said(action.who), what,
         course(action, field(&EffectWindow::hostile_a_minute)),
         course(action, part(&EffectWindow::stopped_share)),
         course(action, field(&EffectWindow::reached_database_a_minute)),
         course(action, field(&EffectWindow::logins_a_minute)),
         course(action, part(&EffectWindow::served_share)), course(action, database));
}

void Page::actions() {
    heading("What was done, and what came of it");
    if (incident_.actions.empty()) {
        line("Nothing was done beyond what Tidegate always does.");
        return;
    }
    line(
        "Each figure is given for the five minutes before, for minutes 0 to 5 after, and for minutes 10 to "
        "15 "
        "after.\n");
    line(
        "| Time | Who | What | Hostile a minute | Stopped | Guesses at the database a minute | Customers let "
        "in a minute | Customers served | Database |");
    line("|---|---|---|---|---|---|---|---|---|");
    for (const IncidentAction& each : incident_.actions) action(each);
    if (std::ranges::any_of(incident_.actions, [](const auto& each) { return each.others > 0; }))
        line("\n† Other actions lie within these minutes: their effects cannot be told apart.");
}

void Page::restarts() {
    if (incident_.restarts.empty()) return;
    heading("Restarts");
    line("| Node | Went away | Came back | Failures that it caused | Accounts |\n|---|---|---|--:|--:|");
    for (const IncidentRestart& restart : incident_.restarts) {
        line("| {} | {} | {} | {} | {} |", restart.node.empty() ? "-" : markdown_name(restart.node),
             moment(restart.down), restart.up == Time{} ? "-" : moment(restart.up), count(restart.faults),
             count(whole(restart.customers)));
    }
}

void Page::target() {
    heading("Target");
    if (incident_.targets.empty()) {
        line("None stands out: the attempts spread over accounts, domains and services as customers do.");
        return;
    }
    for (const IncidentTarget& target : incident_.targets) {
        line("* {}: {} of {} ({} to {}), usually {}. Confidence {}.", named(target), share_text(target.share),
             whole_words(target), share_text(target.share_low), share_text(target.share_high),
             share_text(target.normal_share), probability_text(target.confidence));
    }
}

void Page::cause() {
    heading("Cause");
    const auto& probability = incident_.cause.probability;
    line("An attack {}, a fault of our own {}, trouble outside {}.\n", probability_text(probability[0]),
         probability_text(probability[1]), probability_text(probability[2]));
    if (incident_.cause.reasons.empty()) return;
    line("| Observed | Attack | Own fault | Outside |\n|---|--:|--:|--:|");
    for (const CauseReason& reason : incident_.cause.reasons) {
        line("| {} | {:+.1f} dB | {:+.1f} dB | {:+.1f} dB |", said(reason.text), reason.decibans[0],
             reason.decibans[1], reason.decibans[2]);
    }
}

void Page::notes() {
    if (incident_.notes.empty()) return;
    heading("What this record leaves out");
    for (const std::string& note : incident_.notes) line("* {}", said(note));
}

std::string Page::text() && {
    top();
    summary();
    timeline();
    hours();
    stopped();
    hurt();
    actions();
    restarts();
    target();
    cause();
    notes();
    return std::move(out_);
}

}  // namespace

std::string incident_markdown(const Incident& incident, const IncidentFormOptions& options) {
    return Page(incident, options).text();
}

}  // namespace tidegate::tell
