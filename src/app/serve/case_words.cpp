#include "app/serve/case_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ranges>
#include <tuple>
#include <vector>

#include "app/serve/subject.h"
#include "event/json.h"
#include "tell/cases/json_fields.h"
#include "tell/cases/kept.h"
#include "tell/cases/words.h"
#include "tell/incident/public_text.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

std::unexpected<Error> refused(std::string what, std::string mend) {
    return std::unexpected(Error{"", 0, std::move(what), std::move(mend)});
}

std::string list_of(std::span<const std::string_view> words) {
    std::string out;
    for (const std::string_view each : words) out.append(out.empty() ? "" : ", ").append(each);
    return out;
}

template <class Enum>
Result<void> take_word(const Words& words, std::string_view name, std::optional<Enum>& to) {
    const std::string word = words[name];
    if (word.empty()) return {};
    to = tell::from_word<Enum>(word);
    if (to) return {};
    return refused(fmt::format("there is no {} '{}'", name, tell::harmless(word)),
                   "one of " + list_of(tell::words_for(Enum{})));
}

std::optional<std::string> text_if(const Words& words, std::string_view name, std::size_t most) {
    return words.has_text(name) ? std::optional(words.text(name, most)) : std::nullopt;
}

struct Line {
    Time time{};
    std::string kind, who, text;
};

std::vector<Line> timeline_of(const tell::CaseRecord& record, const Incident* incident) {
    std::vector<Line> out;
    if (incident != nullptr) {
        const tell::PublicText names(*incident, false);
        for (const Entry& each : incident->timeline)
            out.push_back({each.time, std::string(name(each.kind)), each.who, names.text(each.text)});
    }
    for (const tell::CaseNote& each : record.notes)
        out.push_back({each.time, std::string(tell::word_of(each.kind)), each.who, each.text});
    for (const tell::CaseUpdate& each : record.updates) {
        const Time time = each.published.value_or(each.made);
        const std::string who = each.approver.empty() ? each.author : each.approver;
        out.push_back({time, fmt::format("update {}", tell::word_of(each.stage)), who, each.text});
    }
    std::ranges::sort(out, {}, [](const Line& each) { return std::tie(each.time, each.kind, each.text); });
    return out;
}

std::string short_json(const tell::CaseRecord& record) {
    const auto* last = tell::last_published(record);
    return fmt::format(
        R"({{"id":{},"title":{},"state":{},"worst":{},"opened":{},"over":{},"public":{},"next_update_by":{}}})",
        json_string(record.id), json_string(record.title), tell::json_of(record.state),
        tell::json_of(record.worst), tell::json_of(record.opened), tell::json_of(record.over),
        last != nullptr, record.next ? tell::json_of(record.next->due) : "null");
}

}  // namespace

Result<Time> time_in(std::string_view text, Time now) {
    constexpr const char* forms = "write 30m, 12h, 7d, a date or an RFC 3339 time";
    if (text.empty()) return refused("no time is given", forms);
    const auto time = expiry(text, now);
    if (!time) return std::unexpected(time.error());
    if (!*time) return refused("'never' is no time", forms);
    return **time;
}

Result<tell::Opening> opening_in(const Words& words, std::string author) {
    tell::Opening opening{.title = words["title"], .who = std::move(author)};
    opening.services = words.list("services").value_or(std::vector<std::string>());
    if (auto done = take_word(words, "cause", opening.cause); !done) return std::unexpected(done.error());
    if (const std::string began = words["began"]; !began.empty()) {
        opening.began = parse_rfc3339(began);
        if (!opening.began) return refused("`began` is no time", "write an RFC 3339 time");
    }
    return opening;
}

