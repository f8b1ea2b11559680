// Any bytes as what was kept for the weekly report, or as the running daemon's word: what is read is written
// as it is written again, and no name in it becomes markup or a line of its own in what people are sent.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "app/report_week.h"
#include "app/serve/report_notes.h"
#include "base/check.h"

namespace {

using namespace tidegate;

void check_notes(std::string_view text) {
    const auto notes = app::read_report_notes(text);
    if (!notes) return;
    const auto again = app::read_report_notes(app::report_notes_text(*notes));
    CHECK(again && *again == *notes);
}

tell::Week week_with(tell::WeekStanding standing) {
    tell::Week week;
    week.called = "2026-W48";
    week.period = {.from = time_of_unix(1'795'993'200), .to = time_of_unix(1'796'598'000)};
    week.made = week.period.to;
    week.watches_servers = true;
    for (const auto& each : standing.backed_up) {
        week.queues.push_back({.name = each.name, .most_waiting = each.waiting});
        week.evidence.push_back({each.name, each.waiting, 0});
    }
    for (const auto& each : standing.servers)
        week.downs.push_back({.server = each.name, .out = week.period.from, .why = each.state});
    week.standing = std::move(standing);
    return week;
}

std::size_t lines(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

std::size_t tags(std::string_view html) {
    return static_cast<std::size_t>(std::ranges::count(html, '<'));
}

tell::WeekStanding plainly(tell::WeekStanding standing) {
    const auto plain = [](std::string& name) { name = name.empty() ? "" : "a"; };
    for (auto& each : standing.servers) plain(each.name);
    for (auto& each : standing.backed_up) plain(each.name);
    for (std::string& each : standing.suspended_lists) plain(each);
    return standing;
}

void check_letter(std::string_view scene) {
    const auto standing = app::standing_in(scene);
    if (!standing) return;
    const tell::Week week = week_with(*standing);
    const tell::Letter letter = tell::letter_of(week);
    const std::string html = tell::letter_html(letter);
    CHECK(tags(html) == tags(tell::letter_html(tell::letter_of(week_with(plainly(*standing))))));
    const std::string text = tell::letter_text(letter, 1'000'000);
    CHECK(lines(text) == lines(tell::letter_text(tell::letter_of(week_with(plainly(*standing))), 1'000'000)));
    CHECK(std::ranges::none_of(text, [](char c) { return c != '\n' && c >= 0 && c < ' '; }));
    CHECK(lines(tell::week_json(week)) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_notes(text);
    check_letter(text);
    return 0;
}
