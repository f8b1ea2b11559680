// tidegate servers, password-changed: an operator's view of the servers behind the edge, and his acts.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <memory>
#include <string>

#include "app/commands.h"
#include "app/serve/operator.h"
#include "app/serve/servers_text.h"
#include "event/json.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

struct Options {
    Operator who;
    std::string name;  // of a server, an account
    std::string reason, until, how = "restart";
    bool force = false, as_json = false;
};

int act(const Options& options, std::string_view action) {
    const std::string body = fmt::format(
        R"({{"server":{},"action":"{}","author":{},"reason":{},"until":{},"how":{},"force":{}}})",
        json_string(options.name), action, json_string(options.who.name()), json_string(options.reason),
        json_string(options.until), json_string(options.how), options.force);
    return show(options.who.ask("POST", "/v1/servers", body), options.as_json, what_was_done);
}

int list(const Options& options) {
    return show(options.who.ask("GET", "/v1/servers"), options.as_json, servers_text);
}

int password_changed(const Options& options) {
    const std::string body = fmt::format(R"({{"account":{},"author":{}}})", json_string(options.name),
                                         json_string(options.who.name()));
    return show(
        options.who.ask("POST", "/v1/forget-passwords", body), options.as_json, [&](const json::value&) {
            return fmt::format("{}: every password is looked up again\n", tell::harmless(options.name));
        });
}

using Shared = std::shared_ptr<Options>;

CLI::App* add_act(CLI::App& servers, int& status, const std::string& action, const std::string& about,
                  const Shared& options) {
    auto* command = servers.add_subcommand(action, about);
    options->who.add_options(*command, true);
    command->add_flag("--json", options->as_json, "The daemon's answer as it is");
    command->add_option("server", options->name, "Its name in the configuration")
        ->type_name("NAME")
        ->required();
    command->callback([options, &status, action] { status = act(*options, action); });
    return command;
}

CLI::Option* add_reason(CLI::App& command, const Shared& options) {
    return command.add_option("--reason", options->reason, "Why, for those who find it so");
}

void add_acts(CLI::App& servers, int& status, const Shared& options) {
    auto* drain = add_act(servers, status, "drain",
                          "No new accounts: who has a session there stays until it ends", options);
    add_reason(*drain, options)->required();
    drain->add_flag("--force", options->force, "Even if the others may not bear it");

    auto* quarantine = add_act(servers, status, "quarantine",
                               "Nobody: who has a session there is moved away between two commands", options);
    add_reason(*quarantine, options)->required();
    quarantine
        ->add_option("--for", options->until,
                     "30m, 2h, 7d, a date, a time, or never: then it comes back by itself (else by hand)")
        ->type_name("WHEN");
    quarantine->add_flag("--force", options->force, "Even if the others may not bear it");

    add_reason(*add_act(servers, status, "back", "Takes it in again, slowly", options), options);
    add_act(servers, status, "what-if", "Would the others bear it? Nothing is changed", options)
        ->add_option("--how", options->how, "drain, restart or quarantine")
        ->check(CLI::IsMember({"drain", "restart", "quarantine"}))
        ->capture_default_str();
}

}  // namespace

void add_servers(CLI::App& program, int& status) {
    auto options = std::make_shared<Options>();
    auto* servers =
        program.add_subcommand("servers", "The servers behind the edge: how they stand, and acts");
    options->who.add_options(*servers, false);
    servers->add_flag("--json", options->as_json, "The daemon's answer as it is");
    servers->require_subcommand(0, 1);
    servers->callback([options, servers, &status] {
        if (servers->get_subcommands().empty()) status = list(*options);
    });
    add_acts(*servers, status, options);

    auto changing = std::make_shared<Options>();
    auto* changed = program.add_subcommand(
        "password-changed", "Says that an account has a new password: for the script that changes it");
    changing->who.add_options(*changed, true);
    changed->add_flag("--json", changing->as_json, "The daemon's answer as it is");
    changed->add_option("account", changing->name, "By any of its names")->type_name("ACCOUNT")->required();
    changed->callback([changing, &status] { status = password_changed(*changing); });
}

}  // namespace tidegate::app
