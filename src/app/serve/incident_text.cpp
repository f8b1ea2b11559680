#include "app/serve/incident_text.h"

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string_view>

#include "app/serve/operator.h"
#include "event/incident.h"
#include "tell/incident/story.h"
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

std::string harmless_in(const json::value& value, std::string_view name) {
    return tell::harmless(text_in(value, name));
}

std::uint64_t whole_in(const json::value& value, std::string_view name) {
    boost::system::error_code error;
    const auto whole = in(value, name).to_number<std::uint64_t>(error);
    return error ? 0 : whole;
}

// "2026-08-05 12:00:10", of RFC 3339.
std::string moment_in(const json::value& value, std::string_view name) {
    constexpr std::size_t to_seconds = 19, between = 10;
    std::string time = harmless_in(value, name).substr(0, to_seconds);
    if (time.size() > between) time[between] = ' ';
    return time;
}

std::string counts_text(const json::value& counts) {
    const auto of = [&](std::string_view name) { return tell::count(whole_in(counts, name)); };
    return fmt::format(
        "  hostile attempts  {}: {} stopped, {} reached the password database\n"
        "  customers         {} logged in, {} refused (of them {} at home), {} suspected takeovers\n"
        "  faults of ours    {} (of them {} by restarts)\n",
        of("hostile"), of("stopped"), of("reached_database"), of("logins"), of("refused"),
        of("refused_familiar"), of("suspected_takeovers"), of("faults"), of("faults_by_restart"));
}

std::string cause_text(const json::value& cause) {
    const std::string likeliest = text_in(cause, "likeliest");
    const json::value& probability = in(in(cause, "probability"), likeliest);
    if (likeliest.empty() || !probability.is_number()) return {};
    constexpr double per_cent = 100;
    return fmt::format("  likeliest cause   {} ({:.0f} %)\n",
                       likeliest == "own_fault" ? "a fault of our own" : tell::harmless(likeliest),
                       probability.to_number<double>() * per_cent);
}

/// ", 91 % (88 to 93) of the hostile attempts, usually 4 %; confidence 1.00".
std::string share_text(const json::value& target, bool of_mail) {
    const auto figure = [&](std::string_view key) {
        const json::value& value = in(target, key);
        return value.is_number() ? value.to_number<double>() : 0.0;
    };
    return ", " + tell::share_words({.share = figure("share"),
                                     .share_low = figure("share_low"),
                                     .share_high = figure("share_high"),
                                     .normal_share = figure("normal_share"),
                                     .confidence = figure("confidence"),
                                     .service = of_mail ? Service::smtp : Service::unknown});
}

std::string targets_text(const json::value& incident) {
    std::string out;
    for (const json::value& each : list_in(incident, "targets")) {
        const json::value& account = in(each, "account");
        std::string name = harmless_in(each, "name");
        if (name.empty()) name = harmless_in(account, "name");
        if (name.empty()) name = harmless_in(account, "pseudonym");
        const bool of_mail = harmless_in(each, "service") == "smtp";
        const bool is_mailbox = of_mail && harmless_in(each, "kind") == "account";
        out +=
            fmt::format("  aimed at          {} {}{}\n", is_mailbox ? "mailbox" : harmless_in(each, "kind"),
                        name, share_text(each, of_mail));
    }
    return out;
}

std::string entry_text(const json::value& entry) {
    const json::value& account = in(entry, "account");
    std::string name = harmless_in(account, "name");
    if (name.empty()) name = harmless_in(account, "pseudonym");
    return fmt::format("  {}  {:<8} {:<9} {}{}{}\n", moment_in(entry, "time"), harmless_in(entry, "kind"),
                       harmless_in(entry, "who"), harmless_in(entry, "text"), name.empty() ? "" : ": ", name);
}

std::string span_text(const json::value& incident) {
    std::string out = fmt::format("  began             {}, noticed {}", moment_in(incident, "began"),
                                  moment_in(incident, "opened"));
    const std::string closed = moment_in(incident, "closed");
    return closed.empty() ? out + '\n' : out + fmt::format(", over {}\n", closed);
}

}  // namespace

std::string incidents_text(const json::value& answer) {
    std::string out;
    for (const json::value& each : list_in(answer, "incidents"))
        out += fmt::format("{:<14} {:<7} {}  {}\n", harmless_in(each, "id"), harmless_in(each, "state"),
                           moment_in(each, "began"), harmless_in(each, "title"));
    return out.empty() ? "no incident is known\n" : out;
}

std::string incident_text(const json::value& incident) {
    std::string out = fmt::format("{}: {}\n", harmless_in(incident, "id"), harmless_in(incident, "title"));
    out += fmt::format("  state             {}, {}\n", harmless_in(incident, "state"),
                       tell::count(whole_in(incident, "alarms"), "alarm", "alarms"));
    out += span_text(incident) + counts_text(in(incident, "counts"));
    out += targets_text(incident) + cause_text(in(incident, "cause"));
    for (const json::value& each : list_in(incident, "notes"))
        if (const auto* note = each.if_string())
            out += fmt::format("  note              {}\n", tell::harmless(*note));
    out += "What happened (times in UTC):\n";
    for (const json::value& each : list_in(incident, "timeline")) out += entry_text(each);
    return out;
}

}  // namespace tidegate::app
