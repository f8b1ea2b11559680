#include "tell/weekly/phrases.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tell/words.h"

namespace tidegate::tell {

std::string against(double now, double then) {
    if (then <= 0) return now > 0 ? "more than the none of" : "as many as";
    const double times = now / then;
    if (times >= 2) return fmt::format("{} times as many as", ratio(times));
    const double change = std::round((times - 1) * 100);
    if (std::abs(change) < 10) return "about as many as";
    return fmt::format("{:.0f} % {} than", std::abs(change), change > 0 ? "more" : "fewer");
}

std::string with_share(std::uint64_t part, std::uint64_t of) {
    return of == 0 ? count(part) : fmt::format("{} ({})", count(part), percent(part, of));
}

std::string day_of(const Zone& zone, Time time) {
    const std::string text = day_and_time(zone, time);
    return text.substr(0, text.size() - std::string_view(" 00:00").size());
}

std::string capital(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return text;
}

std::string listed(const std::vector<std::string>& things, std::size_t most) {
    std::string out;
    const std::size_t shown = std::min(things.size(), most);
    for (std::size_t i = 0; i < shown; ++i) {
        const bool last = i + 1 == things.size();
        out.append(i == 0 ? "" : last ? " and " : ", ").append(things[i]);
    }
    if (things.size() > shown) out += fmt::format(" and {} more", count(things.size() - shown));
    return out;
}

std::uint64_t unchanged(const Week& week) {
    const auto changed = std::ranges::count_if(week.takeovers, &WeekTakeover::changed);
    return week.takeover_count - static_cast<std::uint64_t>(changed);
}

bool only_watches(const Week& week) {
    return week.total.stopped == 0 && week.standing && week.standing->watches_only;
}

}  // namespace tidegate::tell
