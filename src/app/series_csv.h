#pragma once
// Rows of a time series as spreadsheets and monitoring systems write them: a time, a value, perhaps more.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tidegate::app {

/// One row. The texts are as they came (quotes and spaces too), views into the line.
struct SeriesRow {
    std::string_view time, value;
    std::optional<double> seconds;  // Unix time; nothing where the text is no time
    std::optional<double> number;   // nothing where the value is missing or no number
    bool missing = false;           // empty, NaN and what else stands for "no value"
};

/// Columns are separated by a comma, a semicolon or a tab; a column in double quotes may contain them.
[[nodiscard]] SeriesRow read_row(std::string_view line);

/// ISO 8601 ("2014-02-14T14:30", a space for the T, seconds and their fractions, `Z` or an offset where there
/// is a zone, or a date alone), or seconds since 1970; from 10^11 on they are milliseconds. Times without a
/// zone are taken as they stand.
[[nodiscard]] std::optional<double> read_moment(std::string_view text);

/// "3y", "90d", "12h", "10m", "30s", "2w", or seconds. Nothing where it is none of these or not above 0.
[[nodiscard]] std::optional<double> read_span(std::string_view text);

/// Cuts what is read into lines without keeping more than one.
/// Thread: one at a time.
class LineCutter {
public:
    static constexpr std::size_t longest = std::size_t{16} << 20;
    using Take = std::function<void(std::string_view line, bool whole)>;

    /// Hands out every line that is complete, without its end. A line beyond `longest` is handed out once,
    /// cut.
    void feed(std::string_view bytes, const Take& take);
    /// What came after the last line end.
    void finish(const Take& take);

private:
    void hand_out(std::string_view rest, const Take& take);

    std::string kept_;
    bool cut_ = false;
};

}  // namespace tidegate::app
