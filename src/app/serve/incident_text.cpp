#include "app/serve/incident_text.h"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

#include "app/serve/said.h"
#include "event/incident.h"
#include "tell/incident/story.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

namespace json = boost::json;

std::uint64_t whole_in(const json::value& value, std::string_view name) {
    boost::system::error_code error;
    const auto whole = said(value, name).to_number<std::uint64_t>(error);
    return error ? 0 : whole;
}

// "2026-08-05 12:00:10", of RFC 3339.
std::string moment_in(const json::value& value, std::string_view name) {
    constexpr std::size_t to_seconds = 19, between = 10;
    std::string time = said_text(value, name).substr(0, to_seconds);
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
    const json::value& probability = said(said(cause, "probability"), likeliest);
    if (likeliest.empty() || !probability.is_number()) return {};
    constexpr double per_cent = 100;
    return fmt::format("  likeliest cause   {} ({:.0f} %)\n",
                       likeliest == "own_fault" ? "a fault of our own" : tell::harmless(likeliest),
                       probability.to_number<double>() * per_cent);
}

/// ", 91 % (88 to 93) of the hostile attempts, usually 4 %; confidence 1.00".
std::string share_text(const json::value& target, bool of_mail) {
    const auto figure = [&](std::string_view key) {
        const json::value& value = said(target, key);
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
    for (const json::value& each : said_list(incident, "targets")) {
        const json::value& account = said(each, "account");
        std::string name = said_text(each, "name");
        if (name.empty()) name = said_text(account, "name");
        if (name.empty()) name = said_text(account, "pseudonym");
        const bool of_mail = said_text(each, "service") == "smtp";
        const bool is_mailbox = of_mail && said_text(each, "kind") == "account";
        out += fmt::format("  aimed at          {} {}{}\n", is_mailbox ? "mailbox" : said_text(each, "kind"),
                           name, share_text(each, of_mail));
    }
    return out;
}

std::string entry_text(const json::value& entry) {
    const json::value& account = said(entry, "account");
    std::string name = said_text(account, "name");
    if (name.empty()) name = said_text(account, "pseudonym");
    return fmt::format("  {}  {:<8} {:<9} {}{}{}\n", moment_in(entry, "time"), said_text(entry, "kind"),
                       said_text(entry, "who"), said_text(entry, "text"), name.empty() ? "" : ": ", name);
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
    for (const json::value& each : said_list(answer, "incidents"))
        out += fmt::format("{:<14} {:<7} {}  {}\n", said_text(each, "id"), said_text(each, "state"),
                           moment_in(each, "began"), said_text(each, "title"));
    return out.empty() ? "no incident is known\n" : out;
}

std::string incident_text(const json::value& incident) {
    std::string out = fmt::format("{}: {}\n", said_text(incident, "id"), said_text(incident, "title"));
    out += fmt::format("  state             {}, {}\n", said_text(incident, "state"),
                       tell::count(whole_in(incident, "alarms"), "alarm", "alarms"));
    out += span_text(incident) + counts_text(said(incident, "counts"));
    out += targets_text(incident) + cause_text(said(incident, "cause"));
    for (const json::value& each : said_list(incident, "notes"))
        if (const auto* note = each.if_string())
            out += fmt::format("  note              {}\n", tell::harmless(*note));
    out += "What happened (times in UTC):\n";
    for (const json::value& each : said_list(incident, "timeline")) out += entry_text(each);
    return out;
}

}  // namespace tidegate::app
