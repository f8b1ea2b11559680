#include "app/serve/case_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "app/serve/operator.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

const json::value& in(const json::value& value, std::string_view name) {
    static const json::value nothing;
    const auto* object = value.if_object();
    const auto* found = object == nullptr ? nullptr : object->if_contains(name);
    return found == nullptr ? nothing : *found;
}

std::span<const json::value> list_in(const json::value& value, std::string_view name) {
    const auto* list = in(value, name).if_array();
    return list == nullptr ? std::span<const json::value>() : std::span(list->data(), list->size());
}

std::string words_in(const json::value& value, std::string_view name) {
    return tell::harmless(text_in(value, name));
}

bool is_true(const json::value& value, std::string_view name) {
    const auto* truth = in(value, name).if_bool();
    return truth != nullptr && *truth;
}

// "2026-08-05 12:00:10", of RFC 3339.
std::string moment_in(const json::value& value, std::string_view name) {
    constexpr std::size_t to_seconds = 19, between = 10;
    std::string time = words_in(value, name).substr(0, to_seconds);
    if (time.size() > between) time[between] = ' ';
    return time;
}

double number_in(const json::value& value, std::string_view name) {
    boost::system::error_code error;
    const double number = in(value, name).to_number<double>(error);
    return error ? 0 : number;
}

std::string line_of(std::string_view name, const std::string& text) {
    return text.empty() ? "" : fmt::format("  {:<17} {}\n", name, text);
}

std::string all_of(const json::value& value, std::string_view name) {
    std::string out;
    for (const json::value& each : list_in(value, name))
        if (const auto* text = each.if_string())
            out += (out.empty() ? "" : "; ") + tell::harmless(std::string_view(*text));
    return out;
}

std::string check_text(const json::value& check, std::size_t number) {
    const std::string done = moment_in(check, "done");
    return fmt::format("  {:>2} [{}] {}{}\n", number, done.empty() ? ' ' : 'x', words_in(check, "text"),
                       done.empty() ? "" : fmt::format(" ({}, {})", done, words_in(check, "who")));
}

std::string report_text(const json::value& report) {
    const std::string kept = moment_in(report, "kept");
    const bool is_broken = is_true(report, "broken");
    return fmt::format("  report {}: due {}{}\n", words_in(report, "name"), moment_in(report, "due"),
                       !kept.empty() ? ", made " + kept
                       : is_broken   ? ", LATE"
                                     : "");
}

std::string waiting_text(const json::value& answer) {
    std::string out;
    for (const json::value& each : list_in(answer, "updates")) {
        const std::string stage = words_in(each, "stage");
        if (stage != "draft" && stage != "held") continue;
        const std::string time = moment_in(each, "goes_out");
        out += fmt::format("  update {} {}: {}\n", number_in(each, "number"),
                           time.empty() ? "waits for somebody" : "goes out by itself at " + time,
                           words_in(each, "text"));
    }
    return out;
}

std::string support_text(const json::value& answer) {
    double calls = 0, longest = 0;
    for (const json::value& each : list_in(answer, "support")) {
        calls += number_in(each, "calls");
        longest = std::max(longest, number_in(each, "longest_seconds"));
    }
    return calls == 0 ? "" : fmt::format("{} calls, longest on hold {} s", calls, longest);
}

}  // namespace

std::string cases_text(const json::value& answer) {
    std::string out;
    for (const json::value& each : list_in(answer, "cases"))
        out += fmt::format("{:<14} {:<13} {} {}{}\n", words_in(each, "id"), words_in(each, "state"),
                           moment_in(each, "opened"), words_in(each, "title"),
                           is_true(each, "public") ? "" : " (not public)");
    return out.empty() ? "no case is known\n" : out;
}

std::string case_text(const json::value& answer) {
    std::string out = fmt::format("{}: {}\n", words_in(answer, "id"), words_in(answer, "title"));
    out += line_of("state", words_in(answer, "state")) + line_of("at its worst", words_in(answer, "worst"));
    out += line_of("services", all_of(answer, "services")) + line_of("began", moment_in(answer, "began"));
    out += line_of("ended", moment_in(answer, "ended")) +
           line_of("watched until", moment_in(answer, "watch_until"));
    const json::value& next = in(answer, "next");
    out += line_of("next update by", moment_in(next, "due") + (is_true(next, "broken") ? " LATE" : ""));
    out += line_of("meanwhile", all_of(answer, "meanwhile")) + line_of("steps", all_of(answer, "steps"));
    out += line_of("support", support_text(answer)) + waiting_text(answer);
    for (const json::value& each : list_in(answer, "reports")) out += report_text(each);
    std::size_t number = 0;
    for (const json::value& each : list_in(answer, "checks")) out += check_text(each, ++number);
    for (const json::value& each : list_in(answer, "timeline"))
        out += fmt::format("{} {:<17} {:<9} {}\n", moment_in(each, "time"), words_in(each, "kind"),
                           words_in(each, "who"), words_in(each, "text"));
    return out;
}

std::string public_text(const json::value& answer) {
    std::string out = fmt::format("{}, as of {}\n", words_in(answer, "provider"), moment_in(answer, "made"));
    for (const json::value& each : list_in(answer, "services"))
        out += fmt::format("  {:<13} {}\n", words_in(each, "now"), words_in(each, "label"));
    for (const json::value& each : list_in(answer, "incidents")) {
        out += fmt::format("{}: {} ({})\n", words_in(each, "id"), words_in(each, "title"),
                           words_in(each, "state"));
        for (const json::value& update : list_in(each, "updates"))
            out += fmt::format("  {} {:<13} {}\n", moment_in(update, "time"), words_in(update, "state"),
                               words_in(update, "text"));
        out += line_of("next update by", moment_in(each, "next_update_by"));
    }
    return out;
}

std::string work_text(const json::value& answer) {
    std::string out;
    for (const json::value& each : list_in(answer, "work")) {
        const json::value& plan = in(each, "plan");
        const std::string_view state = is_true(plan, "called_off")  ? "called off"
                                       : is_true(plan, "done")      ? "done"
                                       : is_true(plan, "under_way") ? "under way"
                                                                    : "announced";
        out += fmt::format("{:<8} {:<10} {} to {} {}\n", words_in(plan, "id"), state, moment_in(plan, "from"),
                           moment_in(plan, "until"), words_in(plan, "title"));
    }
    return out.empty() ? "no work is announced\n" : out;
}

std::string done_text(const json::value& answer, std::string_view words) {
    const json::value& number = in(answer, "number");
    const std::string which =
        number.is_number() ? fmt::format(", update {}", number_in(answer, "number")) : "";
    return fmt::format("{}{}: {}\n", words_in(answer, "id"), which, words);
}

}  // namespace tidegate::app
