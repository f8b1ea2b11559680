// The two sentences on top of the weekly report.
#include <fmt/format.h>

#include <algorithm>

#include "tell/weekly/letter.h"
#include "tell/weekly/phrases.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

std::uint64_t attacks_in(const Week& week) {
    return static_cast<std::uint64_t>(std::ranges::count_if(
        week.incidents, [](const Incident& each) { return each.cause.likeliest() == Cause::attack; }));
}

// From half of a per cent on customers talk about it.
bool hurt_customers(const WeekCounts& total) {
    const bool by_refusals = total.refused >= 10 && total.refused * 200 >= total.logins;
    const bool by_faults = total.faults >= 100 && total.faults * 200 >= total.attempts;
    return by_refusals || by_faults;
}

std::string kind_of(const Week& week) {
    const std::uint64_t attacks = attacks_in(week);
    const auto hostile = static_cast<double>(week.total.hostile);
    const double normal = usual(week, &WeekCounts::hostile).value_or(hostile);
    const std::string under = attacks == 0 ? "" : " with " + count(attacks, "attack", "attacks");
    if (hurt_customers(week.total)) return "a bad week for customers" + (attacks == 0 ? "" : "," + under);
    if (attacks > 0) return "a week" + under;
    if (hostile > 2 * normal && week.total.hostile >= 1000) return "a restless week";
    return hostile < normal / 2 || week.total.hostile < 100 ? "a quiet week" : "an ordinary week";
}

std::string guesses(const Week& week) {
    const WeekCounts& total = week.total;
    if (total.hostile == 0) return "nobody guessed at passwords";
    const std::string came = count(total.hostile, "hostile attempt", "hostile attempts") + " to log in";
    if (only_watches(week)) return came + ", none of them stopped, since Tidegate only watches";
    if (total.stopped == 0) return came + ", none of them stopped";
    return fmt::format("{}, {} of them stopped before a password was looked at", came,
                       percent(total.stopped, total.hostile));
}

std::string hurt(const WeekCounts& total) {
    if (total.refused == 0) return "no customer is known to have been refused";
    if (total.let_in_later == 0) return count(total.refused, "log-in", "log-ins") + " of customers refused";
    return fmt::format("{} of customers refused, {} of them let in later",
                       count(total.refused, "log-in", "log-ins"), count(total.let_in_later));
}

std::string first_sentence(const Week& week) {
    const bool unwatched = week.coverage.unwatched * 10 > (week.period.to - week.period.from) * 9;
    if (week.total.attempts == 0)
        return unwatched ? "Nothing is known of this time: Tidegate did not watch."
                         : "Nobody tried to log in, as far as Tidegate saw.";
    return capital(fmt::format("{}: {}, and {}.", kind_of(week), guesses(week), hurt(week.total)));
}

std::string compared(const Week& week, std::string_view what, std::uint64_t WeekCounts::* counted) {
    const auto now = static_cast<double>(week.total.*counted);
    const std::optional<WeekCounts> last = week.before.empty() ? std::nullopt : week.before.front();
    std::string out;
    if (last)
        out = fmt::format("{} were {} the week before", what,
                          against(now, static_cast<double>((*last).*counted)));
    const auto normal = usual(week, counted);
    if (!normal) return out;
    const std::string words = against(now, *normal);
    return last ? fmt::format("{} and {} usual", out, words) : fmt::format("{} were {} usual", what, words);
}

std::string second_sentence(const Week& week) {
    const std::string hostile = compared(week, "hostile attempts", &WeekCounts::hostile);
    const std::string logins = compared(week, "log-ins", &WeekCounts::logins);
    if (hostile.empty())
        return week.before.empty() ? "It is not a week, and nothing is compared with it."
                                   : "There is nothing to compare it with: the journal does not have the "
                                     "weeks before it whole.";
    return capital(fmt::format("{}; {}.", hostile, logins));
}

}  // namespace

std::string week_summary(const Week& week) {
    return first_sentence(week) + ' ' + second_sentence(week);
}

}  // namespace tidegate::tell
