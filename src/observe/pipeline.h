#pragma once
// Past logs through the judge: read, parse, merge by time, join, fold, tally; on one thread or several, with
// the same result.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "event/batch.h"
#include "event/verdict.h"
#include "judge/knock.h"
#include "wire/log/parser.h"

namespace tidegate::observe {

/// A run of events on its way, with what was made of each: knocks[i] and verdicts[i] belong to
/// batch.events[i]. An event with `attempts == 0` was joined into another line of the same attempt: consumers
/// skip it.
struct Work {
    EventBatch batch;
    std::vector<judge::Knock> knocks;
    std::vector<Verdict> verdicts;
};

/// What to read.
struct Input {
    /// "-" is standard input, "journal:" this machine's journal, "journal:DIRECTORY" another's; gzip, zstd
    /// and journald's export format are recognised by their first bytes.
    std::vector<std::string> files;
    /// Of files that grow: how many of their bytes are read, and the rest of the line at that place.
    std::map<std::string, std::uint64_t> ends{};
    bool event_text = false;  // the files hold events in their text form, not logs
    bool join = true;         // false: as each line says (`parse`)
    std::optional<int> year;  // overrides the anchor of times without a year
    std::string zone;
    std::vector<wire::CustomPattern> patterns;
    unsigned threads = 1;
};

/// What is done to the events. `prepare` runs on any thread in any order of batches: it may change events,
/// and fills `knocks`. It is called a second time for events that joining changed, in a batch of those alone.
/// `fold` and `tally` each run on one thread at a time, in order of time; `tally` of one batch may run beside
/// `fold` of the next. A batch is used again after its `tally`: what is kept of it must be copied.
struct Steps {
    std::function<void(Work&)> prepare;
    std::function<void(Work&)> fold;
    std::function<void(Work&)> tally;
    /// Called now and then on the calling thread: bytes read so far and in all (0 where not known), lines so
    /// far.
    std::function<void(std::uint64_t done, std::uint64_t total, std::uint64_t lines)> progress;
    /// Asked before each chunk is read, on any thread; once it says false nothing more is read, what was read
    /// is finished and ReadReport::stopped is set (Ctrl-C, output that nobody takes any more). Empty: goes
    /// on.
    std::function<bool()> goes_on;
};

/// What was read, and what could not be.
struct ReadReport {
    struct File {
        std::string name;
        wire::LineCounts lines;
        std::uint64_t bytes = 0;  // after decompression
    };
    std::vector<File> files;
    wire::LineCounts lines;  // of all files
    std::uint64_t events = 0;
    std::uint64_t joined = 0;     // lines that were part of an attempt already counted
    std::uint64_t backwards = 0;  // lines whose time lies more than an hour before one above them
    bool stopped = false;         // Steps::goes_on said so
    std::vector<Error> errors;    // unreadable, cut short, a directory: exit status 2 after the rest was done
};

/// Reads everything; what cannot be read is reported and the rest goes on. Fails only where nothing can start
/// (a bad pattern, an unknown zone).
[[nodiscard]] Result<ReadReport> run(const Input& input, const Steps& steps);

}  // namespace tidegate::observe
