// tidegate detect: the detector over anybody's time series.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "app/commands.h"
#include "app/output.h"
#include "app/series_csv.h"
#include "judge/detect/value_watch.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

struct Wishes {
    std::string csv;
    std::string false_alarms_every = "3y";
    std::string out = "csv";
};

/// Rows in, rows out.
class Run {
public:
    Run(std::string name, double false_alarm_every, bool quiet)
        : name_(std::move(name)), watch_(false_alarm_every), quiet_(quiet), out_(STDOUT_FILENO) {
        if (!quiet_) out_.write("time,value,score,alarm\n");
    }

    void line(std::string_view text, bool whole) {
        ++line_;
        if (line_ == 1 && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
        if (!whole)
            return complain(fmt::format("the line is longer than {} MiB", LineCutter::longest >> 20),
                            "a row is a time and a value");
        if (text.find_first_not_of(" \t\r") == std::string_view::npos) return;
        const SeriesRow row = read_row(text);
        const bool first = std::exchange(first_, false);
        if (first && !row.seconds && !row.number) return;  // a header
        const auto seen = judge(row);
        if (!quiet_)
            fmt::format_to(std::back_inserter(out_.buffer()), "{},{},{:.6f},{:d}\n", row.time, row.value,
                           seen.score, seen.alarm);
        out_.flush_if_large();
    }

    [[nodiscard]] int finish() {
        if (complaints_ > most_complaints)
            say(fmt::format("{}: {} more rows like these", tell::harmless(name_),
                            complaints_ - most_complaints));
        if (!out_.flush()) {
            say(out_.error());
            return bad_input;
        }
        return complaints_ == 0 ? all_well : bad_input;
    }
    [[nodiscard]] bool failed() const { return out_.failed(); }

private:
    static constexpr std::uint64_t most_complaints = 20;

    judge::ValueWatch::Seen judge(const SeriesRow& row) {
        if (!row.seconds) {
            complain(fmt::format("'{}' is no time", shortened(row.time)),
                     "write it as 2024-12-11T17:05:41Z or in seconds since 1970");
            return watch_.miss();
        }
        if (row.missing) return watch_.miss();
        if (!row.number) {
            complain(fmt::format("'{}' is no number", shortened(row.value)),
                     "write it as 12.5 or 1e6, or leave it empty where there is none");
            return watch_.miss();
        }
        return watch_.see(*row.seconds, *row.number);
    }

    static std::string shortened(std::string_view text) {
        return tell::harmless(std::string(text.substr(0, 40)));
    }

    void complain(std::string what, std::string mend) {
        if (++complaints_ <= most_complaints)
            say(Error{.file = name_, .line = line_, .what = std::move(what), .mend = std::move(mend)});
    }

    std::string name_;
    judge::ValueWatch watch_;
    bool quiet_;
    Output out_;
    bool first_ = true;
    std::uint64_t line_ = 0, complaints_ = 0;
};

/// Reads all of it; an error that says why not.
Result<void> read_lines(int file, const std::string& name, Run& run) {
    LineCutter cutter;
    const LineCutter::Take take = [&run](std::string_view text, bool whole) { run.line(text, whole); };
    std::array<char, 65536> block;
    while (!run.failed()) {
        const ssize_t got = ::read(file, block.data(), block.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            return std::unexpected(
                Error{name, 0, std::string("cannot be read: ") + std::strerror(errno), ""});
        if (got == 0) break;
        cutter.feed({block.data(), static_cast<std::size_t>(got)}, take);
    }
    cutter.finish(take);
    return {};
}

int detect(const Wishes& wishes) {
    const auto every = read_span(wishes.false_alarms_every);
    if (!every) {
        say(Error{.file = {},
                  .line = 0,
                  .what = fmt::format("--false-alarms-every {}: no span of time",
                                      tell::harmless(wishes.false_alarms_every)),
                  .mend = "write it as 3y, 90d, 12h, 30m or 600s"});
        return bad_input;
    }
    const bool standard = wishes.csv == "-";
    const std::string name = standard ? "standard input" : wishes.csv;
    const int file = standard ? STDIN_FILENO : ::open(wishes.csv.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        say(Error{.file = name,
                  .line = 0,
                  .what = std::string("cannot be opened: ") + std::strerror(errno),
                  .mend = {}});
        return bad_input;
    }
    Run run(name, *every, wishes.out == "none");
    const auto read = read_lines(file, name, run);
    if (!standard) ::close(file);
    const int status = run.finish();
    if (read) return status;
    say(read.error());
    return bad_input;
}

}  // namespace

void add_detect(CLI::App& program, int& status) {
    auto wishes = std::make_shared<Wishes>();
    auto* command = program.add_subcommand("detect", "Finds what is out of the ordinary in a time series");
    command
        ->add_option("--csv", wishes->csv, "The series: a time and a value in each row; - is standard input")
        ->required()
        ->type_name("FILE");
    command
        ->add_option("--false-alarms-every", wishes->false_alarms_every,
                     "Expected time between two false alarms: 3y, 90d, 12h, 30m, 600s")
        ->capture_default_str()
        ->type_name("SPAN");
    command
        ->add_option("--out", wishes->out,
                     "csv prints a row for each row; none only says what is wrong with the input")
        ->capture_default_str()
        ->check(CLI::IsMember({"csv", "none"}));
    command->footer(
        "Times are ISO 8601 or seconds since 1970, a header is allowed, any step from a second to a day will "
        "do.\n"
        "Prints time,value,score,alarm: the score from 0 to 1 (0.5 opens an alarm), alarm 1 while one is "
        "open. No\n"
        "row is judged by a later one; missing values (empty, NaN) score 0. docs/detection.md explains the "
        "method.\n"
        "Exit status: 0, or 2 for bad usage or rows that could not be read (the rest is processed).");
    command->callback([wishes, &status] { status = detect(*wishes); });
}

}  // namespace tidegate::app
