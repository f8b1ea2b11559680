// The rows of how people are told.
#include <algorithm>

#include "config/duration.h"
#include "config/table.h"

namespace tidegate::config {
namespace {

using Wrong = std::optional<std::pair<std::string, std::string>>;

AlertRoute& route_of(Settings& to) {
    return to.alert_routes.back();
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

// An address as the protocol and a header take it without quoting.
bool is_mailbox(std::string_view text) {
    const auto at = text.rfind('@');
    return at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.size() <= 254 &&
           is_printable(text) && text.find_first_of("<>()[],;:\\\" ") == std::string_view::npos;
}

Complaint take_mailbox(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !is_mailbox(*text)) return "expected an address like \"ops@example.org\"";
    to = *text;
    return std::nullopt;
}

Complaint take_mailboxes(const Value& value, std::vector<std::string>& to) {
    TextList list;
    if (auto complaint = take_list(value, list)) return complaint;
    if (!std::ranges::all_of(list, is_mailbox))
        return "expected addresses like [\"ops@example.org\", \"eve@example.net\"]";
    to = std::move(list);
    return std::nullopt;
}

bool is_host(std::string_view text) {
    const bool plain = std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
               c == '-' || c == '_';
    });
    return Address::parse(text).has_value() || (plain && !text.empty() && text.size() <= 253);
}

Complaint take_host(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !is_host(*text))
        return "expected the name or address of a server like \"smtp.example.org\" or \"192.0.2.25\"";
    to = *text;
    return std::nullopt;
}

bool is_url(std::string_view text) {
    const bool known = text.starts_with("https://") || text.starts_with("http://");
    return known && is_printable(text) && text.size() > text.find("://") + 3;
}

Complaint take_url(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !is_url(*text)) return "expected a URL that begins with https:// (or http://)";
    to = *text;
    return std::nullopt;
}

Complaint take_command(const Value& value, std::vector<std::string>& to) {
    TextList list;
    if (auto complaint = take_list(value, list)) return complaint;
    const auto holds_nul = [](const std::string& word) { return word.find('\0') != std::string::npos; };
    if (!list.front().starts_with('/') || std::ranges::any_of(list, holds_nul))
        return "expected a program with its whole path and its arguments, like [\"/usr/local/bin/page\", "
               "\"ops\"]";
    to = std::move(list);
    return std::nullopt;
}

template <std::size_t count, class Enum>
Complaint take_one_of(const Value& value, const std::array<std::string_view, count>& names, Enum& to) {
    std::size_t index = 0;
    auto complaint = take_choice(value, names, index);
    if (!complaint) to = static_cast<Enum>(index);
    return complaint;
}

constexpr Setting alerts_settings[] = {
    {"remind", "text", "\"6h\"",
     "One thing is told once; if it goes on, again after this long: \"30m\", \"6h\", \"2d\".",
     [](const Value& value, Settings& to) {
         return take_duration(value, std::chrono::minutes(10), std::chrono::hours(24 * 30), "from 10m to 30d",
                              to.alerts.remind);
     }},
    {"gather", "text", "\"60s\"",
     "Things of one kind that come within so long of the last message about that kind are gathered into one "
     "message.",
     [](const Value& value, Settings& to) {
         return take_duration(value, std::chrono::seconds(10), std::chrono::hours(1), "from 10s to 1h",
                              to.alerts.gather);
     }},
};

