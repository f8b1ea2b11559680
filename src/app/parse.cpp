// tidegate parse: prints the events found in logs.
#include <fmt/format.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/ground.h"
#include "app/output.h"
#include "app/reading.h"
#include "event/text.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

void tell_of_lines(const observe::ReadReport& read) {
    using tell::count;
    for (const auto& file : read.files) {
        const wire::LineCounts& lines = file.lines;
        std::string text = fmt::format("{}: {}, {} with events, {} without, {} unknown",
                                       tell::harmless(file.name), count(lines.lines, "line", "lines"),
                                       count(lines.with_events), count(lines.nothing), count(lines.unknown));
        if (lines.first_unknown != 0) text += fmt::format(" (the first is line {})", lines.first_unknown);
        if (lines.without_time != 0) text += fmt::format(", {} without a time", count(lines.without_time));
        if (lines.oversize != 0) text += fmt::format(", {} too long", count(lines.oversize));
        say(text);
    }
}

int parse(const Choices& choices) {
    auto ground = lay_ground(choices);
    if (!ground) {
        for (const Error& error : ground.error()) say(error);
        return bad_input;
    }
    ground->input.join = false;
    Output out(STDOUT_FILENO);
    observe::Steps steps;
    steps.tally = [&](observe::Work& work) {
        for (const Event& event : work.batch.events) {
            append_text(event, out.buffer());
            out.buffer() += '\n';
            out.flush_if_large();
        }
    };
    const bool quiet = choices.no_progress || ::isatty(STDOUT_FILENO) == 1;
    const auto done = read(ground->input, std::move(steps), quiet, [&] { return out.failed(); });
    if (!done) {
        say(done.error());
        return bad_input;
    }
    int status = tell_of_errors(*done);
    tell_of_lines(*done);
    if (!out.flush()) {
        say(out.error());
        status = bad_input;
    }
    return status;
}

}  // namespace

void add_parse(CLI::App& program, int& status) {
    auto choices = std::make_shared<Choices>();
    auto* command = program.add_subcommand("parse", "Prints the events found in logs, a JSON object a line");
    add_reading(*command, *choices);
    command->get_option("files")->required();
    command->footer(
        "What each line says, before lines of one attempt are joined; docs/formats.md has the fields. Lines "
        "that are\n"
        "not known are counted on standard error.\n"
        "Exit status: 0, or 2 for bad usage or input that could not be read whole (the rest is printed).");
    command->callback([choices, &status] { status = parse(*choices); });
}

}  // namespace tidegate::app
