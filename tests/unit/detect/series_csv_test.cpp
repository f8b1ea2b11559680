#include "app/series_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <ostream>
#include <string>
#include <vector>

namespace tidegate::app {
namespace {

using testing::ElementsAre;
using testing::Optional;

struct Moment {
    std::string text;
    std::optional<double> seconds;
    friend std::ostream& operator<<(std::ostream& out, const Moment& moment) { return out << moment.text; }
};

class Moments : public testing::TestWithParam<Moment> {};
TEST_P(Moments, AreRead) {
    EXPECT_EQ(read_moment(GetParam().text), GetParam().seconds);
}
INSTANTIATE_TEST_SUITE_P(
    SeriesCsv, Moments,
    testing::Values(
        Moment{"2014-02-14 14:30:00", 1392388200}, Moment{"2014-02-14T14:30", 1392388200},
        Moment{"\"2014-02-14 14:30:00\"", 1392388200}, Moment{"2014/02/14 14:30", 1392388200},
        Moment{" 2014-02-14T14:30:00.5Z", 1392388200.5}, Moment{"2014-02-14T14:30:00,25Z", 1392388200.25},
        Moment{"2014-02-14T15:30:00+01:00", 1392388200}, Moment{"2014-02-14T15:30:00+0100", 1392388200},
        Moment{"2014-02-14T13:30:00-01", 1392388200}, Moment{"2014-02-14", 1392336000},
        Moment{"1392388200", 1392388200}, Moment{"1392388200.5", 1392388200.5},
        Moment{"1392388200000", 1392388200}, Moment{"-5", -5}, Moment{"", {}}, Moment{"timestamp", {}},
        Moment{"2014-02-30", {}}, Moment{"2014-02-14T25:00", {}}, Moment{"nan", {}}, Moment{"inf", {}},
        Moment{"1e300", {}}, Moment{"2014-02-14X14:30", {}}));

TEST(SeriesCsv, RowsKeepTheirTextsAsTheyCame) {
    const SeriesRow row = read_row(" \"2014-02-14 14:30:00\" ; +1.50e3 ;more\r");
    EXPECT_EQ(row.time, " \"2014-02-14 14:30:00\" ");
    EXPECT_EQ(row.value, " +1.50e3 ");
    EXPECT_THAT(row.number, Optional(1500));
    EXPECT_FALSE(row.missing);
    const SeriesRow quoted = read_row("\"1,5\",\"2.5\"");
    EXPECT_EQ(quoted.time, "\"1,5\"");
    EXPECT_THAT(quoted.number, Optional(2.5));
}

TEST(SeriesCsv, WhatStandsForNothingIsMissing) {
    for (const std::string_view text : {"", "NaN", "nan", "-nan", "NA", "null", "None", " ", "\"\"", "-"})
        EXPECT_TRUE(read_row("1," + std::string(text)).missing) << text;
    EXPECT_TRUE(read_row("1").missing);
    for (const std::string_view text : {"abc", "1.5x", "0x10", "nanny", "1 2"}) {
        const std::string line = "1," + std::string(text);
        const SeriesRow row = read_row(line);
        EXPECT_FALSE(row.missing) << text;
        EXPECT_FALSE(row.number) << text;
    }
}

TEST(SeriesCsv, NumbersBeyondADoubleAreTheNearestOnes) {
    constexpr double most = std::numeric_limits<double>::max();
    EXPECT_THAT(read_row("1,1e999").number, Optional(most));
    EXPECT_THAT(read_row("1,-1e999").number, Optional(-most));
    EXPECT_THAT(read_row("1,-inf").number, Optional(-most));
    EXPECT_THAT(read_row("1,1e-999").number, Optional(0));
}

TEST(SeriesCsv, SpansOfTime) {
    EXPECT_THAT(read_span("3y"), Optional(3 * 365.25 * 86400));
    EXPECT_THAT(read_span("90d"), Optional(90 * 86400));
    EXPECT_THAT(read_span("30m"), Optional(1800));
    EXPECT_THAT(read_span("45"), Optional(45));
    for (const std::string_view text : {"", "y", "-1d", "0d", "3x", "nan", "1e99y"})
        EXPECT_FALSE(read_span(text)) << text;
}

std::vector<std::string> cut(const std::vector<std::string>& pieces) {
    std::vector<std::string> out;
    LineCutter cutter;
    const LineCutter::Take take = [&out](std::string_view line, bool whole) {
        out.push_back(std::string(line.substr(0, 70)) + (whole ? "" : "!"));
    };
    for (const std::string& piece : pieces) cutter.feed(piece, take);
    cutter.finish(take);
    return out;
}

TEST(SeriesCsv, LinesAreTheSameHoweverTheyAreCut) {
    EXPECT_THAT(cut({"a\nb\n\nc"}), ElementsAre("a", "b", "", "c"));
    EXPECT_THAT(cut({"a", "\n", "b", "\n\nc", ""}), ElementsAre("a", "b", "", "c"));
    EXPECT_THAT(cut({"", "abc", "def\ng\n"}), ElementsAre("abcdef", "g"));
}

TEST(SeriesCsv, AnEndlessLineIsNamedOnceAndTheNextIsWhole) {
    const std::string piece(1 << 20, 'x');
    std::vector<std::string> pieces(40, piece);
    pieces.emplace_back("tail\nnext\n");
    EXPECT_THAT(cut(pieces), ElementsAre(std::string(64, 'x') + "!", "next"));
}

}  // namespace
}  // namespace tidegate::app
