// tidegate incident, as far as customers are concerned: cases, what they are told, what was promised.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <memory>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/output.h"
#include "app/serve/case_text.h"
#include "app/serve/operator.h"
#include "event/json.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

struct Options {
    Operator who;
    std::string id, text, title, state, worst, cause, next, source, by, report, file, act, partner;
    std::vector<std::string> services, meanwhile, steps;
    unsigned number = 0, calls = 0;
    double mean = 0, longest = -1;
    bool as_json = false, publish = false, all_reports = false, kept = false;
};
using Shared = std::shared_ptr<Options>;

/// The object of a request; what is empty is left out.
class Body {
public:
    explicit Body(const Options& options) { text("author", options.who.name()); }
    Body& text(std::string_view name, std::string_view value) {
        return value.empty() ? *this : raw(name, json_string(value));
    }
    Body& list(std::string_view name, const std::vector<std::string>& values) {
        std::string all;
        for (const std::string& each : values) all += (all.empty() ? "" : ",") + json_string(each);
        return values.empty() ? *this : raw(name, "[" + all + "]");
    }
    Body& number(std::string_view name, double value) { return raw(name, fmt::format("{}", value)); }
    Body& truth(std::string_view name, bool value) { return value ? raw(name, "true") : *this; }
    [[nodiscard]] std::string object() const { return '{' + out_ + '}'; }

private:
    Body& raw(std::string_view name, std::string_view value) {
        out_ += fmt::format("{}{}:{}", out_.empty() ? "" : ",", json_string(name), value);
        return *this;
    }
    std::string out_;
};

std::string path_of(const Options& options, std::string_view act = {}) {
    return fmt::format("/v1/cases/{}{}", query_word(options.id), act);
}

int show(const Options& options, const std::string& path, std::string (*form)(const json::value&)) {
    return app::show(options.who.ask("GET", path), options.as_json, form);
}

int act(const Options& options, const std::string& path, const Body& body, std::string_view words) {
    return app::show(options.who.ask("POST", path, body.object()), options.as_json,
                     [&](const json::value& value) { return done_text(value, words); });
}

int list(const Options& options) {
    return show(options, "/v1/cases", cases_text);
}

int show_one(const Options& options) {
    return show(options, path_of(options), case_text);
}

int show_public(const Options& options) {
    return show(options, "/v1/public?partner=" + query_word(options.partner), public_text);
}

int open(const Options& options) {
    return act(options, "/v1/cases",
               Body(options)
                   .text("title", options.title)
                   .text("cause", options.cause)
                   .list("services", options.services),
               "opened; a text waits, `tidegate incident approve` lets it out");
}

Body update_body(const Options& options, std::string_view what) {
    return Body(options)
        .text("act", what)
        .text("text", options.text)
        .text("title", options.title)
        .text("state", options.state)
        .text("worst", options.worst)
        .text("next", options.next)
        .text("source", options.source)
        .list("services", options.services)
        .list("meanwhile", options.meanwhile)
        .list("steps", options.steps)
        .number("number", options.number);
}

// Without a text, one that is drawn from what is measured.
int update(const Options& options) {
    const auto drafted =
        options.who.ask("POST", path_of(options, "/updates"), update_body(options, "draft").object());
    if (!drafted) return failed(drafted.error());
    if (!options.publish)
        return app::show(drafted, options.as_json, [](const json::value& value) {
            return done_text(value, "waits; `tidegate incident approve` lets it out");
        });
    return act(options, path_of(options, "/updates"), Body(options).text("act", "publish"), "is out");
}

int approve(const Options& options) {
    return act(options, path_of(options, "/updates"), update_body(options, "approve"), "is out");
}

int hold(const Options& options) {
    return act(options, path_of(options, "/updates"),
               Body(options).text("act", "hold").number("number", options.number),
               "is held: it does not go out by itself");
}

int promise(const Options& options) {
    return act(options, path_of(options, "/promise"),
               Body(options)
                   .text("by", options.by)
                   .text("report", options.report)
                   .truth("kept", options.kept)
                   .truth("reports", options.all_reports),
               options.kept ? "made" : "promised");
}

int check(const Options& options) {
    return act(options, path_of(options, "/checks"),
               Body(options).text("text", options.text).number("number", options.number),
               options.number == 0 ? "to be looked at" : "ticked off");
}

int support(const Options& options) {
    return act(options, path_of(options, "/lines"),
               Body(options)
                   .number("calls", options.calls)
                   .number("mean", options.mean)
                   .number("longest", options.longest < 0 ? options.mean : options.longest),
               "counted");
}

int draft_post_mortem(const Options& options) {
    const auto text = options.who.ask("GET", path_of(options, "/postmortem"));
    if (!text) return failed(text.error());
    if (options.file.empty()) return print(*text);
    if (const auto written = write_file(options.file, *text); !written) return failed(written.error());
    const auto plot = options.who.ask("GET", path_of(options, "/postmortem?form=plot"));
    if (!plot) return print("written; no hour of it is known yet, so there is no plot\n");
    if (const auto written = write_file(options.file + ".svg", *plot); !written)
        return failed(written.error());
    return print("written, and its plot beside it\n");
}

int post_mortem(const Options& options) {
    if (options.act == "draft") return draft_post_mortem(options);
    Body body(options);
    body.text("act", options.act);
    if (options.act == "write") {
        const auto text = read_file(options.file);
        if (!text) return failed(text.error());
        body.text("text", *text);
    }
    return act(options, path_of(options, "/postmortem"), body,
               options.act == "write" ? "kept; not public yet" : "published");
}

