// tidegate alert: whether alerts reach anybody, found out before one is needed.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

#include "app/alert_routes.h"
#include "app/commands.h"
#include "app/interrupt.h"
#include "app/output.h"
#include "tell/alert/alerts.h"

namespace tidegate::app {
namespace {

struct Options {
    std::string config = "/etc/tidegate/tidegate.toml";
    bool test = false;
};

tell::Bulletin test_bulletin(Time now) {
    const tell::Alert alert{.kind = tell::AlertKind::test,
                            .severity = tell::Severity::notice,
                            .about = "test",
                            .subject = "a test",
                            .text = "Somebody ran `tidegate alert --test`. Alerts come by this way.",
                            .todo = "Nothing.",
                            .since = now};
    return {.kind = alert.kind, .items = {{.alert = alert}}, .count = 1};
}

// Each way in turn, so that what is printed is in the configuration's order; a silent one takes its time-out.
int send_test(const config::Settings& settings, Output& out) {
    const Time now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    const tell::Composing with{.id = tell::new_alert_id(), .host = tell::machine_name(), .time = now};
    const tell::Message message = tell::compose(test_bulletin(now), with);
    int status = all_well;
    for (const tell::RoutePlan& plan : alert_routes(settings)) {
        out.write(plan.route->name() + ": ");
        if (!out.flush()) break;
        const tell::Sent sent = plan.route->send(message, interrupted);
        out.write(fmt::format("{}: {}\n", sent.arrived ? "sent" : "FAILED", sent.said));
        if (!sent.arrived) status = found_wrong;
        if (interrupted()) return found_wrong;
    }
    return status;
}

int alert(const Options& options) {
    const config::Loaded loaded = config::load(options.config);
    for (const Error& error : loaded.errors) say(error);
    if (!loaded.errors.empty()) return bad_input;
    if (loaded.settings.alert_routes.empty()) {
        say(Error{options.config, 0, "has no [[alert]]", "docs/alerts.md has an example of each kind"});
        return bad_input;
    }
    watch_for_interrupts();
    Output out(STDOUT_FILENO);
    const int status = send_test(loaded.settings, out);
    if (out.flush()) return status;
    say(out.error());
    return bad_input;
}

}  // namespace

void add_alert(CLI::App& program, int& status) {
    auto options = std::make_shared<Options>();
    auto* command = program.add_subcommand("alert", "Sends a test by every way that alerts go");
    command->add_flag("--test", options->test, "Send it now")->required();
    command->add_option("--config", options->config, "Settings, as docs/configuration.md says")
        ->type_name("FILE")
        ->capture_default_str();
    command->footer(
        "Prints for each [[alert]] of the configuration what the other side said. The daemon need not run;\n"
        "run it as the daemon's user to see whether that may read the files with passwords.\n"
        "Exit status: 0 all went, 1 one did not, 2 bad usage or a configuration that is wrong or has none.");
    command->callback([options, &status] { status = alert(*options); });
}

}  // namespace tidegate::app
