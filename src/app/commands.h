#pragma once
// The commands of `tidegate`: one file each, wiring only.

#include <CLI/App.hpp>

namespace tidegate::app {

/// What the program says to whoever started it.
enum Exit : int {
    all_well = 0,
    found_wrong = 1,  // a check found something
    bad_input = 2,    // bad usage, or input or output that failed (after the rest was done)
};

// Each adds its command to `program`; running it sets `status`, which outlives the parsing.
void add_replay(CLI::App& program, int& status);
void add_why(CLI::App& program, int& status);
void add_parse(CLI::App& program, int& status);
void add_drill(CLI::App& program, int& status);
void add_check_config(CLI::App& program, int& status);
void add_detect(CLI::App& program, int& status);
void add_serve(CLI::App& program, int& status);
void add_orders(CLI::App& program, int& status);
void add_journal(CLI::App& program, int& status);
void add_top(CLI::App& program, int& status);
void add_setup(CLI::App& program, int& status);
void add_alert(CLI::App& program, int& status);
void add_servers(CLI::App& program, int& status);
void add_listeners(CLI::App& program, int& status);
void add_queues(CLI::App& program, int& status);
void add_incident(CLI::App& program, int& status);
void add_console(CLI::App& program, int& status);
void add_report(CLI::App& program, int& status);
/// To `incident`: what customers are told.
void add_case(CLI::App& incident, int& status);
void add_work(CLI::App& program, int& status);

/// The whole program.  Fails: never; says what is wrong on standard error.
[[nodiscard]] int run(int argc, const char* const* argv);

}  // namespace tidegate::app
