// tidegate replay: judges past logs as if Tidegate had been there.
#include <fmt/format.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/ground.h"
#include "app/judging.h"
#include "app/output.h"
#include "app/reading.h"
#include "app/replay_journal.h"
#include "app/terminal.h"
#include "tell/tally.h"

namespace tidegate::app {
namespace {

struct Options {
    Choices choices;
    std::vector<std::string> event_files;  // named with --events itself
    std::string journal;                   // its folder; empty: the configuration's
    std::string html;
    std::string save_checkpoint, load_checkpoint;
    bool json = false;
    bool names = false;
    bool verdicts = false;
};

/// One replay from the first line to the report.
class Replay {
public:
    Replay(const Options& options, Ground ground, judge::Judge judge)
        : options_(options),
          ground_(std::move(ground)),
          judge_(std::move(judge)),
          tally_({ground_.zone,
                  [this](std::uint32_t number) { return std::string(ground_.as_table.name(number)); }}),
          out_(STDOUT_FILENO) {}

    int run() {
        const double started = seconds_now();
        const bool quiet =
            options_.choices.no_progress || (options_.verdicts && ::isatty(STDOUT_FILENO) == 1);
        const auto done = read(ground_.input, steps(), quiet, [this] { return out_.failed(); });
        if (!done) {
            say(done.error());
            return bad_input;
        }
        status_ = tell_of_errors(*done);
        auto facts = facts_of(*done, ground_, seconds_now() - started);
        facts.memory_bytes = judge_.memory().bytes;
        tell_summary(tally_.finish(std::move(facts)));
        save();
        return status_;
    }

private:
    observe::Steps steps() {
        observe::Steps steps;
        steps.prepare = [this](observe::Work& work) { ground_.prepare(work); };
        steps.fold = [this](observe::Work& work) { fold(judge_, work); };
        steps.tally = [this](observe::Work& work) { count(work); };
        return steps;
    }

    void count(const observe::Work& work) {
        constexpr std::size_t ahead = 8;
        const auto& events = work.batch.events;
        for (std::size_t i = 0; i < events.size(); ++i) {
            if (i + ahead < events.size()) tally_.prefetch(events[i + ahead], work.knocks[i + ahead].account);
            if (events[i].attempts != 0) tally_.add(events[i], work.verdicts[i], work.knocks[i].account);
        }
        if (options_.verdicts) print_verdicts(work);
    }

    void print_verdicts(const observe::Work& work) {
        for (std::size_t i = 0; i < work.verdicts.size(); ++i) {
            if (!is_counted(work.batch.events[i])) continue;
            append_verdict(*ground_.policy, work.batch.events[i], work.verdicts[i], out_.buffer());
            out_.flush_if_large();
        }
    }

    void tell_summary(const tell::Report& report) {
        Output errors(STDERR_FILENO, "standard error");
        Output& to = options_.verdicts ? errors : out_;  // standard output belongs to the verdicts then
        const int terminal = options_.verdicts ? STDERR_FILENO : STDOUT_FILENO;
        if (options_.json)
            to.write(summary_json(report, true) + '\n');
        else
            to.write(summary_text(report, text_options(terminal)));
        if (!out_.flush()) fail(out_.error());
        if (&to != &out_ && !to.flush()) fail(to.error());
        if (options_.html.empty()) return;
        if (auto written = write_file(options_.html, page_html(report, options_.names)); !written)
            fail(written.error().text());
    }

    void save() {
        if (options_.save_checkpoint.empty()) return;
        std::string bytes;
        judge_.save(bytes);
        if (auto written = write_file(options_.save_checkpoint, bytes); !written)
            fail(written.error().text());
    }

    void fail(std::string_view why) {
        say(why);
        status_ = bad_input;
    }

    const Options& options_;
    Ground ground_;
    judge::Judge judge_;
    tell::Tally tally_;
    Output out_;
    int status_ = all_well;
};

int replay(const Options& options) {
    auto ground = lay_ground(options.choices);
    if (!ground) {
        for (const Error& error : ground.error()) say(error);
        return bad_input;
    }
    auto judge = make_judge(*ground, options.load_checkpoint);
    if (!judge) {
        say(judge.error());
        return bad_input;
    }
    return Replay(options, std::move(*ground), std::move(*judge)).run();
}

void add_options(CLI::App& command, Options& options) {
    add_reading(command, options.choices);
    add_judging(command, options.choices);
    command.add_flag("--json", options.json, "The summary as one JSON object");
    command.add_option("--html", options.html, "Write the report as one self-contained page, too")
        ->type_name("FILE");
    command.add_flag("--names", options.names, "Account names on the page (left out otherwise)");
    command.add_flag(
        "--verdicts", options.verdicts,
        "Print an object for each attempt on standard output; the summary goes to standard error");
    command
        .add_option("--events", options.event_files,
                    "The files hold events in their text form (docs/formats.md) instead of logs")
        ->type_name("FILE")
        ->expected(0, 1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    auto* journal = command
                        .add_option("--journal", options.journal,
                                    "Judge the daemon's journal instead, and tell what this configuration "
                                    "would have done otherwise (else the configuration's folder)")
                        ->type_name("FOLDER")
                        ->expected(0, 1);
    for (const char* other : {"--html", "--names", "--verdicts", "--events", "files"})
        journal->excludes(command.get_option(other));
    command
        .add_option("--load-checkpoint", options.load_checkpoint,
                    "Start with what the judge knew when it was saved")
        ->type_name("FILE");
    command.add_option("--save-checkpoint", options.save_checkpoint, "Save what the judge knows at the end")
        ->type_name("FILE");
}

}  // namespace

void add_replay(CLI::App& program, int& status) {
    auto options = std::make_shared<Options>();
    auto* command = program.add_subcommand("replay", "Judges past logs as if Tidegate had been there");
    add_options(*command, *options);
    command->footer(
        "Reads the logs of mail servers and tells who attacked, what would have been stopped before the "
        "password\n"
        "database, and whom that would have hurt. What would have been stopped keeps its outcome to itself, "
        "as it\n"
        "would live. Nothing needs to be configured:\n\n"
        "  tidegate replay /var/log/mail.log*\n\n"
        "Exit status: 0 whatever was found, or 2 for bad usage or input that could not be read whole (the "
        "rest is\n"
        "reported). Ctrl-C ends with a report of what was read until then.");
    command->callback([command, options, &status] {
        if (command->get_option("--journal")->count() > 0) {
            status = replay_journal(options->choices, options->journal, options->json);
            return;
        }
        options->choices.events = command->get_option("--events")->count() > 0;
        for (const std::string& file : options->event_files)
            if (!file.empty()) options->choices.files.push_back(file);
        if (options->choices.files.empty()) throw CLI::RequiredError("FILE");
        status = replay(*options);
    });
}

}  // namespace tidegate::app
