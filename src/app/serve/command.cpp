// tidegate serve: the daemon's command line.
#include <memory>

#include "app/commands.h"
#include "app/output.h"
#include "app/serve/daemon.h"
#include "tell/live/telling.h"

namespace tidegate::app {
namespace {

struct Options {
    ServeOptions serve;
    bool reference = false;
};

int run(const Options& options) {
    if (!options.reference) return serve(options.serve);
    Output out(1);
    out.write(tell::telling_reference());
    if (out.flush()) return all_well;
    say(out.error());
    return bad_input;
}

}  // namespace

void add_serve(CLI::App& program, int& status) {
    auto options = std::make_shared<Options>();
    auto* command =
        program.add_subcommand("serve", "Guards a live mail server: answers its questions, follows its logs");
    command->add_option("--config", options->serve.config, "Settings, as docs/configuration.md says")
        ->type_name("FILE")
        ->capture_default_str();
    command->add_flag("--log-reference", options->reference,
                      "Print what the log can say instead, in Markdown");
    command->footer(
        "Runs in the foreground until SIGTERM; SIGHUP reads the configuration anew, and a mistake in it "
        "leaves the "
        "one before.\nA new installation only watches: set mode = \"act\" under [serve] to let it act.\n"
        "Exit status: 0 after a clean stop, 2 where it could not start.");
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace tidegate::app
