#include <CLI/CLI.hpp>
#include <clocale>
#include <csignal>

#include "app/commands.h"

namespace tidegate::app {
namespace {

// CLI11's own codes are above 100; ours say only whether the usage was right.
int after_parse_error(const CLI::App& program, const CLI::ParseError& error) {
    return program.exit(error) == 0 ? all_well : bad_input;
}

}  // namespace

int run(int argc, const char* const* argv) {
    std::setlocale(LC_CTYPE, "");   // whether the terminal speaks UTF-8
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of write(), not the end
    CLI::App program("Judges what mail servers logged: the attacks, and whom stopping them would hurt.",
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
    add_check_config(program, status);
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return after_parse_error(program, error);
    }
    return status;
}

}  // namespace tidegate::app
