#include "app/serve/case_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/serve/said.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

// "2026-08-05 12:00:10", of RFC 3339.
std::string moment_in(const json::value& value, std::string_view name) {
    constexpr std::size_t to_seconds = 19, between = 10;
    std::string time = said_text(value, name).substr(0, to_seconds);
    if (time.size() > between) time[between] = ' ';
    return time;
}

double number_in(const json::value& value, std::string_view name) {
    boost::system::error_code error;
    const double number = said(value, name).to_number<double>(error);
    return error ? 0 : number;
}

std::string line_of(std::string_view name, const std::string& text) {
    return text.empty() ? "" : fmt::format("  {:<17} {}\n", name, text);
}

std::string all_of(const json::value& value, std::string_view name) {
    std::string out;
    for (const json::value& each : said_list(value, name))
        if (const auto* text = each.if_string())
            out += (out.empty() ? "" : "; ") + tell::harmless(std::string_view(*text));
    return out;
}

std::string check_text(const json::value& check, std::size_t number) {
    const std::string done = moment_in(check, "done");
    return fmt::format("  {:>2} [{}] {}{}\n", number, done.empty() ? ' ' : 'x', said_text(check, "text"),
                       done.empty() ? "" : fmt::format(" ({}, {})", done, said_text(check, "who")));
}

std::string report_text(const json::value& report) {
    const std::string kept = moment_in(report, "kept");
    const bool is_broken = said_yes(report, "broken");
    return fmt::format("  report {}: due {}{}\n", said_text(report, "name"), moment_in(report, "due"),
                       !kept.empty() ? ", made " + kept
                       : is_broken   ? ", LATE"
                                     : "");
}

std::string waiting_text(const json::value& answer) {
    std::string out;
    for (const json::value& each : said_list(answer, "updates")) {
        const std::string stage = said_text(each, "stage");
        if (stage != "draft" && stage != "held") continue;
        const std::string time = moment_in(each, "goes_out");
        out += fmt::format("  update {} {}: {}\n", number_in(each, "number"),
                           time.empty() ? "waits for somebody" : "goes out by itself at " + time,
                           said_text(each, "text"));
    }
    return out;
}

std::string support_text(const json::value& answer) {
    double calls = 0, longest = 0;
    for (const json::value& each : said_list(answer, "support")) {
        calls += number_in(each, "calls");
        longest = std::max(longest, number_in(each, "longest_seconds"));
    }
    return calls == 0 ? "" : fmt::format("{} calls, longest on hold {} s", calls, longest);
}

}  // namespace

std::string cases_text(const json::value& answer) {
    std::string out;
    for (const json::value& each : said_list(answer, "cases"))
        out += fmt::format("{:<14} {:<13} {} {}{}\n", said_text(each, "id"), said_text(each, "state"),
                           moment_in(each, "opened"), said_text(each, "title"),
                           said_yes(each, "public") ? "" : " (not public)");
    return out.empty() ? "no case is known\n" : out;
}

std::string case_text(const json::value& answer) {
    std::string out = fmt::format("{}: {}\n", said_text(answer, "id"), said_text(answer, "title"));
    out += line_of("state", said_text(answer, "state")) + line_of("at its worst", said_text(answer, "worst"));
    out += line_of("services", all_of(answer, "services")) + line_of("began", moment_in(answer, "began"));
    out += line_of("ended", moment_in(answer, "ended")) +
           line_of("watched until", moment_in(answer, "watch_until"));
    const json::value& next = said(answer, "next");
    out += line_of("next update by", moment_in(next, "due") + (said_yes(next, "broken") ? " LATE" : ""));
    out += line_of("meanwhile", all_of(answer, "meanwhile")) + line_of("steps", all_of(answer, "steps"));
    out += line_of("support", support_text(answer)) + waiting_text(answer);
    for (const json::value& each : said_list(answer, "reports")) out += report_text(each);
    std::size_t number = 0;
    for (const json::value& each : said_list(answer, "checks")) out += check_text(each, ++number);
    for (const json::value& each : said_list(answer, "timeline"))
        out += fmt::format("{} {:<17} {:<9} {}\n", moment_in(each, "time"), said_text(each, "kind"),
                           said_text(each, "who"), said_text(each, "text"));
    return out;
}

std::string public_text(const json::value& answer) {
    std::string out = fmt::format("{}, as of {}\n", said_text(answer, "provider"), moment_in(answer, "made"));
    for (const json::value& each : said_list(answer, "services"))
        out += fmt::format("  {:<13} {}\n", said_text(each, "now"), said_text(each, "label"));
    for (const json::value& each : said_list(answer, "incidents")) {
        out += fmt::format("{}: {} ({})\n", said_text(each, "id"), said_text(each, "title"),
                           said_text(each, "state"));
        for (const json::value& update : said_list(each, "updates"))
            out += fmt::format("  {} {:<13} {}\n", moment_in(update, "time"), said_text(update, "state"),
                               said_text(update, "text"));
        out += line_of("next update by", moment_in(each, "next_update_by"));
    }
    return out;
}

std::string work_text(const json::value& answer) {
    std::string out;
    for (const json::value& each : said_list(answer, "work")) {
        const json::value& plan = said(each, "plan");
        const std::string_view state = said_yes(plan, "called_off")  ? "called off"
                                       : said_yes(plan, "done")      ? "done"
                                       : said_yes(plan, "under_way") ? "under way"
                                                                     : "announced";
        out += fmt::format("{:<8} {:<10} {} to {} {}\n", said_text(plan, "id"), state,
                           moment_in(plan, "from"), moment_in(plan, "until"), said_text(plan, "title"));
    }
    return out.empty() ? "no work is announced\n" : out;
}

std::string done_text(const json::value& answer, std::string_view words) {
    const json::value& number = said(answer, "number");
    const std::string which =
        number.is_number() ? fmt::format(", update {}", number_in(answer, "number")) : "";
    return fmt::format("{}{}: {}\n", said_text(answer, "id"), which, words);
}

}  // namespace tidegate::app
