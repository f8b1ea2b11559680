// tidegate check-config: reads a configuration and says what is wrong with it.
#include <fmt/format.h>

#include "app/commands.h"
#include "app/ground.h"
#include "app/output.h"
#include "app/serve/status_page.h"
#include "config/settings.h"
#include "tell/words.h"
#include "wire/log/parser.h"

namespace tidegate::app {
namespace {

struct Options {
    std::string file;
    bool reference = false;
};

// What only the parts themselves can tell: patterns, zone, tables and lists.
std::vector<Error> try_out(const std::string& file) {
    Choices choices;
    choices.config = file;
    auto ground = lay_ground(choices);
    if (!ground) return std::move(ground.error());
    if (auto mistakes = status_mistakes(ground->configured); !mistakes.empty()) {
        for (Error& each : mistakes) each.file = file;
        return mistakes;
    }
    const auto parser = wire::LogParser::create({.zone = ground->zone}, ground->input.patterns);
    if (parser) return {};
    Error error = parser.error();
    if (error.file.empty()) error.file = file;
    return {std::move(error)};
}

int check(const Options& options, Output& out) {
    const auto errors = try_out(options.file);
    for (const Error& error : errors) say(error);
    if (errors.empty()) out.write(fmt::format("{}: nothing wrong\n", tell::harmless(options.file)));
    return errors.empty() ? all_well : found_wrong;
}

int check_config(const Options& options) {
    Output out(1);
    int status = all_well;
    if (options.reference)
        out.write(config::reference());
    else if (auto readable = read_file(options.file); !readable)
        say(readable.error()), status = bad_input;
    else
        status = check(options, out);
    if (out.flush()) return status;
    say(out.error());
    return bad_input;
}

}  // namespace

void add_check_config(CLI::App& program, int& status) {
    auto options = std::make_shared<Options>();
    auto* command =
        program.add_subcommand("check-config", "Names everything that is wrong with a configuration");
    auto* file = command->add_option("file", options->file, "The configuration (TOML)")->type_name("FILE");
    auto* reference =
        command->add_flag("--reference", options->reference, "Print all settings instead, in Markdown");
    file->excludes(reference);
    command->footer(
        "Exit status: 0 nothing wrong, 1 something is, 2 bad usage or a file that cannot be read.");
    command->callback([options, &status] {
        if (options->file.empty() && !options->reference) throw CLI::RequiredError("FILE");
        status = check_config(*options);
    });
}

}  // namespace tidegate::app
