// tidegate queues: how the mail servers' queues stand.
#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>

#include "app/commands.h"
#include "app/serve/operator.h"
#include "app/serve/queues_text.h"

namespace tidegate::app {
namespace {

struct Options {
    Operator who;
    bool as_json = false;
};

int list(const Options& options) {
    const Time now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    return show(options.who.ask("GET", "/v1/queues"), options.as_json,
                [now](const boost::json::value& answer) { return queues_text(answer, now); });
}

}  // namespace

void add_queues(CLI::App& program, int& status) {
    auto options = std::make_shared<Options>();
    auto* queues =
        program.add_subcommand("queues", "The mail servers' queues: what waits, and whether it is late");
    options->who.add_options(*queues, false);
    queues->add_flag("--json", options->as_json, "The daemon's answer as it is");
    queues->callback([options, &status] { status = list(*options); });
}

}  // namespace tidegate::app
