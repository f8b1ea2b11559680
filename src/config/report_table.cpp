// The rows of the weekly report. How it goes by mail is set as an alert's mail is, by the same rows.
#include <date/tz.h>

#include <algorithm>
#include <stdexcept>

#include "config/table.h"

namespace tidegate::config {
namespace {

using Wrong = std::optional<std::pair<std::string, std::string>>;

const Section& alert_section() {
    const auto all = alert_sections();
    return *std::ranges::find(all, "alert", &Section::name);
}

Settings with_route(const AlertRoute& route) {
    Settings settings;
    settings.alert_routes.push_back(route);
    return settings;
}

// As the row of that name under [[alert]] takes it.
Complaint take_as_alert(std::string_view name, const Value& value, AlertRoute& to) {
    const auto row = std::ranges::find(alert_section().settings, name, &Setting::name);
    Settings settings = with_route(to);
    auto complaint = row->set(value, settings);
    if (!complaint) to = std::move(settings.alert_routes.back());
    return complaint;
}

Complaint take_zone(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    try {
        if (text == nullptr) throw std::runtime_error("no text");
        static_cast<void>(date::locate_zone(*text));
    } catch (const std::runtime_error&) {
        return "expected the name of a time zone like \"Europe/Vienna\"";
    }
    to = *text;
    return std::nullopt;
}

constexpr Setting report_settings[] = {
    {"to", "list of texts", "nobody",
     "To whom it goes once a week, by mail. Without it `tidegate report` still makes it.",
     [](const Value& value, Settings& to) { return take_as_alert("to", value, to.report.mail); }},
    {"provider", "text", "that of `[status]`", "Whose report it is: a name for its title.",
     [](const Value& value, Settings& to) { return take_text(value, to.report.provider); }},
    {"weekday", "text", "\"monday\"", "On which day it goes out: the first such day after the week.",
     [](const Value& value, Settings& to) {
         std::size_t index = 0;
         auto complaint = take_choice(value, weekday_names, index);
         if (!complaint) to.report.weekday = static_cast<unsigned>(index) + 1;
         return complaint;
     }},
    {"hour", "whole number", "7", "At what hour of that day, from 0 to 23.",
     [](const Value& value, Settings& to) { return take_unsigned(value, 0, 23, to.report.hour); }},
    {"zone", "text", "`[log] zone`, else the machine's zone",
     "Whose clock its days, its times and the hour are by, by its IANA name.",
     [](const Value& value, Settings& to) { return take_zone(value, to.report.zone); }},
    {"names", "true or false", "false",
     "Whether it names accounts that may have been taken over, and what people wrote about others.",
     [](const Value& value, Settings& to) { return take_bool(value, to.report.names); }},
    {"host", "text", "the server of the first `[[alert]]` that is a mail",
     "The server that takes it. The settings below are this server's, and mean what they mean under "
     "`[[alert]]`.",
     [](const Value& value, Settings& to) { return take_as_alert("host", value, to.report.mail); }},
    {"port", "whole number", "587; 465 with `implicit`, 25 with `none`", "",
     [](const Value& value, Settings& to) { return take_as_alert("port", value, to.report.mail); }},
    {"tls", "text", "\"starttls\"", "",
     [](const Value& value, Settings& to) { return take_as_alert("tls", value, to.report.mail); }},
    {"user", "text", "none", "",
     [](const Value& value, Settings& to) { return take_as_alert("user", value, to.report.mail); }},
    {"password_file", "path", "none", "",
     [](const Value& value, Settings& to) { return take_as_alert("password_file", value, to.report.mail); }},
    {"from", "text", "", "The sender's address; where `host` is not given, that of the `[[alert]]`.",
     [](const Value& value, Settings& to) { return take_as_alert("from", value, to.report.mail); }},
    {"ca_file", "path", "the system's", "",
     [](const Value& value, Settings& to) { return take_as_alert("ca_file", value, to.report.mail); }},
    {"timeout", "whole number", "20", "",
     [](const Value& value, Settings& to) { return take_as_alert("timeout", value, to.report.mail); }},
};

Wrong check_settings(const Settings& all) {
    const AlertRoute& mail = all.report.mail;
    if (!mail.host.empty() && all.report.is_sent()) return alert_section().check(with_route(mail));
    const bool is_server_set = mail.port != 0 || mail.tls != MailTls::starttls || !mail.user.empty() ||
                               !mail.password_file.empty() || !mail.ca_file.empty();
    if (mail.host.empty() && is_server_set)
        return {{"a server's settings without 'host'", "give the server's name, or leave them out"}};
    return std::nullopt;
}

constexpr Section all_sections[] = {
    {"report",
     "The weekly report (docs/weekly-report.md): `tidegate report` makes it, and with `to` the daemon sends "
     "it.",
     "[report]\nto = [\"director@example.org\", \"ops@example.org\"]\nprovider = \"Example Mail\"\n"
     "weekday = \"monday\"\nhour = 7\nzone = \"Europe/Vienna\"\n",
     report_settings, nullptr, check_settings},
};

}  // namespace

std::span<const Section> report_sections() {
    return all_sections;
}

std::vector<Error> check_report(const Settings& all) {
    const bool has_server =
        !all.report.mail.host.empty() || std::ranges::any_of(all.alert_routes, [](const AlertRoute& each) {
            return each.kind == AlertRouteKind::mail;
        });
    if (!all.report.is_sent() || has_server) return {};
    return {{"", 0, "[report] has no server that takes it",
             "give its 'host' and 'from', or an [[alert]] of the kind mail"}};
}

}  // namespace tidegate::config
