#include <CLI/CLI.hpp>
#include <algorithm>
#include <clocale>
#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "app/commands.h"
#include "app/output.h"
#include "config/value.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

// CLI11's own codes are above 100; ours say only whether the usage was right.
int after_parse_error(const CLI::App& program, const CLI::ParseError& error) {
    return program.exit(error) == 0 ? all_well : bad_input;
}

// CLI11 would only say that a command is missing.
bool is_unknown_command(const CLI::App& program, std::string_view word) {
    if (word.starts_with('-')) return false;
    std::vector<std::string> names;
    for (const CLI::App* command : program.get_subcommands({})) names.push_back(command->get_name());
    if (std::ranges::find(names, word) != names.end()) return false;
    const std::vector<std::string_view> views(names.begin(), names.end());
    const auto meant = config::nearest(word, views);
    say(Error{"", 0, "unknown command '" + tell::harmless(word) + "'",
              meant ? "did you mean '" + std::string(*meant) + "'?" : "tidegate --help lists all"});
    return true;
}

}  // namespace

int run(int argc, const char* const* argv) {
    std::setlocale(LC_CTYPE, "");   // whether the terminal speaks UTF-8
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of write(), not the end
    CLI::App program("Guards mail servers against floods of guesses, and judges what they logged.",
                     "tidegate");
    program.set_version_flag("--version", "tidegate " TIDEGATE_VERSION);
    program.require_subcommand(1);
    program.footer(
        "`tidegate COMMAND --help` says more. Exit status: 0, 1 (a check found something wrong), 2 (bad "
        "usage "
        "or\ninput that could not be read whole).");
    int status = all_well;
    add_replay(program, status);
    add_why(program, status);
    add_parse(program, status);
    add_drill(program, status);
    add_check_config(program, status);
    add_detect(program, status);
    add_serve(program, status);
    add_top(program, status);
    add_orders(program, status);
    add_servers(program, status);
    add_listeners(program, status);
    add_queues(program, status);
    add_incident(program, status);
    add_console(program, status);
    add_report(program, status);
    add_work(program, status);
    add_journal(program, status);
    add_setup(program, status);
    add_alert(program, status);
    if (argc > 1 && is_unknown_command(program, argv[1])) return bad_input;
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return after_parse_error(program, error);
    }
    return status;
}

}  // namespace tidegate::app
