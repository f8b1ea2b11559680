#include "tell/live/telling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "tell/live/metrics.h"

namespace tidegate::tell {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class TellingTest : public testing::Test {
protected:
    std::int64_t second_ = 1;
    std::vector<std::string> lines_;
    bool is_taken_ = true;
    Telling telling_{[this](std::string_view line) {
                         if (is_taken_) lines_.emplace_back(line);
                         return is_taken_;
                     },
                     [this] { return second_; }};
};

TEST_F(TellingTest, ALineIsOneLine) {
    telling_.tell(Thing::refused, {{"address", "192.0.2.7"},
                                   {"account", "bob smith\n<2>forged address=198.51.100.1\x1b[2J"},
                                   {"sum", 41.7},
                                   {"line", std::int64_t{7}}});
    ASSERT_THAT(lines_, SizeIs(1));
    EXPECT_EQ(lines_[0],
              "<6>refused address=192.0.2.7 account=\"bob smith\\\\x0a<2>forged "
              "address=198.51.100.1\\\\x1b[2J\" sum=41.70 line=7\n");
}

TEST_F(TellingTest, QuotesAndNothingAreQuoted) {
    telling_.tell(Thing::alarm, {{"text", "a \"b\" \\"}, {"empty", ""}});
    EXPECT_THAT(lines_, ElementsAre("<4>alarm text=\"a \\\"b\\\" \\\\\" empty=\"\"\n"));
}

TEST_F(TellingTest, AStormIsCountedAndNotWritten) {
    for (int i = 0; i < 1000; ++i) telling_.tell(Thing::refused);
    EXPECT_THAT(lines_, SizeIs(Telling::most_a_second));
    EXPECT_EQ(telling_.count(Thing::refused), 1000U);
    ++second_;
    telling_.tell(Thing::refused);
    EXPECT_THAT(lines_.back(), HasSubstr("not_written=980"));
}

TEST_F(TellingTest, WhatNobodyTookIsCountedInTheNextLine) {
    is_taken_ = false;
    telling_.tell(Thing::journal_trouble);
    telling_.tell(Thing::journal_trouble);
    is_taken_ = true;
    telling_.tell(Thing::journal_trouble);
    EXPECT_THAT(lines_, ElementsAre("<3>journal_trouble not_written=2\n"));
    EXPECT_EQ(telling_.count(Thing::journal_trouble), 3U);
}

TEST_F(TellingTest, ErrorsAreAlwaysWritten) {
    for (int i = 0; i < 100; ++i) telling_.tell(Thing::journal_trouble);
    EXPECT_THAT(lines_, SizeIs(100));
}

TEST(Things, EveryNameIsItsOwnAndInTheReference) {
    std::set<std::string_view> names;
    const std::string reference = telling_reference();
    for (std::size_t i = 0; i < thing_count; ++i) {
        const ThingRow& row = row_of(static_cast<Thing>(i));
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        EXPECT_FALSE(row.meaning.empty());
        EXPECT_THAT(reference, HasSubstr(std::string("| `") + std::string(row.name) + "` |"));
    }
}

TEST(Things, TheDocumentationIsTheTables) {
    std::ifstream file(std::string(TIDEGATE_SOURCE_DIR) + "/docs/log.md");
    const std::string written{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(written, telling_reference()) << "run `tidegate serve --log-reference > docs/log.md`";
}

TEST(Metrics, TextFormat) {
    const std::string text = exposition(
        {{.name = "tidegate_questions_total",
          .help = "Questions of doors",
          .kind = Metric::Kind::counter,
          .samples = {{{{"door", "a\"b\n"}}, 3}}},
         {.name = "tidegate_acts", .help = "1: acts", .kind = Metric::Kind::gauge, .samples = {{{}, 1}}}});
    EXPECT_THAT(text, HasSubstr("# HELP tidegate_questions_total Questions of doors\n"
                                "# TYPE tidegate_questions_total counter\n"
                                "tidegate_questions_total{door=\"a\\\"b\\n\"} 3"));
    EXPECT_THAT(text, HasSubstr("# TYPE tidegate_acts gauge\ntidegate_acts 1"));
}

}  // namespace
}  // namespace tidegate::tell
