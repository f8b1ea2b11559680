// The rows of the mail servers' queues.
#include <algorithm>

#include "config/duration.h"
#include "config/table.h"

namespace tidegate::config {
namespace {

using Wrong = std::optional<std::pair<std::string, std::string>>;
using namespace std::chrono_literals;

constexpr std::string_view watch_prefix = "queue:";

Queue& queue_of(Settings& to) {
    return to.queues.back();
}

Complaint take_command(const Value& value, std::vector<std::string>& to) {
    TextList list;
    if (auto complaint = take_list(value, list)) return complaint;
    const auto holds_nul = [](const std::string& word) { return word.find('\0') != std::string::npos; };
    if (list.front().empty() || std::ranges::any_of(list, holds_nul))
        return "expected a program and its arguments, like [\"postqueue\", \"-j\"] or [\"ssh\", \"relay1\", "
               "\"postqueue\", \"-j\"]";
    to = std::move(list);
    return std::nullopt;
}

bool is_domain(std::string_view text) {
    return !text.empty() && text.size() <= 255 &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c != '@' && c != 0x7f; });
}

Complaint take_domains(const Value& value, std::vector<std::string>& to) {
    TextList list;
    if (auto complaint = take_list(value, list)) return complaint;
    for (std::string& each : list) {
        if (!is_domain(each)) return "expected domains like \"example.org\"";
        std::ranges::transform(each, each.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
    }
    to = std::move(list);
    return std::nullopt;
}

constexpr Setting queue_settings[] = {
    {"name", "text", "", "What it is called: letters, digits, '.', '_' and '-'.",
     [](const Value& value, Settings& to) { return take_name_of(value, queue_of(to).name); }, true},
    {"program", "text", "\"postfix\"", "Whose queue it is: `postfix` (3.1 or later) or `exim`.",
     [](const Value& value, Settings& to) {
         return take_choice(value, queue_programs, queue_of(to).program);
     }},
    {"command", "list of texts", "[\"postqueue\", \"-j\"]; of Exim [\"exim\", \"-bpr\"]",
     "What lists it: a program and its arguments; no shell is involved. For another machine's queue "
     "[\"ssh\", "
     "\"relay1\", \"postqueue\", \"-j\"].",
     [](const Value& value, Settings& to) { return take_command(value, queue_of(to).command); }},
    {"every", "text", "\"15s\"",
     "How often it is read. Reading takes a tenth of the time at most: where it is slow it is read less "
     "often.",
     [](const Value& value, Settings& to) {
         return take_duration(value, 1s, 1h, "from 1s to 1h", queue_of(to).every);
     }},
    {"domains", "list of texts", "all", "Only mail to these domains counts.",
     [](const Value& value, Settings& to) { return take_domains(value, queue_of(to).domains); }},
    {"late_after", "text", "\"5m\"", "A message that has waited so long is late.",
     [](const Value& value, Settings& to) {
         return take_duration(value, 1s, 1h, "from 1s to 1h", queue_of(to).late_after);
     }},
    {"least", "whole number", "20", "Fewer late messages are no trouble, whatever is usual.",
     [](const Value& value, Settings& to) { return take_unsigned(value, 1, 1'000'000, queue_of(to).least); }},
    {"lifetime", "text", "\"5d\"",
     "How long the server keeps trying: Postfix's `maximal_queue_lifetime`, Exim's last retry time. Until "
     "then "
     "customers are told that no mail is lost.",
     [](const Value& value, Settings& to) {
         return take_duration(value, 1h, std::chrono::hours(24 * 30), "from 1h to 30d",
                              queue_of(to).lifetime);
     }},
};

Wrong check_queue(const Settings& all) {
    if (all.queues.size() > most_queues) return {{"too many [[queue]]", "at most 16"}};
    if (std::ranges::count(all.queues, all.queues.back().name, &Queue::name) > 1)
        return {{"two [[queue]] are called '" + all.queues.back().name + "'", "give each a name of its own"}};
    return std::nullopt;
}

constexpr Section all_sections[] = {
    {"queue", "A mail server's queue, which is watched (docs/queues.md).",
     "[[queue]]\nname = \"relay\"\nprogram = \"postfix\"\n\n[[queue]]\nname = \"relay2\"\n"
     "command = [\"ssh\", \"relay2.example.org\", \"postqueue\", \"-j\"]\nevery = \"1m\"\n",
     queue_settings, [](Settings& to, std::uint64_t) { to.queues.emplace_back(); }, check_queue},
};

}  // namespace

std::span<const Section> queue_sections() {
    return all_sections;
}

std::vector<Error> check_queues(const Settings& all) {
    std::vector<Error> errors;
    for (const StatusService& service : all.case_book.services)
        for (const std::string& each : service.watches) {
            if (!each.starts_with(watch_prefix)) continue;
            const std::string name = each.substr(watch_prefix.size());
            if (std::ranges::find(all.queues, name, &Queue::name) == all.queues.end())
                errors.push_back({"", service.line,
                                  "[[status_service]] '" + service.name +
                                      "' watches a queue that there is not: '" + name + "'",
                                  "name a [[queue]]"});
        }
    return errors;
}

}  // namespace tidegate::config