constexpr Setting route_settings[] = {
    {"kind", "text", "",
     "`mail`, `webhook` (an HTTP POST of a JSON object) or `command` (a program with that object on its "
     "standard input).",
     [](const Value& value, Settings& to) {
         return take_one_of(value, alert_route_kinds, route_of(to).kind);
     },
     true},
    {"name", "text", "none", "By which `fallback`, `[[person]]` and `[[escalation]]` refer to it.",
     [](const Value& value, Settings& to) { return take_name_of(value, route_of(to).name); }},
    {"for", "list of texts", "all",
     "Which alerts go here: `anomaly`, `takeover`, `list_suspended`, `ban_failed`, `disk_full`, "
     "`log_trouble`, `server_down`, `incident`, `status_page`, `queue`, `queue_unread`. `way_down` goes by "
     "every other way.",
     [](const Value& value, Settings& to) { return take_alert_kinds(value, route_of(to).kinds); }},
    {"severity", "text", "\"notice\"", "How grave they are at least: `notice`, `warning`, `critical`.",
     [](const Value& value, Settings& to) {
         return take_one_of(value, alert_severities, route_of(to).severity);
     }},
    {"called_only", "true or false", "false",
     "Nothing goes here but what an `[[escalation]]` or a `fallback` sends.",
     [](const Value& value, Settings& to) { return take_bool(value, route_of(to).called_only); }},
    {"digest", "text", "none",
     "What is not critical is gathered for so long into one message; critical alerts go at once.",
     [](const Value& value, Settings& to) {
         return take_duration(value, std::chrono::minutes(1), std::chrono::hours(24 * 7), "from 1m to 7d",
                              route_of(to).digest);
     }},
    {"quiet", "text", "none",
     "Hours like `22:00-07:00` in which what is not critical waits; it then comes in one message.",
     [](const Value& value, Settings& to) { return take_hours(value, route_of(to).quiet); }},
    {"zone", "text", "the machine's", "Whose clock `quiet` goes by: an IANA name like `Europe/Berlin`.",
     [](const Value& value, Settings& to) { return take_zone_name(value, route_of(to).zone); }},
    {"fallback", "text", "none",
     "Name of the `[[alert]]` that gets what does not get through here. Choose one that shares nothing with "
     "this one.",
     [](const Value& value, Settings& to) { return take_name_of(value, route_of(to).fallback); }},
    {"check", "text", "never",
     "So often a test goes by this way, to see whether it carries: `12h`, `1d`, `7d`. Where it does not, the "
     "others are told.",
     [](const Value& value, Settings& to) {
         return take_duration(value, std::chrono::hours(1), std::chrono::hours(24 * 31), "from 1h to 31d",
                              route_of(to).check);
     }},
    {"names", "true or false", "true", "Whether the names of accounts go here, or a stand-in for each.",
     [](const Value& value, Settings& to) { return take_bool(value, route_of(to).names); }},
    {"hourly", "whole number", "20",
     "Messages within an hour, at most, from 2 to 1000; one kind may use half of them. What is held back is "
     "counted and in the daemon's log.",
     [](const Value& value, Settings& to) {
         return take_unsigned(value, 2, 1000, route_of(to).most_an_hour);
     }},
    {"timeout", "whole number", "20", "Seconds that one try may take, from 1 to 120.",
     [](const Value& value, Settings& to) { return take_unsigned(value, 1, 120, route_of(to).timeout); }},
    {"host", "text", "",
     "Of `mail`: the server that takes it. Choose one that still works when the guarded one does not.",
     [](const Value& value, Settings& to) { return take_host(value, route_of(to).host); }},
    {"port", "whole number", "587; 465 with `implicit`, 25 with `none`", "Of `mail`.",
     [](const Value& value, Settings& to) { return take_unsigned(value, 1, 65535, route_of(to).port); }},
    {"tls", "text", "\"starttls\"",
     "Of `mail`: `starttls` or `implicit`, both with the server's certificate checked and never without "
     "encryption; or `none`.",
     [](const Value& value, Settings& to) { return take_one_of(value, mail_tls_names, route_of(to).tls); }},
    {"user", "text", "none", "Of `mail`: whom to log in as; needs `password_file`.",
     [](const Value& value, Settings& to) { return take_text(value, route_of(to).user); }},
    {"password_file", "path", "none", "Of `mail`: file whose first line is the password; read at each try.",
     [](const Value& value, Settings& to) { return take_text(value, route_of(to).password_file); }},
    {"from", "text", "", "Of `mail`: the sender's address, which also gets the bounces.",
     [](const Value& value, Settings& to) { return take_mailbox(value, route_of(to).from); }},
    {"to", "list of texts", "", "Of `mail`: to whom.",
     [](const Value& value, Settings& to) { return take_mailboxes(value, route_of(to).to); }},
    {"url", "text", "",
     "Of `webhook`: where to POST; redirects are not followed. Messages of ours name only its host.",
     [](const Value& value, Settings& to) { return take_url(value, route_of(to).url); }, false, true},
    {"token_file", "path", "none",
     "Of `webhook`: file whose first line is sent as `Authorization: Bearer`; read at each try.",
     [](const Value& value, Settings& to) { return take_text(value, route_of(to).token_file); }},
    {"signing_key_file", "path", "none",
     "Of `webhook`: file whose first line is the key of a signature (HMAC-SHA-256, docs/alerts.md); read at "
     "each try.",
     [](const Value& value, Settings& to) { return take_text(value, route_of(to).signing_key_file); }},
    {"form", "text", "\"tidegate\"",
     "Of `webhook`: `tidegate`, `alertmanager` (its `/api/v2/alerts`) or `slack` (an incoming webhook of "
     "Slack, "
     "Mattermost and others).",
     [](const Value& value, Settings& to) { return take_one_of(value, webhook_forms, route_of(to).form); }},
    {"proxy", "text", "none", "Of `webhook`: URL of an HTTP proxy. The environment's is not used.",
     [](const Value& value, Settings& to) { return take_url(value, route_of(to).proxy); }},
    {"ca_file", "path", "the system's",
     "Of `mail` and `webhook`: certificates (PEM) of authorities that are trusted instead of the system's.",
     [](const Value& value, Settings& to) { return take_text(value, route_of(to).ca_file); }},
    {"command", "list of texts", "",
     "Of `command`: the program, with its whole path, and its arguments. No shell is involved.",
     [](const Value& value, Settings& to) { return take_command(value, route_of(to).command); }},
};

