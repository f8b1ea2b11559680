// Whole hand-made logs of the daemons that were not at hand, from bytes to the text form
// (tests/data/logs/handmade).
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "event/text.h"
#include "wire/log/parser.h"

namespace tidegate::wire {
namespace {

const std::string folder = TIDEGATE_SOURCE_DIR "/tests/data/logs/handmade/";

std::string bytes_of(const std::string& name) {
    std::ifstream file(folder + name, std::ios::binary);
    EXPECT_TRUE(file) << name;
    std::ostringstream all;
    all << file.rdbuf();
    return all.str();
}

struct Parsed {
    std::string events;  // a line each
    LineCounts counts;
};

Parsed parse(std::string_view name, const std::string& bytes) {
    TimeRule rule;
    rule.anchor = time_of_unix(1'735'000'000);  // December 2024: year-less times are of that year
    rule.zone = "UTC";
    const auto parser = LogParser::create(rule);
    Parsed parsed;
    if (!parser) {
        ADD_FAILURE() << parser.error().text();
        return parsed;
    }
    EventBatch batch;
    const auto cursor = parser->cursor();
    parsed.counts = parser->parse(bytes, 1, name, *cursor, batch);
    for (const Event& event : batch.events) {
        append_text(event, parsed.events);
        parsed.events += '\n';
    }
    return parsed;
}

class Handmade : public testing::TestWithParam<std::string_view> {};

TEST_P(Handmade, GivesTheEventsWrittenBesideIt) {
    const std::string name(GetParam());
    std::string bytes = bytes_of(name);
    if (looks_like_journal_export(bytes)) {
        std::string lines;
        ASSERT_EQ(journal_export_to_lines(bytes, true, lines), bytes.size());
        bytes = lines;
    }
    const Parsed parsed = parse(name, bytes);
    EXPECT_EQ(parsed.events, bytes_of(name + ".events"));
    EXPECT_GT(parsed.counts.with_events, 0U);
    EXPECT_EQ(parsed.counts.without_time, 0U);
}

INSTANTIATE_TEST_SUITE_P(Logs, Handmade,
                         testing::Values("exim-mainlog", "exim-rejectlog", "cyrus", "courier", "sendmail",
                                         "roundcube-userlogins.log", "roundcube-errors.log",
                                         "roundcube-syslog", "sogo.log", "nginx-error.log", "pam-auth.log",
                                         "journal.json", "journal.export"),
                         [](const auto& info) {
                             std::string name(info.param);
                             for (char& c : name) {
                                 if (c == '-' || c == '.') c = '_';
                             }
                             return name;
                         });

}  // namespace
}  // namespace tidegate::wire
