// tidegate forget, backup, deeds: what operators do with the journal.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "app/commands.h"
#include "app/output.h"
#include "app/serve/operator.h"
#include "event/json.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

struct Options {
    Operator who;
    std::string what;  // the account, the folder
    std::string action, subject;
    unsigned most = 100;
    bool as_json = false;
};

json::value parsed(const std::string& answer) {
    boost::system::error_code error;
    json::value value = json::parse(answer, error);
    return error ? json::value() : value;
}

std::uint64_t number_in(const json::value& value, std::string_view name) {
    const auto* object = value.if_object();
    const auto* found = object == nullptr ? nullptr : object->if_contains(name);
    return found != nullptr && found->is_int64() ? static_cast<std::uint64_t>(found->get_int64()) : 0;
}

// The daemon does it beside its other work; a large journal takes minutes.
Result<json::value> order_and_wait(const Operator& who, std::string_view target, const std::string& body) {
    constexpr auto pause = std::chrono::milliseconds(100);
    const auto ordered = who.ask("POST", target, body);
    if (!ordered) return std::unexpected(ordered.error());
    const std::string ask = fmt::format("/v1/upkeep?id={}", number_in(parsed(*ordered), "id"));
    for (;; std::this_thread::sleep_for(pause)) {
        const auto answer = who.ask("GET", ask);
        if (!answer) return std::unexpected(answer.error());
        const json::value state = parsed(*answer);
        if (text_in(state, "state") == "done") return state.at("result");
    }
}

int finish(const Options& options, const Result<json::value>& done,
           const std::function<std::string(const json::value&)>& words) {
    if (!done) {
        say(done.error());
        return bad_input;
    }
    Output out(1);
    out.write((options.as_json ? json::serialize(*done) : words(*done)) + '\n');
    return out.flush() ? all_well : bad_input;
}

int forget(const Options& options) {
    const std::string body = fmt::format(R"({{"account":{},"author":{}}})", json_string(options.what),
                                         json_string(options.who.name()));
    return finish(options, order_and_wait(options.who, "/v1/forget", body), [](const json::value& done) {
        return fmt::format(
            "{} and {} of operators' acts no longer name it.\nNot reached: backups made before, "
            "and the servers' own logs.",
            tell::count(number_in(done, "entries"), "entry", "entries"),
            tell::count(number_in(done, "records"), "record", "records"));
    });
}

int backup(const Options& options) {
    std::error_code error;
    const auto folder = std::filesystem::absolute(options.what, error);  // the daemon stands elsewhere
    const std::string body = fmt::format(R"({{"folder":{},"author":{}}})", json_string(folder.string()),
                                         json_string(options.who.name()));
    return finish(options, order_and_wait(options.who, "/v1/backup", body), [](const json::value& done) {
        return fmt::format("{}: journal.sqlite and its newest checkpoint",
                           tell::harmless(text_in(done, "folder")));
    });
}

std::string line_of(const json::value& deed) {
    const auto text = [&](std::string_view name) { return tell::harmless(text_in(deed, name)); };
    return fmt::format("{}  {:<10} {:<8} {:<24} {}\n", text("time"), text("author"), text("action"),
                       text("subject"), text("reason"));
}

int deeds(const Options& options) {
    const auto answer = options.who.ask(
        "GET", fmt::format("/v1/deeds?action={}&subject={}&most={}", query_word(options.action),
                           query_word(options.subject), options.most));
    if (!answer) {
        say(answer.error());
        return bad_input;
    }
    Output out(1);
    const json::value all = parsed(*answer);
    if (options.as_json || !all.is_object()) {
        out.write(*answer);
    } else {
        for (const json::value& each : all.at("deeds").as_array()) out.write(line_of(each));
    }
    return out.flush() ? all_well : bad_input;
}

CLI::App* add(CLI::App& program, const std::string& name, const std::string& about,
              const std::shared_ptr<Options>& options, bool acts) {
    auto* command = program.add_subcommand(name, about);
    options->who.add_options(*command, acts);
    command->add_flag("--json", options->as_json, "The daemon's answer as it is");
    return command;
}

void add_deeds(CLI::App& program, int& status) {
    auto options = std::make_shared<Options>();
    auto* command = add(program, "deeds", "Who did what by hand, the latest first", options, false);
    command->add_option("--action", options->action,
                        "Only these: allow, deny, lift, vouch, mode, reload, forget, backup");
    command->add_option("--subject", options->subject, "Only those about it, as it was given");
    command->add_option("--most", options->most, "At most so many")
        ->check(CLI::Range(1, 1000))
        ->type_name("N")
        ->capture_default_str();
    command->callback([options, &status] { status = deeds(*options); });
}

}  // namespace

void add_journal(CLI::App& program, int& status) {
    auto forgetting = std::make_shared<Options>();
    auto* command =
        add(program, "forget", "Takes an account out of all that the journal keeps", forgetting, true);
    command->add_option("account", forgetting->what, "By any of its names")->type_name("ACCOUNT")->required();
    command->callback([forgetting, &status] { status = forget(*forgetting); });
    auto copying = std::make_shared<Options>();
    command = add(program, "backup", "Copies the journal while the daemon runs", copying, true);
    command->add_option("folder", copying->what, "Where to; an earlier backup there is replaced")
        ->type_name("FOLDER")
        ->required();
    command->footer(
        "The daemon writes it, as its own user: the folder, or the one that it is made in, must be his.\n"
        "docs/journal.md says how to restore it.");
    command->callback([copying, &status] { status = backup(*copying); });
    add_deeds(program, status);
}

}  // namespace tidegate::app
