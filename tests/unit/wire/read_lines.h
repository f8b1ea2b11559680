#pragma once
// Lines of a log into the text form of their events: what the tests of all parsers compare.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "event/text.h"
#include "wire/log/parser.h"

namespace tidegate::wire {

/// A rule whose times without a year or zone lie in the year before 2 July 2025, in UTC.
inline TimeRule summer_of_2025(std::string zone = "UTC") {
    return {.anchor = time_of_unix(1'751'414'400), .zone = std::move(zone)};
}

/// What became of a log. `texts` are the events' text forms.
struct Outcomes {
    std::vector<std::string> texts;
    LineCounts counts;
};

inline Outcomes read_log(std::string_view log, const TimeRule& rule = summer_of_2025()) {
    const auto parser = LogParser::create(rule);
    if (!parser) {
        ADD_FAILURE() << parser.error().text();
        return {};
    }
    const auto cursor = parser->cursor();
    EventBatch batch;
    Outcomes outcomes;
    outcomes.counts = parser->parse(log, 1, {}, *cursor, batch);
    for (const Event& event : batch.events) append_text(event, outcomes.texts.emplace_back());
    return outcomes;
}

/// The text form of the only event of one line; "" where the line has none.
inline std::string read_line(std::string_view line) {
    const auto outcomes = read_log(line);
    EXPECT_EQ(outcomes.counts.lines, 1U) << line;
    EXPECT_LE(outcomes.texts.size(), 1U) << line;
    return outcomes.texts.empty() ? std::string() : outcomes.texts.front();
}

/// A line and the text form of its event, less what stands in every one: `"line":1,"time":...` is `head`'s.
struct LineCase {
    std::string message;
    std::string event;  // "" for a line that says nothing
};

/// Reads each message behind `prefix` and expects the event's text between `head` and `tail`.
inline void expect_events(std::string_view prefix, std::string_view head, const std::vector<LineCase>& cases,
                          std::string_view tail = "") {
    for (const LineCase& each : cases) {
        const std::string line = std::string(prefix) + each.message;
        const std::string event = std::string(head) + each.event + std::string(tail);
        EXPECT_EQ(read_line(line), each.event.empty() ? "" : event) << line;
    }
}

}  // namespace tidegate::wire
