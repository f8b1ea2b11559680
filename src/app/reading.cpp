#include "app/reading.h"

#include <unistd.h>

#include <algorithm>

#include "app/commands.h"
#include "app/interrupt.h"
#include "app/output.h"
#include "app/terminal.h"

namespace tidegate::app {
namespace {

constexpr const char* stopped_early = "interrupted: only part of the input was read";

}  // namespace

Result<observe::ReadReport> read(const observe::Input& input, observe::Steps steps, bool quiet,
                                 const std::function<bool()>& enough) {
    watch_for_interrupts();
    ProgressLine line(!quiet, STDERR_FILENO);
    steps.progress = [&](std::uint64_t done, std::uint64_t total, std::uint64_t lines) {
        line.update(done, total, lines);
    };
    steps.goes_on = [&] { return !interrupted() && !enough(); };
    return observe::run(input, steps);
}

int tell_of_errors(const observe::ReadReport& read) {
    constexpr std::size_t most = 20;  // a file of rubbish has an error on every line
    for (std::size_t i = 0; i < std::min(most, read.errors.size()); ++i) say(read.errors[i]);
    if (read.errors.size() > most)
        say("and " + std::to_string(read.errors.size() - most) + " more like these");
    if (read.stopped && interrupted()) say(stopped_early);
    return read.errors.empty() && !read.stopped ? all_well : bad_input;
}

tell::ReadFacts facts_of(const observe::ReadReport& read, const Ground& ground, double seconds) {
    tell::ReadFacts facts;
    for (const auto& file : read.files) {
        facts.files.push_back(
            {file.name, file.lines.lines, file.lines.with_events, file.lines.unknown, file.bytes});
        facts.bytes += file.bytes;
    }
    facts.lines = read.lines.lines;
    facts.with_events = read.lines.with_events;
    facts.unknown = read.lines.unknown;
    facts.oversize = read.lines.oversize;
    facts.without_time = read.lines.without_time;
    facts.backwards = read.backwards;
    facts.joined = read.joined;
    facts.seconds = seconds;
    for (const Error& error : read.errors) facts.errors.push_back(error.text());
    if (read.stopped) facts.errors.emplace_back(stopped_early);
    facts.settings = ground.settings;
    facts.version = TIDEGATE_VERSION;
    return facts;
}

}  // namespace tidegate::app
