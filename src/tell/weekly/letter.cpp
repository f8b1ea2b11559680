#include "tell/weekly/letter.h"

#include <fmt/format.h>

#include "tell/weekly/phrases.h"
#include "tell/weekly/sections.h"
#include "tell/words.h"

namespace tidegate::tell {
namespace {

std::string period_words(const Week& week) {
    const Time last = week.period.to - std::chrono::seconds(1);
    const bool by_days =
        week.zone.local(week.period.from).time_since_epoch() % std::chrono::hours(24) == Duration::zero();
    const std::string days =
        by_days ? fmt::format("{} to {} {}", day_of(week.zone, week.period.from), day_of(week.zone, last),
                              full_time(week.zone, last).substr(0, 4))
                : span(week.zone, week.period.from, week.period.to);
    return fmt::format("{}, times of {}", days, week.zone.label(week.period.from));
}

std::string title_of(const Week& week) {
    const auto name = parse_week(week.called);
    const std::string what = name ? fmt::format("week {} of {}", name->week, name->year)
                                  : day_of(week.zone, week.period.from) + " and on";
    return fmt::format("Mail security{}{}, {}", week.provider.empty() ? "" : " at ", week.provider, what);
}

}  // namespace

Letter letter_of(const Week& week, LetterOptions options) {
    LetterNotes notes;
    Letter letter{.title = title_of(week),
                  .period = period_words(week),
                  .summary = week_summary(week),
                  .sections = {},
                  .notes = {}};
    letter.sections.push_back(figures_section(week, notes));
    letter.sections.push_back({.title = "What to do next", .items = week_advice(week, options)});
    letter.sections.push_back(days_section(week, notes));
    letter.sections.push_back(attacks_section(week, notes));
    letter.sections.push_back(stopped_section(week, notes));
    letter.sections.push_back(takeovers_section(week, options, notes));
    letter.sections.push_back(servers_section(week, notes));
    letter.sections.push_back(deeds_section(week, options));
    letter.sections.push_back(certainty_section(week));
    letter.notes = notes.all();
    letter.foot = fmt::format("Tidegate {}{}{}, {}.", week.version, week.host.empty() ? "" : " on ",
                              week.host, full_time(week.zone, week.made));
    return letter;
}

}  // namespace tidegate::tell
