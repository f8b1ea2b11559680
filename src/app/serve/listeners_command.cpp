// tidegate listeners: where clients come in, and which attacked domains have a listener of their own.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "app/commands.h"
#include "app/serve/listeners_text.h"
#include "app/serve/operator.h"
#include "event/json.h"

namespace tidegate::app {
namespace {

struct Options {
    Operator who;
    std::string domain, listener, reason, until;
    bool force = false, as_json = false;
};
using Shared = std::shared_ptr<Options>;

int act(const Options& options, std::string_view action) {
    const std::string body = fmt::format(
        R"({{"domain":{},"listener":{},"action":"{}","author":{},"reason":{},"until":{},"force":{}}})",
        json_string(options.domain), json_string(options.listener), action, json_string(options.who.name()),
        json_string(options.reason), json_string(options.until), options.force);
    return show(options.who.ask("POST", "/v1/listeners", body), options.as_json, what_was_done);
}

int list(const Options& options) {
    return show(options.who.ask("GET", "/v1/listeners"), options.as_json, listeners_text);
}

CLI::App* add_act(CLI::App& listeners, int& status, const std::string& action, const std::string& about,
                  const Shared& options) {
    auto* command = listeners.add_subcommand(action, about);
    options->who.add_options(*command, true);
    command->add_flag("--json", options->as_json, "The daemon's answer as it is");
    command->add_option("domain", options->domain, "Behind the @ of its recipients")
        ->type_name("DOMAIN")
        ->required();
    command->callback([options, &status, action] { status = act(*options, action); });
    return command;
}

}  // namespace

void add_listeners(CLI::App& program, int& status) {
    auto options = std::make_shared<Options>();
    auto* listeners = program.add_subcommand(
        "listeners", "Where clients come in at the edge, and domains with a listener of their own");
    options->who.add_options(*listeners, false);
    listeners->add_flag("--json", options->as_json, "The daemon's answer as it is");
    listeners->require_subcommand(0, 1);
    listeners->callback([options, listeners, &status] {
        if (listeners->get_subcommands().empty()) status = list(*options);
    });
    auto* move = add_act(*listeners, status, "move",
                         "Mail for the domain is taken there alone; elsewhere it is told 450", options);
    move->add_option("listener", options->listener, "Its name in the configuration")
        ->type_name("NAME")
        ->required();
    move->add_option("--reason", options->reason, "Why, for those who find it so")->required();
    move->add_option("--for", options->until,
                     "30m, 2h, 7d, a date, a time, or never: then it is moved back (else by hand)")
        ->type_name("WHEN");
    move->add_flag("--force", options->force, "Even if the listener has no sessions of its own");
    auto* back = add_act(*listeners, status, "back", "Its mail is taken at every listener again", options);
    back->add_option("--reason", options->reason, "Why");
}

}  // namespace tidegate::app
