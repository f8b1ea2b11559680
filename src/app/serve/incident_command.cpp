// tidegate incident: the incidents of the running daemon, and an operator's words about them.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <memory>
#include <string>

#include "app/commands.h"
#include "app/output.h"
#include "app/serve/incident_text.h"
#include "app/serve/operator.h"
#include "event/json.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

struct Options {
    Operator who;
    std::string id, text, reason, file;
    std::string zone = "UTC";
    bool as_json = false, markdown = false, names = false;
};
using Shared = std::shared_ptr<Options>;

std::string path_of(const Options& options, std::string_view act = {}) {
    return fmt::format("/v1/incidents/{}{}", query_word(options.id), act);
}

Result<std::string> record(const Options& options, std::string_view form) {
    return options.who.ask("GET", fmt::format("{}?form={}&names={}&zone={}", path_of(options), form,
                                              options.names, query_word(options.zone)));
}

int list(const Options& options) {
    return show(options.who.ask("GET", "/v1/incidents"), options.as_json, incidents_text);
}

int show_record(const Options& options) {
    return show(record(options, options.markdown ? "markdown" : "json"), options.markdown || options.as_json,
                incident_text);
}

int export_to_file(const Options& options) {
    const auto answer = record(options, options.file.ends_with(".json") ? "json" : "markdown");
    if (!answer) return failed(answer.error());
    if (const auto written = write_file(options.file, *answer); !written) return failed(written.error());
    return all_well;
}

int act(const Options& options, std::string_view what, const std::string& body, std::string_view words) {
    return show(
        options.who.ask("POST", path_of(options, what), body), options.as_json,
        [&](const json::value&) { return fmt::format("{}: {}\n", tell::harmless(options.id), words); });
}

int say_words(const Options& options) {
    return act(options, "/say",
               fmt::format(R"({{"text":{},"author":{}}})", json_string(options.text),
                           json_string(options.who.name())),
               "it is in the record");
}

int close(const Options& options) {
    return act(options, "/close",
               fmt::format(R"({{"reason":{},"author":{}}})", json_string(options.reason),
                           json_string(options.who.name())),
               "closed");
}

CLI::App* add(CLI::App& incident, int& status, const std::string& name, const std::string& about,
              int (*run)(const Options&), const Shared& options, bool acts = false) {
    auto* command = incident.add_subcommand(name, about);
    options->who.add_options(*command, acts);
    command->callback([options, &status, run] { status = run(*options); });
    return command;
}

CLI::Option* add_json(CLI::App& command, const Shared& options) {
    return command.add_flag("--json", options->as_json, "The daemon's answer as it is");
}

void add_id(CLI::App& command, const Shared& options) {
    command.add_option("id", options->id, "Which one, as `list` and `top` name it")
        ->type_name("ID")
        ->required();
}

void add_forms(CLI::App& command, const Shared& options) {
    command.add_flag("--names", options->names, "With the names of accounts (else stand-ins)");
    command.add_option("--zone", options->zone, "Whose times a Markdown form has")
        ->type_name("ZONE")
        ->capture_default_str();
}

}  // namespace

void add_incident(CLI::App& program, int& status) {
    auto* incident =
        program.add_subcommand("incident", "Incidents: what happened, and words for their record");
    incident->require_subcommand(1);
    const auto options = [] { return std::make_shared<Options>(); };

    Shared of = options();
    add_json(*add(*incident, status, "list", "All that are kept, the latest first", list, of), of);

    of = options();
    auto* command = add(*incident, status, "show", "The record of one", show_record, of);
    add_json(*command, of);
    command->add_flag("--markdown", of->markdown, "As the draft of a report")->excludes("--json");
    add_forms(*command, of);
    add_id(*command, of);

    of = options();
    command = add(*incident, status, "say", "Writes into the record of one, also when it is over", say_words,
                  of, true);
    add_json(*command, of);
    add_id(*command, of);
    command->add_option("text", of->text, "What you saw, did or decided")->type_name("TEXT")->required();

    of = options();
    command = add(*incident, status, "close", "Ends one by hand: alarms open now do not open another", close,
                  of, true);
    add_json(*command, of);
    command->add_option("--reason", of->reason, "Goes into its record");
    add_id(*command, of);

    of = options();
    command = add(*incident, status, "export", "Writes the record of one to a file", export_to_file, of);
    add_forms(*command, of);
    add_id(*command, of);
    command->add_option("file", of->file, "Markdown, or JSON where it ends in .json; replaced")
        ->type_name("FILE")
        ->required();
    add_case(*incident, status);
}

}  // namespace tidegate::app
