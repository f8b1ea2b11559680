// tidegate report: what happened in a week, for whoever has to answer for it.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <memory>

#include "app/commands.h"
#include "app/interrupt.h"
#include "app/output.h"
#include "app/report_mail.h"
#include "app/report_week.h"
#include "app/serve/operator.h"
#include "tell/alert/alerts.h"

namespace tidegate::app {
namespace {

struct Options {
    Operator who;
    std::string week, from, to, zone, journal, html;
    bool text = false, as_json = false, mail = false, names = false;
};

Time now() {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

std::unexpected<Error> bad_time(const std::string& text) {
    return std::unexpected(Error{"", 0, "'" + text + "' is no time",
                                 "write \"2026-11-23\" or \"2026-11-23T17:05\", by the report's zone"});
}

// --from and --to.
Result<ReportQuery> query_of_times(const Options& options, ReportQuery query) {
    const auto from = tell::parse_moment(query.zone, options.from);
    if (!from) return bad_time(options.from);
    const auto to =
        options.to.empty() ? std::optional(query.now) : tell::parse_moment(query.zone, options.to);
    if (!to) return bad_time(options.to);
    if (*from >= *to || *to - *from > std::chrono::hours(24 * 366))
        return std::unexpected(
            Error{"", 0, "from " + options.from + " to " + options.to + " is no time of a year at most",
                  "--to is behind --from, or now"});
    query.period = {*from, *to};
    return query;
}

Result<ReportQuery> query_of(const Options& options, const config::Settings& settings) {
    ReportQuery query{.period = {},
                      .zone = options.zone.empty() ? report_zone(settings) : tell::Zone(options.zone),
                      .provider = settings.report.provider,
                      .has_edge = !settings.servers.empty(),
                      .now = now()};
    if (!options.zone.empty() && query.zone.label(query.now) != options.zone)
        return std::unexpected(Error{"", 0, "there is no time zone '" + options.zone + "'",
                                     "write its IANA name, like Europe/Vienna"});
    if (!options.from.empty()) return query_of_times(options, std::move(query));
    const auto week = options.week.empty() ? tell::weeks_before(tell::week_of(query.zone, query.now), 1)
                                           : tell::parse_week(options.week).value_or(tell::IsoWeek{});
    if (week == tell::IsoWeek{})
        return std::unexpected(Error{"", 0, "'" + options.week + "' is no week", "write it like 2026-W48"});
    query.period = tell::period_of(query.zone, week);
    query.called = tell::name(week);
    return query;
}

// A journal of another place is not what the running daemon knows about.
std::string scene_for(const Options& options) {
    if (!options.journal.empty()) return {};
    return options.who.ask("GET", "/v1/scene").value_or(std::string());
}

int send(const tell::Week& week, const Options& options, const config::Settings& settings) {
    const auto target = report_target(settings);
    if (!target) {
        say(Error{options.who.config, 0, "nobody is to get the report by mail",
                  "set 'to' under [report], and a server there or in an [[alert]]"});
        return bad_input;
    }
    const tell::Sent sent =
        tell::send_mail(*target,
                        report_mail(week, {.names = options.names || settings.report.names}, *target,
                                    "report-" + tell::new_alert_id()),
                        interrupted);
    say(fmt::format("{}: {}: {}", tell::name_of(*target), sent.arrived ? "sent" : "FAILED", sent.said));
    return sent.arrived ? all_well : found_wrong;
}

int write(const tell::Week& week, const Options& options, const config::Settings& settings) {
    const tell::LetterOptions form{.names = options.names || settings.report.names};
    const bool silent = !options.text && (!options.html.empty() || options.mail);
    Output out(STDOUT_FILENO);
    if (options.as_json)
        out.write(tell::week_json(week, form) + '\n');
    else if (!silent)
        out.write(tell::letter_text(tell::letter_of(week, form)));
    int status = all_well;
    if (!out.flush()) say(out.error()), status = bad_input;
    if (!options.html.empty()) {
        const auto written = write_file(options.html, tell::letter_html(tell::letter_of(week, form)));
        if (!written) say(written.error()), status = bad_input;
    }
    return options.mail ? std::max(status, send(week, options, settings)) : status;
}

int report(const Options& options) {
    std::error_code ignored;
    const bool is_there = std::filesystem::exists(options.who.config, ignored);
    const config::Loaded loaded =
        is_there || options.journal.empty() ? config::load(options.who.config) : config::Loaded{};
    for (const Error& error : loaded.errors) say(error);
    if (!loaded.errors.empty()) return bad_input;
    const auto query = query_of(options, loaded.settings);
    if (!query) return say(query.error()), bad_input;
    watch_for_interrupts();
    const ReportSources sources{
        .folder = options.journal.empty() ? loaded.settings.serve.state : options.journal,
        .policy = naming_policy(loaded.settings),
        .scene = scene_for(options)};
    const auto week = read_week(sources, *query, interrupted);
    if (!week) return say(week.error()), bad_input;
    const int status = write(*week, options, loaded.settings);
    if (week->coverage.damaged > 0) say("a part of the journal could not be read; the report says so");
    return week->coverage.damaged > 0 ? static_cast<int>(bad_input) : status;
}

}  // namespace

void add_report(CLI::App& program, int& status) {
    auto options = std::make_shared<Options>();
    auto* command = program.add_subcommand("report", "What happened in a week, for a director to read");
    options->who.add_options(*command, false);
    auto* week =
        command->add_option("--week", options->week, "Which one, like 2026-W48 (else the last whole one)")
            ->type_name("WEEK");
    auto* from = command->add_option("--from", options->from, "Another time: from this day, or minute, on")
                     ->type_name("TIME")
                     ->excludes(week);
    command->add_option("--to", options->to, "Up to then (else now)")->type_name("TIME")->needs(from);
    command->add_option("--zone", options->zone, "By which clock (else as [report] says)")->type_name("ZONE");
    command->add_option("--journal", options->journal, "Of a journal in another folder, a backup say")
        ->type_name("FOLDER");
    command->add_option("--html", options->html, "Write it as a page")->type_name("FILE");
    auto* text =
        command->add_flag("--text", options->text, "Print it as text, also beside --html and --mail");
    command->add_flag("--json", options->as_json, "Print its figures as one JSON object")->excludes(text);
    command->add_flag("--mail", options->mail, "Send it now to those that [report] names");
    command->add_flag("--names", options->names, "Name accounts, and what people wrote about them");
    command->footer(
        "Reads the journal; the daemon may run or not, and is not held back. docs/weekly-report.md says "
        "what\n"
        "each figure means. Exit status: 0 all went, 1 the mail was not taken, 2 bad usage, or a journal "
        "that\n"
        "could not be read whole.");
    command->callback([options, &status] { status = report(*options); });
}

}  // namespace tidegate::app
