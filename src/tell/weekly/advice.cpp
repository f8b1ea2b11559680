// What to do next week: rules with thresholds (docs/weekly-report.md lists them).
#include <fmt/format.h>

#include <algorithm>

#include "tell/weekly/letter.h"
#include "tell/weekly/phrases.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

using Advice = std::vector<std::string>;

void about_takeovers(const Week& week, LetterOptions options, Advice& advice) {
    const std::uint64_t left = unchanged(week);
    if (left == 0) return;
    std::vector<std::string> names;
    for (const WeekTakeover& each : week.takeovers)
        if (!each.changed) names.push_back(std::string(each.account));
    advice.push_back(fmt::format(
        "Change the {} of {} that may have been taken over{}, or ask {} by telephone: no new password was "
        "reported to Tidegate.",
        left == 1 ? "password" : "passwords", count(left, "account", "accounts"),
        options.names ? " (" + listed(names, 5) + ")" : "", left == 1 ? "its owner" : "their owners"));
}

void about_servers(const Week& week, Advice& advice) {
    std::vector<std::string> away, full;
    if (week.standing) {
        for (const WeekStanding::Server& each : week.standing->servers) {
            if (each.state == "down" || each.state == "quarantined")
                away.push_back(fmt::format("{} ({})", each.name, each.state));
            if (each.most_sessions > 0 && each.sessions * 10 >= each.most_sessions * 8)
                full.push_back(fmt::format("{} ({} of {} sessions)", each.name, count(each.sessions),
                                           count(each.most_sessions)));
        }
    }
    if (!away.empty()) advice.push_back("Bring back what is out now: " + listed(away, 5) + ".");
    if (!full.empty())
        advice.push_back("Make room: above 80 % of what they may hold are " + listed(full, 5) + ".");
}

void about_queues(const Week& week, Advice& advice) {
    if (!week.standing || week.standing->backed_up.empty()) return;
    std::vector<std::string> queues;
    for (const WeekStanding::Queue& each : week.standing->backed_up)
        queues.push_back(
            fmt::format("{} ({})", each.name, count(each.waiting, "message waits", "messages wait")));
    advice.push_back("Find out why mail is late now: " + listed(queues, 5) +
                     ". tidegate queues shows for whom most of it is.");
}

void about_incidents(const Week& week, Advice& advice) {
    std::vector<std::string> open;
    for (const Incident& each : week.incidents)
        if (each.state != IncidentState::closed) open.push_back(each.id);
    if (!open.empty()) advice.push_back("Not over yet: " + listed(open, 5) + ". See tidegate incident show.");
}

void about_lists(const Week& week, Advice& advice) {
    if (!week.standing || week.standing->suspended_lists.empty()) return;
    advice.push_back("Look after block lists that are not asked any more: " +
                     listed(week.standing->suspended_lists, 5) + ". Without them less is stopped.");
}

void about_guesses(const Week& week, Advice& advice) {
    const WeekCounts& total = week.total;
    if (total.hostile < 1000 || total.stopped * 10 >= total.hostile * 9) return;
    if (only_watches(week))
        advice.push_back(
            "Consider letting Tidegate act (mode = \"act\"): it only watched while guesses came. What it "
            "would have refused is in its log.");
    else
        advice.push_back(
            fmt::format("Find out why {} got through: tidegate replay --journal tries other "
                        "thresholds and lists on this week.",
                        percent(through(total), total.hostile)));
}

void about_refusals(const Week& week, Advice& advice) {
    if (week.total.refused < 10 || week.total.refused * 1000 < week.total.logins) return;
    advice.push_back(
        "Look at who was refused: more than one log-in of a customer in a thousand was. tidegate why shows "
        "what spoke against each.");
}

void about_watching(const Week& week, Advice& advice) {
    const WeekCoverage& coverage = week.coverage;
    if (coverage.unwatched * 100 > week.period.to - week.period.from && !coverage.journal_begins)
        advice.push_back("Keep Tidegate running: for " + length(coverage.unwatched) + " nobody watched.");
    if (coverage.lost > 0 || coverage.damaged > 0)
        advice.push_back("Look at the journal's disk: entries were lost or are damaged.");
    const auto crashes = std::ranges::count_if(
        week.downs, [](const WeekDown& each) { return each.server == "Tidegate" && !each.by_hand; });
    if (crashes > 0)
        advice.push_back(
            fmt::format("Find out why Tidegate ended {} without being told to: journalctl -u tidegate has "
                        "its last words.",
                        crashes == 1 ? "once" : count(static_cast<std::uint64_t>(crashes)) + " times"));
}

void about_exceptions(const Week& week, Advice& advice) {
    if (week.open_exceptions == 0) return;
    advice.push_back(
        fmt::format("Look through {} by hand that {} somebody in and never {}: tidegate "
                    "deeds --action allow says who did it and why.",
                    count(week.open_exceptions, "exception", "exceptions"),
                    week.open_exceptions == 1 ? "lets" : "let", week.open_exceptions == 1 ? "ends" : "end"));
}

}  // namespace

std::vector<std::string> week_advice(const Week& week, LetterOptions options) {
    Advice advice;
    about_takeovers(week, options, advice);
    about_servers(week, advice);
    about_queues(week, advice);
    about_incidents(week, advice);
    about_lists(week, advice);
    about_guesses(week, advice);
    about_refusals(week, advice);
    about_watching(week, advice);
    about_exceptions(week, advice);
    if (advice.empty()) advice.emplace_back("Nothing: no rule of this report asks for anything.");
    return advice;
}

}  // namespace tidegate::tell
