// tidegate work: work that customers are told of before it is done.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/output.h"
#include "app/serve/case_text.h"
#include "app/serve/operator.h"
#include "event/json.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

struct Options {
    Operator who;
    std::string id, title, text, from, until, act;
    std::vector<std::string> services;
    bool as_json = false;
};
using Shared = std::shared_ptr<Options>;

int list(const Options& options) {
    return show(options.who.ask("GET", "/v1/work"), options.as_json, work_text);
}

int announce(const Options& options) {
    std::string services;
    for (const std::string& each : options.services)
        services += (services.empty() ? "" : ",") + json_string(each);
    const std::string body =
        fmt::format(R"({{"author":{},"title":{},"text":{},"from":{},"until":{},"services":[{}]}})",
                    json_string(options.who.name()), json_string(options.title), json_string(options.text),
                    json_string(options.from), json_string(options.until), services);
    return show(options.who.ask("POST", "/v1/work", body), options.as_json,
                [](const json::value& value) { return done_text(value, "is announced"); });
}

int act(const Options& options) {
    const std::string body =
        fmt::format(R"({{"author":{},"act":{},"until":{},"text":{}}})", json_string(options.who.name()),
                    json_string(options.act), json_string(options.until), json_string(options.text));
    return show(options.who.ask("POST", "/v1/work/" + query_word(options.id), body), options.as_json,
                [&](const json::value& value) { return done_text(value, options.act); });
}

CLI::App* add(CLI::App& work, int& status, const std::string& name, const std::string& about,
              int (*run)(const Options&), const Shared& options, bool acts) {
    auto* command = work.add_subcommand(name, about);
    options->who.add_options(*command, acts);
    command->add_flag("--json", options->as_json, "The daemon's answer as it is");
    command->callback([options, &status, run] { status = run(*options); });
    return command;
}

void add_act(CLI::App& work, int& status, const std::string& name, const std::string& about) {
    const Shared of = std::make_shared<Options>();
    of->act = name;
    auto* command = add(work, status, name, about, act, of, true);
    command->add_option("id", of->id, "Which, as `list` names it")->type_name("ID")->required();
    command->add_option("--text", of->text, "Other words for customers")->type_name("TEXT");
    if (name == "extend")
        command->add_option("--until", of->until, "30m, 2h, an RFC 3339 time")->type_name("TIME")->required();
}

}  // namespace

void add_work(CLI::App& program, int& status) {
    auto* work = program.add_subcommand("work", "Work that customers are told of before it is done");
    work->require_subcommand(1);
    Shared of = std::make_shared<Options>();
    add(*work, status, "list", "All that is announced or was", list, of, false);
    of = std::make_shared<Options>();
    auto* command = add(*work, status, "announce", "Tells customers of it", announce, of, true);
    command->add_option("title", of->title, "In a few words")->type_name("TITLE")->required();
    command->add_option("--from", of->from, "2h, 3d, a date, an RFC 3339 time")
        ->type_name("TIME")
        ->required();
    command->add_option("--until", of->until, "The same")->type_name("TIME")->required();
    command->add_option("--text", of->text, "What customers notice")->type_name("TEXT");
    command->add_option("--service", of->services, "One that is concerned, by its name")->type_name("NAME");
    add_act(*work, status, "begin", "It has begun: alarms of its services are marked");
    add_act(*work, status, "extend", "It takes longer");
    add_act(*work, status, "done", "It is done");
    add_act(*work, status, "call-off", "It is not done");
}

}  // namespace tidegate::app
