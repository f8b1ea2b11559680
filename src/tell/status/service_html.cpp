// A service: how it is now, and how it was on each of the last days.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "tell/status/frame.h"
#include "tell/words.h"

namespace tidegate::tell::status {
namespace {

std::string minutes_of(const Wording& words, std::uint32_t minutes) {
    return words.plain(minutes == 1 ? Phrase::minutes_one : Phrase::minutes_many,
                       {{"count", count(minutes)}});
}

bool is_hurt(const ServiceDay& day) {
    return day.worst >= ServiceState::slow;
}

// "down on 1, disturbed on 3, 5 not measured": what the pattern of colours says, for those who don't see it.
std::string summary_of(const Wording& words, const std::vector<ServiceDay>& days) {
    std::string out;
    const auto add = [&](const std::string& text) { out.append(out.empty() ? "" : ", ").append(text); };
    const auto with = [&](ServiceState state) {
        return static_cast<std::uint64_t>(std::ranges::count(days, state, &ServiceDay::worst));
    };
    for (const ServiceState state : {ServiceState::down, ServiceState::disturbed, ServiceState::slow})
        if (with(state) > 0)
            add(words.plain(Phrase::days_hurt,
                            {{"state", std::string(words[words.of(state)])}, {"count", count(with(state))}}));
    if (out.empty()) add(words.plain(Phrase::days_all_well));
    if (const auto unknown = with(ServiceState::unknown); unknown > 0)
        add(words.plain(Phrase::days_unmeasured, {{"count", count(unknown)}}));
    return words.plain(Phrase::days_summary, {{"days", count(days.size())}, {"summary", out}});
}

std::string day_text(const PageWorld& world, const ServiceDay& day) {
    const Wording& words = world.words;
    const std::string state(words[words.of(day.worst)]);
    const bool partly_down = day.minutes_down > 0 && day.minutes_down < day.minutes_hurt;
    return words.plain(partly_down ? Phrase::day_down : Phrase::day_hurt,
                       {{"day", world.clock.day(day.day)},
                        {"state", state},
                        {"minutes", minutes_of(words, day.minutes_hurt)},
                        {"down", minutes_of(words, day.minutes_down)}});
}

// Phones have nothing to point with, and show what a colour means in words.
std::string list_of(const PageWorld& world, const std::vector<ServiceDay>& days) {
    const auto hurt = std::ranges::count_if(days, is_hurt);
    if (hurt == 0) return {};
    std::string out = fmt::format(
        "<details><summary>{}</summary>\n<ul>\n",
        world.words.html(Phrase::days_list, {{"count", count(static_cast<std::uint64_t>(hurt))}}));
    for (auto day = days.rbegin(); day != days.rend(); ++day)
        if (is_hurt(*day)) out += fmt::format("<li>{}</li>\n", html(day_text(world, *day)));
    return out + "</ul>\n</details>\n";
}

std::string grid_of(const PageWorld& world, const std::vector<ServiceDay>& days) {
    std::string out = fmt::format("<div class=\"days\" role=\"img\" aria-label=\"{}\">",
                                  html(summary_of(world.words, days)));
    for (const ServiceDay& day : days)
        out += day.worst == ServiceState::working ? std::string("<i></i>")
                                                  : fmt::format("<i class={}></i>", css_of(day.worst));
    const std::string first = days.size() == 1
                                  ? std::string()
                                  : world.words.html(Phrase::days_ago, {{"days", count(days.size() - 1)}});
    return out + fmt::format("</div>\n<p class=\"ends\"><span>{}</span> <span>{}</span></p>\n", first,
                             world.words.html(Phrase::today));
}

}  // namespace

std::string service_html(const PageWorld& world, const PublicService& service) {
    const Wording& words = world.words;
    constexpr std::size_t most_days = 90;
    std::string out = fmt::format("<li class=\"service\">\n<h3>{}</h3>\n<p class=\"now {}\">{}</p>\n",
                                  html(service.label.empty() ? service.name : service.label),
                                  css_of(service.now), words.html(words.of(service.now)));
    const std::size_t left_out = service.days.size() - std::min(service.days.size(), most_days);
    const std::vector<ServiceDay> days(service.days.begin() + static_cast<std::ptrdiff_t>(left_out),
                                       service.days.end());
    if (!days.empty()) out += grid_of(world, days) + list_of(world, days);
    return out + "</li>\n";
}

}  // namespace tidegate::tell::status
