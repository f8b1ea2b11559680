#include "tell/status/spoken_time.h"

#include <fmt/format.h>

#include "tell/words.h"

namespace tidegate::tell::status {

std::chrono::year_month_day Clock::date_of(Time time) const {
    return {std::chrono::floor<std::chrono::days>(zone_.local(time))};
}

std::string Clock::day(std::chrono::year_month_day day) const {
    std::string out = fmt::format("{} {}", static_cast<unsigned>(day.day()),
                                  wording_->month(static_cast<unsigned>(day.month())));
    if (day.year() != date_of(made_).year()) out += fmt::format(" {}", static_cast<int>(day.year()));
    return out;
}

std::string Clock::month(std::chrono::year_month month) const {
    return fmt::format("{} {}", wording_->month(static_cast<unsigned>(month.month())),
                       static_cast<int>(month.year()));
}

std::string Clock::spoken(Time time) const {
    return fmt::format("{}, {}", day(date_of(time)), clock_time(zone_, time));
}

std::string Clock::exact(Time time) const {
    return exact_time(zone_, time);
}

std::string Clock::html(Time time) const {
    return fmt::format("<time datetime=\"{}\">{}</time>", exact(time), tell::html(spoken(time)));
}

}  // namespace tidegate::tell::status