Result<tell::UpdateWords> update_in(const Words& words, std::string author) {
    constexpr std::size_t most = tell::CaseBook::most_text + 1, most_title = 200;
    tell::UpdateWords update{.text = text_if(words, "text", most),
                             .title = text_if(words, "title", most_title),
                             .source = text_if(words, "source", most_title),
                             .services = words.list("services"),
                             .meanwhile = words.list("meanwhile"),
                             .steps = words.list("steps"),
                             .who = std::move(author)};
    if (auto done = take_word(words, "state", update.state); !done) return std::unexpected(done.error());
    if (auto done = take_word(words, "worst", update.worst); !done) return std::unexpected(done.error());
    const std::string next = words["next"];
    if (next == "none") update.next_in = Duration{};
    if (next.empty() || next == "none") return update;
    const auto due = time_in(next, Time{});
    if (!due) return std::unexpected(due.error());
    update.next_in = *due - Time{};
    if (*update.next_in > std::chrono::days(31))
        return refused("the next update is too far", "write 30m, 12h or 7d");
    return update;
}

Result<tell::SupportCount> support_in(const Words& words, std::string author, Time now) {
    const auto calls = words.number("calls");
    const double mean = words.number("mean").value_or(0), longest = words.number("longest").value_or(mean);
    constexpr double most = 1e6;
    const auto is_count = [](double number) { return number >= 0 && number <= most; };
    if (!calls || !is_count(*calls) || std::floor(*calls) != *calls)
        return refused("`calls` is no whole number", "how many calls came since the last count");
    if (!is_count(mean) || !is_count(longest)) return refused("a time on hold is none", "seconds");
    return tell::SupportCount{.time = now,
                              .who = std::move(author),
                              .calls = static_cast<std::uint32_t>(*calls),
                              .mean_seconds = mean,
                              .longest_seconds = longest};
}

Result<PublicWork> work_in(const Words& words, Time now) {
    PublicWork plan;
    plan.title = words["title"];
    plan.text = words.text("text", tell::CaseBook::most_text);
    plan.services = words.list("services").value_or(std::vector<std::string>());
    const auto from = time_in(words["from"], now), until = time_in(words["until"], now);
    if (!from) return std::unexpected(from.error());
    if (!until) return std::unexpected(until.error());
    plan.from = *from;
    plan.until = *until;
    return plan;
}

std::optional<tell::CaseBook::WorkAct> work_act_in(std::string_view word) {
    using Act = tell::CaseBook::WorkAct;
    if (word == "begin") return Act::begin;
    if (word == "extend") return Act::extend;
    if (word == "done") return Act::done;
    if (word == "call-off") return Act::call_off;
    return std::nullopt;
}

std::string cases_json(const tell::CaseBook& book) {
    std::string out;
    for (const tell::CaseRecord& each : book.state().cases | std::views::reverse)
        out += (out.empty() ? "" : ",") + short_json(each);
    return fmt::format(R"({{"cases":[{}]}})", out);
}

std::string case_with_timeline_json(const tell::CaseRecord& record, const Incident* incident) {
    std::string lines;
    for (const Line& each : timeline_of(record, incident))
        lines += fmt::format(R"({}{{"time":{},"kind":{},"who":{},"text":{}}})", lines.empty() ? "" : ",",
                             json_string(rfc3339(each.time)), json_string(each.kind), json_string(each.who),
                             json_string(each.text));
    std::string out = tell::case_json(record);
    out.pop_back();  // its closing brace
    return out + fmt::format(R"(,"timeline":[{}]}})", lines);
}

std::string work_list_json(const tell::CaseBook& book) {
    std::string out;
    for (const tell::WorkRecord& each : book.state().work)
        out += (out.empty() ? "" : ",") + tell::work_json(each);
    return fmt::format(R"({{"work":[{}]}})", out);
}

std::string templates_json(const tell::CaseRules& rules) {
    std::string out;
    for (const tell::CaseTemplate& each : rules.templates)
        out += fmt::format(
            R"({}{{"name":{},"cause":{},"services":{},"title":{},"text":{},"meanwhile":{},"steps":{}}})",
            out.empty() ? "" : ",", json_string(each.name), tell::json_of(each.cause),
            tell::json_of(each.services), json_string(each.title), json_string(each.text),
            tell::json_of(each.meanwhile), tell::json_of(each.steps));
    return fmt::format(R"({{"templates":[{}]}})", out);
}

}  // namespace tidegate::app