// Which kinds a setting is for, and whether one without it is of any use.
struct Use {
    std::string_view setting;
    std::array<bool, alert_route_kinds.size()> of;
    bool needed;
    bool (*is_given)(const AlertRoute& route);
};
constexpr std::array<bool, 3> of_mail{true, false, false}, of_webhook{false, true, false},
    of_both{true, true, false}, of_command{false, false, true};
constexpr Use uses[] = {
    {"host", of_mail, true, [](const AlertRoute& route) { return !route.host.empty(); }},
    {"port", of_mail, false, [](const AlertRoute& route) { return route.port != 0; }},
    {"tls", of_mail, false, [](const AlertRoute& route) { return route.tls != MailTls::starttls; }},
    {"user", of_mail, false, [](const AlertRoute& route) { return !route.user.empty(); }},
    {"password_file", of_mail, false, [](const AlertRoute& route) { return !route.password_file.empty(); }},
    {"from", of_mail, true, [](const AlertRoute& route) { return !route.from.empty(); }},
    {"to", of_mail, true, [](const AlertRoute& route) { return !route.to.empty(); }},
    {"url", of_webhook, true, [](const AlertRoute& route) { return !route.url.empty(); }},
    {"token_file", of_webhook, false, [](const AlertRoute& route) { return !route.token_file.empty(); }},
    {"signing_key_file", of_webhook, false,
     [](const AlertRoute& route) { return !route.signing_key_file.empty(); }},
    {"form", of_webhook, false, [](const AlertRoute& route) { return route.form != WebhookForm::tidegate; }},
    {"proxy", of_webhook, false, [](const AlertRoute& route) { return !route.proxy.empty(); }},
    {"ca_file", of_both, false, [](const AlertRoute& route) { return !route.ca_file.empty(); }},
    {"command", of_command, true, [](const AlertRoute& route) { return !route.command.empty(); }},
};

