// The rows of what customers are told.
#include <algorithm>

#include "config/duration.h"
#include "config/table.h"

namespace tidegate::config {
namespace {

using Wrong = std::optional<std::pair<std::string, std::string>>;

constexpr std::chrono::hours day{24};

Cases& cases_of(Settings& to) {
    return to.case_book.cases;
}

// What stands in URLs, in names of deliveries and on the command line.
bool is_plain_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

Complaint take_plain_name(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !is_plain_name(*text)) return "expected a short name of a-z, 0-9, '-' and '_'";
    to = *text;
    return std::nullopt;
}

Complaint take_texts(const Value& value, std::vector<std::string>& to) {
    TextList list;
    if (auto complaint = take_list(value, list)) return complaint;
    to = std::move(list);
    return std::nullopt;
}

bool is_watch(std::string_view text) {
    for (const std::string_view named : {"server:", "queue:"})
        if (text.starts_with(named)) return text.size() > named.size();
    const auto service = service_named(text);
    return service && *service != Service::unknown;
}

Complaint take_watches(const Value& value, std::vector<std::string>& to) {
    TextList list;
    if (auto complaint = take_list(value, list)) return complaint;
    if (!std::ranges::all_of(list, is_watch))
        return "expected services (" + list_of_names<Service>() +
               "), servers behind the edge (\"server:imap1\") or queues (\"queue:relay\")";
    to = std::move(list);
    return std::nullopt;
}

constexpr Setting case_settings[] = {
    {"provider", "text", "that of `[status]`", "Your name, as customers know it.",
     [](const Value& value, Settings& to) { return take_text(value, cases_of(to).provider); }},
    {"zone", "text", "that of `[status]`, else the machine's",
     "IANA name of the time zone by which customers are told times.",
     [](const Value& value, Settings& to) { return take_text(value, cases_of(to).zone); }},
    {"automatic", "text", "\"all\"",
     "What goes out if nobody approves, edits or holds it: `all` incidents, those that are measured to be "
     "`hurting` a service, or `none`.",
     [](const Value& value, Settings& to) {
         return take_choice(value, case_automatics, cases_of(to).automatic);
     }},
    {"open_when_hurt", "text", "\"5m\"",
     "A service that is slow, disturbed or down for so long opens a case, where none is about it; `0s`: "
     "incidents "
     "alone open cases.",
     [](const Value& value, Settings& to) {
         return take_duration(value, std::chrono::seconds(0), day, "up to 24h", cases_of(to).open_when_hurt);
     }},
    {"publish_after", "text", "\"30s\"", "How long a suggested text waits for somebody before it goes out.",
     [](const Value& value, Settings& to) {
         return take_duration(value, std::chrono::seconds(0), day, "up to 24h", cases_of(to).publish_after);
     }},
    {"update_every", "text", "\"30m\"", "The promise that an update makes: when the next one comes, at last.",
     [](const Value& value, Settings& to) {
         return take_duration(value, std::chrono::minutes(1), day, "from 1m to 24h",
                              cases_of(to).update_every);
     }},
    {"remind_before", "text", "\"5m\"", "So long before a promise is due somebody is reminded.",
     [](const Value& value, Settings& to) {
         return take_duration(value, std::chrono::seconds(10), day, "from 10s to 24h",
                              cases_of(to).remind_before);
     }},
    {"watch_for", "text", "\"1h\"", "How long you keep watching after the end, before a case is over.",
     [](const Value& value, Settings& to) {
         return take_duration(value, std::chrono::seconds(0), 30 * day, "up to 30d", cases_of(to).watch_for);
     }},
    {"partner_lead", "text", "\"0s\"", "How much earlier than your own page those of partners say it.",
     [](const Value& value, Settings& to) {
         return take_duration(value, std::chrono::seconds(0), day, "up to 24h", cases_of(to).partner_lead);
     }},
    {"checks", "list of texts", "none", "What somebody has to look at before a case is over.",
     [](const Value& value, Settings& to) { return take_texts(value, cases_of(to).checks); }},
    {"contacts", "list of texts", "none",
     "Mail addresses that may stand in public texts. All others are taken out, as are addresses of clients.",
     [](const Value& value, Settings& to) { return take_texts(value, cases_of(to).contacts); }},
};

constexpr Setting service_settings[] = {
    {"name", "text", "", "What it is called in links and on the command line.",
     [](const Value& value, Settings& to) {
         return take_plain_name(value, to.case_book.services.back().name);
     },
     true},
    {"label", "text", "", "What customers call it.",
     [](const Value& value, Settings& to) { return take_text(value, to.case_book.services.back().label); },
     true},
    {"watches", "list of texts", "",
     "What it depends on: services (`smtp`, `submission`, `imap`, `pop3`, `managesieve`, `webmail`), servers "
     "behind the edge (`server:imap1`), queues (`queue:relay`).",
     [](const Value& value, Settings& to) {
         return take_watches(value, to.case_book.services.back().watches);
     },
     true},
};

constexpr Setting partner_settings[] = {
    {"name", "text", "", "What he is called in links and on the command line.",
     [](const Value& value, Settings& to) {
         return take_plain_name(value, to.case_book.partners.back().name);
     },
     true},
    {"label", "text", "", "The name that his page is under.",
     [](const Value& value, Settings& to) { return take_text(value, to.case_book.partners.back().label); },
     true},
};

constexpr Setting template_settings[] = {
    {"name", "text", "", "What it is called.",
     [](const Value& value, Settings& to) {
         return take_plain_name(value, to.case_book.templates.back().name);
     },
     true},
    {"cause", "text", "any", "Only for cases by `attack`, `own_fault` or `outside`.",
     [](const Value& value, Settings& to) {
         std::size_t index = 0;
         auto complaint = take_choice(value, case_causes, index);
         if (!complaint) to.case_book.templates.back().cause = index;
         return complaint;
     }},
    {"services", "list of texts", "any", "Only where one of these is hurt: names of [[status_service]].",
     [](const Value& value, Settings& to) {
         return take_texts(value, to.case_book.templates.back().services);
     }},
    {"title", "text", "drawn up", "The case's title.",
     [](const Value& value, Settings& to) { return take_text(value, to.case_book.templates.back().title); }},
    {"text", "text", "drawn up",
     "What customers read. `{since}`, `{services}` and `{measured}` are filled in; `{measured}` may be "
     "empty.",
     [](const Value& value, Settings& to) { return take_text(value, to.case_book.templates.back().text); }},
    {"meanwhile", "list of texts", "none", "What works instead.",
     [](const Value& value, Settings& to) {
         return take_texts(value, to.case_book.templates.back().meanwhile);
     }},
    {"steps", "list of texts", "none", "What customers can do themselves.",
     [](const Value& value, Settings& to) { return take_texts(value, to.case_book.templates.back().steps); }},
};

constexpr Setting report_settings[] = {
    {"name", "text", "", "To whom and what.",
     [](const Value& value, Settings& to) { return take_text(value, to.case_book.reports.back().name); },
     true},
    {"within", "text", "", "How long after a case was opened it is due.",
     [](const Value& value, Settings& to) {
         return take_duration(value, std::chrono::hours(1), 366 * day, "from 1h to 366d",
                              to.case_book.reports.back().within);
     },
     true},
};

template <class Item>
Wrong check_named(const std::vector<Item>& all, std::string_view title, std::size_t most) {
    if (all.size() > most) return {{"too many " + std::string(title), "at most " + std::to_string(most)}};
    if (std::ranges::count(all, all.back().name, &Item::name) > 1)
        return {{"two " + std::string(title) + " are called '" + all.back().name + "'",
                 "give each a name of its own"}};
    return std::nullopt;
}

constexpr Section all_sections[] = {
    {"cases", "Incidents as people work with them, and what customers are told (docs/cases.md).",
     "[cases]\nprovider = \"Example Mail\"\nzone = \"Europe/Vienna\"\nupdate_every = \"30m\"\n"
     "checks = [\"the queue is empty\", \"log-ins are as usual\"]\ncontacts = [\"support@example.org\"]\n",
     case_settings},
    {"status_service", "A service as customers know it (docs/cases.md).",
     "[[status_service]]\nname = \"imap\"\nlabel = \"Reading mail with a mail program (IMAP)\"\n"
     "watches = [\"imap\", \"server:imap1\", \"server:imap2\"]\n",
     service_settings,
     [](Settings& to, std::uint64_t line) { to.case_book.services.emplace_back().line = line; },
     [](const Settings& all) { return check_named(all.case_book.services, "[[status_service]]", 32); }},
    {"partner", "A reseller, whose customers get a page under his name (docs/cases.md).",
     "[[partner]]\nname = \"blue\"\nlabel = \"Blue Hosting\"\n", partner_settings,
     [](Settings& to, std::uint64_t) { to.case_book.partners.emplace_back(); },
     [](const Settings& all) { return check_named(all.case_book.partners, "[[partner]]", 100); }},
    {"case_template", "Words for customers in a kind of case; the first that fits is taken (docs/cases.md).",
     "[[case_template]]\nname = \"imap\"\nservices = [\"imap\"]\n"
     "meanwhile = [\"Use webmail: https://webmail.example.org/\"]\n"
     "steps = [\"Leave your password as it is: it is not the cause.\"]\n",
     template_settings, [](Settings& to, std::uint64_t) { to.case_book.templates.emplace_back(); },
     [](const Settings& all) { return check_named(all.case_book.templates, "[[case_template]]", 100); }},
    {"case_report", "A report that is owed, to an authority for instance (docs/cases.md).",
     "[[case_report]]\nname = \"authority, early warning\"\nwithin = \"24h\"\n\n"
     "[[case_report]]\nname = \"authority, final report\"\nwithin = \"30d\"\n",
     report_settings, [](Settings& to, std::uint64_t) { to.case_book.reports.emplace_back(); },
     [](const Settings& all) { return check_named(all.case_book.reports, "[[case_report]]", 20); }},
};

}  // namespace

std::span<const Section> case_sections() {
    return all_sections;
}

}  // namespace tidegate::config