CLI::App* add(CLI::App& incident, int& status, const std::string& name, const std::string& about,
              int (*run)(const Options&), const Shared& options, bool acts = true) {
    auto* command = incident.add_subcommand(name, about);
    options->who.add_options(*command, acts);
    command->add_flag("--json", options->as_json, "The daemon's answer as it is");
    command->callback([options, &status, run] { status = run(*options); });
    return command;
}

void add_id(CLI::App& command, const Shared& options) {
    command.add_option("id", options->id, "Which one, as `cases` names it")->type_name("ID")->required();
}

void add_words(CLI::App& command, const Shared& options) {
    command.add_option("--title", options->title, "What the case is called from then on")->type_name("TEXT");
    command.add_option("--state", options->state, "investigating, identified, mending, watching or over")
        ->type_name("STATE");
    command.add_option("--worst", options->worst, "working, slow, disturbed or down")->type_name("STATE");
    command.add_option("--next", options->next, "When the next one comes, at last: 30m, 2h, none")
        ->type_name("TIME");
    command.add_option("--source", options->source, "Whose notice it is: a supplier's name, a link")
        ->type_name("TEXT");
    command.add_option("--service", options->services, "One that is hurt, by its name")->type_name("NAME");
    command.add_option("--meanwhile", options->meanwhile, "What works instead")->type_name("TEXT");
    command.add_option("--step", options->steps, "What customers can do themselves")->type_name("TEXT");
}

void add_reading(CLI::App& incident, int& status) {
    Shared of = std::make_shared<Options>();
    add(incident, status, "cases", "What customers are told of: all that is kept, the latest first", list, of,
        false);
    of = std::make_shared<Options>();
    add_id(*add(incident, status, "case", "One, with all that was seen, done, said and told", show_one, of,
                false),
           of);
    of = std::make_shared<Options>();
    add(incident, status, "public", "What the public page says now", show_public, of, false)
        ->add_option("--partner", of->partner, "That of a partner, by his name")
        ->type_name("NAME");
}

void add_updates(CLI::App& incident, int& status) {
    Shared of = std::make_shared<Options>();
    auto* command = add(incident, status, "open", "Opens a case by hand", open, of);
    command->add_option("title", of->title, "In a few words, for customers")->type_name("TITLE")->required();
    command->add_option("--service", of->services, "One that is hurt, by its name")->type_name("NAME");
    command->add_option("--cause", of->cause, "attack, own_fault or outside")->type_name("CAUSE");

    of = std::make_shared<Options>();
    command = add(incident, status, "update",
                  "A text for customers: yours, or one drawn from what is measured", update, of);
    add_id(*command, of);
    command->add_option("text", of->text, "What they should know")->type_name("TEXT");
    command->add_flag("--publish", of->publish, "Let it out at once");
    add_words(*command, of);

    of = std::make_shared<Options>();
    command =
        add(incident, status, "approve", "Lets the text out that waits, with what you change", approve, of);
    add_id(*command, of);
    command->add_option("--text", of->text, "Other words")->type_name("TEXT");
    command->add_option("--number", of->number, "Not the latest, but this one")->type_name("N");
    add_words(*command, of);

    of = std::make_shared<Options>();
    command = add(incident, status, "hold", "The text that waits does not go out by itself", hold, of);
    add_id(*command, of);
    command->add_option("--number", of->number, "Not the latest, but this one")->type_name("N");
}

void add_promises(CLI::App& incident, int& status) {
    Shared of = std::make_shared<Options>();
    auto* command =
        add(incident, status, "promise",
            "When the next update comes, or a report is due; and that a report was made", promise, of);
    add_id(*command, of);
    command->add_option("--by", of->by, "30m, 12h, 7d, a date, an RFC 3339 time")->type_name("TIME");
    command->add_option("--report", of->report, "Not the next update, but this report")->type_name("NAME");
    command->add_flag("--kept", of->kept, "The report was made")->needs("--report");
    command->add_flag("--reports", of->all_reports, "All [[case_report]] of the configuration are owed");

    of = std::make_shared<Options>();
    command = add(incident, status, "check", "Ticks off what is to be looked at, or adds to it", check, of);
    add_id(*command, of);
    command->add_option("number", of->number, "Which one is done, from 1")->type_name("N");
    command->add_option("--add", of->text, "Something else to look at")->type_name("TEXT");

    of = std::make_shared<Options>();
    command =
        add(incident, status, "support", "How many called, and how long they were on hold", support, of);
    add_id(*command, of);
    command->add_option("calls", of->calls, "Calls since the last count")->type_name("N")->required();
    command->add_option("--mean", of->mean, "Seconds on hold, in the mean")->type_name("SECONDS");
    command->add_option("--longest", of->longest, "Seconds on hold, the longest")->type_name("SECONDS");

    of = std::make_shared<Options>();
    command =
        add(incident, status, "postmortem",
            "Drafts a post-mortem from the record, takes the one you wrote, publishes it", post_mortem, of);
    command->add_option("act", of->act, "draft, write or publish")
        ->type_name("ACT")
        ->required()
        ->check(CLI::IsMember({"draft", "write", "publish"}));
    add_id(*command, of);
    command->add_option("file", of->file, "Markdown: where the draft goes, or what you wrote")
        ->type_name("FILE");
}

}  // namespace

void add_case(CLI::App& incident, int& status) {
    add_reading(incident, status);
    add_updates(incident, status);
    add_promises(incident, status);
}

}  // namespace tidegate::app