Wrong check_uses(const AlertRoute& route) {
    const auto kind = static_cast<std::size_t>(route.kind);
    const std::string title(alert_route_kinds[kind]);
    for (const Use& use : uses) {
        const std::string setting(use.setting);
        if (use.of[kind] && use.needed && !use.is_given(route))
            return {{"an alert by " + title + " without '" + setting + "'",
                     "docs/alerts.md has an example of each kind"}};
        if (!use.of[kind] && use.is_given(route))
            return {{"'" + setting + "' is not for an alert by " + title, "leave it out"}};
    }
    return std::nullopt;
}

bool is_loopback(std::string_view host) {
    if (host == "localhost") return true;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const auto address = Address::parse(host);
    const auto loopback = Prefix::parse("127.0.0.0/8");
    return address && loopback && (loopback->contains(*address) || address == Address::parse("::1"));
}

std::string_view host_of(std::string_view url) {
    url.remove_prefix(url.find("://") + 3);
    url = url.substr(0, url.find_first_of("/?#"));
    if (const auto at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
    return url.starts_with('[') ? url.substr(0, url.find(']') + 1) : url.substr(0, url.find(':'));
}

Wrong check_secrets(const AlertRoute& route) {
    if (route.user.empty() != route.password_file.empty())
        return {{"'user' and 'password_file' belong together", "give both or neither"}};
    if (!route.user.empty() && route.tls == MailTls::none && !is_loopback(route.host))
        return {{"a password would go over an open connection",
                 "tls = \"starttls\" or \"implicit\", or a server on loopback"}};
    if (!route.token_file.empty() && !route.url.starts_with("https://") && !is_loopback(host_of(route.url)))
        return {{"a token would go over an open connection", "a URL that begins with https://"}};
    return std::nullopt;
}

Wrong check_waiting(const AlertRoute& route) {
    const bool waits = route.digest > Duration::zero() || route.quiet;
    if (waits && route.form == WebhookForm::alertmanager)
        return {{"'digest' and 'quiet' are not for the form alertmanager",
                 "an Alertmanager gathers and keeps quiet by rules of its own"}};
    if (!route.zone.empty() && !route.quiet)
        return {{"'zone' without 'quiet'", "leave it out, or say which hours are quiet"}};
    return std::nullopt;
}

Wrong check_route(const Settings& all) {
    if (all.alert_routes.size() > most_alert_routes)
        return {{"more than 16 [[alert]]", "a command or a webhook can reach many"}};
    const AlertRoute& route = all.alert_routes.back();
    if (auto wrong = check_uses(route)) return wrong;
    if (auto wrong = check_waiting(route)) return wrong;
    return check_secrets(route);
}

constexpr Section all_sections[] = {
    {"alerts", "How often people are told of one thing (docs/alerts.md).", "[alerts]\nremind = \"12h\"\n",
     alerts_settings},
    {"alert", "A way by which people are told: e-mail, a webhook, a command (docs/alerts.md).",
     "[[alert]]\nname = \"eve-mail\"\nkind = \"mail\"\nhost = \"smtp.example.org\"\nuser = \"tidegate\"\n"
     "password_file = \"/etc/tidegate/alert-password\"\nfrom = \"tidegate@example.org\"\n"
     "to = [\"ops@example.org\"]\n\n"
     "[[alert]]\nname = \"chat\"\nkind = \"webhook\"\nurl = \"https://hooks.example.org/tidegate\"\n"
     "for = [\"takeover\", \"disk_full\"]\n\n"
     "[[alert]]\nname = \"sms\"\nkind = \"command\"\ncommand = [\"/usr/local/bin/page\", \"ops\"]\n"
     "called_only = true\n",
     route_settings, [](Settings& to, std::uint64_t line) { to.alert_routes.emplace_back().line = line; },
     check_route},
};

}  // namespace

std::span<const Section> alert_sections() {
    return all_sections;
}

}  // namespace tidegate::config
