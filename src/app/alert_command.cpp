// tidegate alert: whether alerts reach anybody, who is called, and who has taken one.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "app/alert_on_call.h"
#include "app/alert_routes.h"
#include "app/commands.h"
#include "app/interrupt.h"
#include "app/output.h"
#include "app/serve/alert_text.h"
#include "app/serve/operator.h"
#include "event/json.h"
#include "tell/alert/alerts.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

struct Options {
    Operator who;
    std::string way, severity = "notice";
    std::string code, how_long, reason, at;
    unsigned turns = 2;
    bool test = false, as_json = false;
};
using Shared = std::shared_ptr<Options>;

Time now() {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

tell::Bulletin test_bulletin(const Options& options) {
    const auto severity = std::ranges::find(tell::severities, options.severity);
    const tell::Alert alert{.kind = tell::AlertKind::test,
                            .severity = static_cast<tell::Severity>(severity - tell::severities.begin()),
                            .about = "test",
                            .subject = "a test",
                            .text = "Somebody ran `tidegate alert --test`. Alerts come by this way.",
                            .todo = "Nothing.",
                            .since = now()};
    return {.kind = alert.kind, .items = {{.alert = alert}}, .count = 1};
}

bool is_meant(const tell::RoutePlan& plan, const std::string& way) {
    return way.empty() || plan.way == way || plan.route->name() == way;
}

// Each way in turn, so that what is printed is in the configuration's order; a silent one takes its time-out.
int send_test(const config::Settings& settings, const Options& options, Output& out) {
    const tell::Composing with{
        .id = tell::new_alert_id(), .host = tell::machine_name(), .time = now(), .repeats = {}};
    const tell::Message message = tell::compose(test_bulletin(options), with);
    int status = all_well;
    for (const tell::RoutePlan& plan : alert_routes(settings)) {
        if (!is_meant(plan, options.way)) continue;
        out.write(plan.route->name() + ": ");
        if (!out.flush()) break;
        const tell::Sent sent = plan.route->send(message, interrupted);
        out.write(fmt::format("{}: {}\n", sent.arrived ? "sent" : "FAILED", sent.said));
        if (!sent.arrived) status = found_wrong;
        if (interrupted()) return found_wrong;
    }
    return status;
}

// Nothing: what is wrong was said.
std::optional<config::Settings> settings_of(const Options& options) {
    config::Loaded loaded = config::load(options.who.config);
    for (const Error& error : loaded.errors) say(error);
    if (!loaded.errors.empty()) return std::nullopt;
    return std::move(loaded.settings);
}

int test(const Options& options) {
    const auto settings = settings_of(options);
    if (!settings) return bad_input;
    const auto& routes = settings->alert_routes;
    if (routes.empty())
        return failed(
            {options.who.config, 0, "has no [[alert]]", "docs/alerts.md has an example of each kind"});
    const auto plans = alert_routes(*settings);
    if (std::ranges::none_of(plans, [&](const auto& plan) { return is_meant(plan, options.way); }))
        return failed({options.who.config, 0,
                       fmt::format("has no [[alert]] with the name '{}'", tell::harmless(options.way)),
                       "`tidegate alert list` has the names"});
    watch_for_interrupts();
    Output out(STDOUT_FILENO);
    const int status = send_test(*settings, options, out);
    if (out.flush()) return status;
    say(out.error());
    return bad_input;
}

int list(const Options& options) {
    return show(options.who.ask("GET", "/v1/alerts"), options.as_json, alerts_text);
}

int acknowledge(const Options& options) {
    const auto answer = options.who.ask(
        "POST", fmt::format("/v1/alerts/{}/ack", query_word(options.code)),
        fmt::format(R"({{"author":{},"for":{},"reason":{}}})", json_string(options.who.name()),
                    json_string(options.how_long), json_string(options.reason)));
    if (!answer) return failed(answer.error());
    if (options.as_json) return print(*answer);
    return print(fmt::format("{}: acknowledged by {}\n", tell::harmless(options.code),
                             tell::harmless(options.who.name())));
}

int who(const Options& options) {
    const auto settings = settings_of(options);
    if (!settings) return bad_input;
    const auto at = options.at.empty() ? std::optional(now()) : parse_rfc3339(options.at);
    if (!at) return failed({"--at", 0, "is no time", "like 2026-12-24T18:00:00Z"});
    const tell::OnCall on_call = alert_on_call(*settings);
    if (on_call.rotas().empty())
        return failed({options.who.config, 0, "has no [[rota]]", "docs/alerts.md has an example"});
    std::string text;
    for (const tell::Rota& rota : on_call.rotas()) text += turns_text(rota, *at, options.turns) + '\n';
    return print(text);
}

CLI::App* add(CLI::App& alert, int& status, const std::string& name, const std::string& about,
              int (*run)(const Options&), const Shared& options, bool acts = false) {
    auto* command = alert.add_subcommand(name, about);
    options->who.add_options(*command, acts);
    command->callback([options, &status, run] { status = run(*options); });
    return command;
}

void add_test(CLI::App& alert, int& status, const Shared& options) {
    auto* command = add(alert, status, "test", "Sends a test by every way that alerts go", test, options);
    command->add_option("--way", options->way, "By this [[alert]] alone")->type_name("NAME");
    command->add_option("--severity", options->severity, "As grave as this")
        ->type_name("SEVERITY")
        ->check(CLI::IsMember({"notice", "warning", "critical"}))
        ->capture_default_str();
}

void add_acknowledge(CLI::App& alert, int& status, const Shared& options) {
    auto* command = add(alert, status, "ack", "Takes an alert: nobody else is called about it", acknowledge,
                        options, true);
    command->add_option("code", options->code, "As the message has it, or the id")
        ->type_name("CODE")
        ->required();
    command
        ->add_option("--for", options->how_long,
                     "So long (30m, 2h, 1d), then people are called again; else as long as it goes on")
        ->type_name("TIME");
    command->add_option("--reason", options->reason, "Goes into the audit log");
    command->add_flag("--json", options->as_json, "The daemon's answer as it is");
}

void add_who(CLI::App& alert, int& status, const Shared& options) {
    auto* command = add(alert, status, "who", "Who is on call, until when, and who comes next", who, options);
    command->add_option("--at", options->at, "Then, instead of now (RFC 3339)")->type_name("TIME");
    command->add_option("--turns", options->turns, "How many turns")
        ->check(CLI::Range(1U, 100U))
        ->capture_default_str();
}

}  // namespace

void add_alert(CLI::App& program, int& status) {
    const auto options = std::make_shared<Options>();
    auto* alert = program.add_subcommand("alert", "What people are told of, by which ways, and who has it");
    alert->require_subcommand(0, 1);
    alert->add_flag("--test", options->test, "The same as `test`");
    options->who.add_options(*alert, false);
    add_test(*alert, status, options);
    auto* listing = add(*alert, status, "list",
                        "What is to be acknowledged, how the ways stand, who is on call", list, options);
    listing->add_flag("--json", options->as_json, "The daemon's answer as it is");
    add_acknowledge(*alert, status, options);
    add_who(*alert, status, options);
    alert->footer(
        "`tidegate alert` alone is `tidegate alert list`. A test prints for each [[alert]] of the\n"
        "configuration what the other side said; the daemon need not run for it, nor for `who`. Run it as\n"
        "the daemon's user to see whether that may read the files with passwords.\n"
        "Exit status: 0 all went, 1 a test did not, 2 bad usage, a configuration that is wrong, no daemon.");
    alert->callback([options, alert, &status] {
        if (!alert->get_subcommands().empty()) return;
        status = options->test ? test(*options) : list(*options);
    });
}

}  // namespace tidegate::app
