// The rows of the public status page.
#include <algorithm>

#include "config/table.h"

namespace tidegate::config {
namespace {

using Wrong = std::optional<std::pair<std::string, std::string>>;

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

// A slash at its end, so that paths can be put behind it.
Complaint take_page_url(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    const bool web = text != nullptr && (text->starts_with("https://") || text->starts_with("http://"));
    if (!web || !is_printable(*text) || text->find_first_of("?#\"'<>\\") != std::string::npos ||
        text->size() <= text->find("://") + 3)
        return "expected where readers find the page, like \"https://status.example.org/\"";
    to = text->ends_with('/') ? *text : *text + '/';
    return std::nullopt;
}

Complaint take_listen(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !is_endpoint(*text))
        return "expected where to listen, like \"127.0.0.1:8025\", \"[::]:8025\" or "
               "\"unix:/run/tidegate/status.sock\"";
    to = *text;
    return std::nullopt;
}

Complaint take_program(const Value& value, std::vector<std::string>& to) {
    TextList list;
    if (auto complaint = take_list(value, list)) return complaint;
    const auto holds_nul = [](const std::string& word) { return word.find('\0') != std::string::npos; };
    if (!list.front().starts_with('/') || std::ranges::any_of(list, holds_nul))
        return "expected a program with its whole path and its arguments, like [\"/usr/bin/rsync\", \"-a\", "
               "\"{folder}/\", \"www@example.net:status/\"]";
    to = std::move(list);
    return std::nullopt;
}

Complaint take_folder(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || !text->starts_with('/') || text->size() < 2 || text->ends_with('/') ||
        text->find('\0') != std::string::npos)
        return "expected a folder with its whole path, like \"/var/lib/tidegate/status\"";
    to = *text;
    return std::nullopt;
}

// BCP 47, as far as it goes into an attribute.
Complaint take_language(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    };
    if (text == nullptr || text->size() < 2 || text->size() > 35 || !std::ranges::all_of(*text, fits))
        return "expected a language like \"en\" or \"de-AT\"";
    to = *text;
    return std::nullopt;
}

Complaint take_sender(const Value& value, std::string& to) {
    const auto* text = std::get_if<std::string>(&value);
    const auto at = text == nullptr ? std::string::npos : text->rfind('@');
    if (at == std::string::npos || at == 0 || at + 1 == text->size() || text->size() > 254 ||
        !is_printable(*text) || text->find_first_of("<>()[],;:\\\" ") != std::string::npos)
        return "expected an address like \"status@example.org\"";
    to = *text;
    return std::nullopt;
}

StatusPartner& partner_of(Settings& to) {
    return to.status.partners.back();
}

constexpr Setting status_settings[] = {
    {"listen", "text", "none: no listener",
     "Where the page is served over HTTP: address and port, or `unix:` and a path. TLS is the business of "
     "the "
     "web server before it.",
     [](const Value& value, Settings& to) { return take_listen(value, to.status.listen); }},
    {"url", "text", "", "Where readers find the page; links in feeds and e-mails begin with it.",
     [](const Value& value, Settings& to) { return take_page_url(value, to.status.url); }, true},
    {"forms_url", "text", "`url`",
     "Where readers find `listen`, if `url` shows the static files: subscribing and the question about one's "
     "own address need the daemon.",
     [](const Value& value, Settings& to) { return take_page_url(value, to.status.forms_url); }},
    {"provider", "text", "", "Whose page it is, as customers know you.",
     [](const Value& value, Settings& to) { return take_text(value, to.status.provider); }, true},
    {"zone", "text", "the machine's zone", "Time zone of the page, by its IANA name.",
     [](const Value& value, Settings& to) { return take_text(value, to.status.zone); }},
    {"language", "text", "\"en\"", "The language of `texts`, for browsers and screen readers.",
     [](const Value& value, Settings& to) { return take_language(value, to.status.language); }},
    {"texts", "table of texts", "none",
     "Sentences of the page in your own words, by name; docs/status-page.md lists them.",
     [](const Value& value, Settings& to) { return take_map(value, to.status.texts); }},
    {"contact", "text", "none", "A line at the end of each page: where else there is help.",
     [](const Value& value, Settings& to) { return take_text(value, to.status.contact); }},
    {"static_folder", "path", "none",
     "Folder in which the page is kept as files, for a web server elsewhere: `current` in it is always one "
     "whole site.",
     [](const Value& value, Settings& to) { return take_folder(value, to.status.static_folder); }},
    {"push", "list of texts", "none",
     "Program that brings the files to where they are shown, run after each change and tried again until it "
     "succeeds; `{folder}` stands for the folder. No shell is involved.",
     [](const Value& value, Settings& to) { return take_program(value, to.status.push); }},
    {"push_timeout", "whole number", "60", "Seconds that one try may take, from 1 to 3600.",
     [](const Value& value, Settings& to) { return take_unsigned(value, 1, 3600, to.status.push_timeout); }},
    {"proxies", "list of networks", "none",
     "Web servers before `listen`, whose X-Forwarded-For is believed. What comes over a Unix socket is one.",
     [](const Value& value, Settings& to) { return take_networks(value, to.status.proxies); }},
    {"visitors", "true or false", "true",
     "Whether visitors are told if log-ins from their own address are refused, and the way back.",
     [](const Value& value, Settings& to) { return take_bool(value, to.status.tells_visitors); }},
    {"threads", "whole number", "1", "Threads that answer readers, from 1 to 16; no one else waits for them.",
     [](const Value& value, Settings& to) { return take_unsigned(value, 1, 16, to.status.threads); }},
};

constexpr Setting mail_settings[] = {
    {"host", "text", "", "The server that takes the e-mails. Choose one that still works when yours do not.",
     [](const Value& value, Settings& to) { return take_text(value, to.status.mail.host); }, true},
    {"port", "whole number", "587; 465 with `implicit`, 25 with `none`", "Its port.",
     [](const Value& value, Settings& to) { return take_unsigned(value, 1, 65535, to.status.mail.port); }},
    {"tls", "text", "\"starttls\"",
     "`starttls` or `implicit`, both with the server's certificate checked and never without encryption; or "
     "`none`.",
     [](const Value& value, Settings& to) {
         std::size_t index = 0;
         auto complaint = take_choice(value, mail_tls_names, index);
         if (!complaint) to.status.mail.tls = static_cast<std::uint8_t>(index);
         return complaint;
     }},
    {"user", "text", "none", "Whom to log in as; needs `password_file`.",
     [](const Value& value, Settings& to) { return take_text(value, to.status.mail.user); }},
    {"password_file", "path", "none", "File whose first line is the password; read at each try.",
     [](const Value& value, Settings& to) { return take_text(value, to.status.mail.password_file); }},
    {"ca_file", "path", "the system's",
     "Certificates (PEM) of authorities that are trusted instead of the system's.",
     [](const Value& value, Settings& to) { return take_text(value, to.status.mail.ca_file); }},
    {"from", "text", "",
     "The sender's address. Nobody reads what bounces to it: give it a mailbox of its own.",
     [](const Value& value, Settings& to) { return take_sender(value, to.status.mail.from); }, true},
    {"timeout", "whole number", "20", "Seconds that one e-mail may take, from 1 to 120.",
     [](const Value& value, Settings& to) { return take_unsigned(value, 1, 120, to.status.mail.timeout); }},
    {"a_minute", "whole number", "120", "E-mails a minute, at most, from 1 to 6000.",
     [](const Value& value, Settings& to) {
         return take_unsigned(value, 1, 6000, to.status.mail.most_a_minute);
     }},
    {"most", "whole number", "20000", "Subscribers of all pages together, at most, from 1 to 200000.",
     [](const Value& value, Settings& to) {
         return take_unsigned(value, 1, 200'000, to.status.mail.most_subscribers);
     }},
};

constexpr Setting partner_settings[] = {
    {"name", "text", "", "The partner, as incidents name him.",
     [](const Value& value, Settings& to) { return take_text(value, partner_of(to).name); }, true},
    {"url", "text", "",
     "Where his customers find his page: a host of his own, or a path. The daemon's listener sees by this "
     "which "
     "page is meant.",
     [](const Value& value, Settings& to) { return take_page_url(value, partner_of(to).url); }, true},
    {"provider", "text", "`name`", "Under whose name it stands.",
     [](const Value& value, Settings& to) { return take_text(value, partner_of(to).provider); }},
    {"static_folder", "path", "none", "As under [status].",
     [](const Value& value, Settings& to) { return take_folder(value, partner_of(to).static_folder); }},
    {"push", "list of texts", "none", "As under [status].",
     [](const Value& value, Settings& to) { return take_program(value, partner_of(to).push); }},
};

Wrong check_status(const Settings& all) {
    const Status& status = all.status;
    if (!status.is_on())
        return {{"a status page that is shown nowhere", "give `listen`, `static_folder`, or both"}};
    if (!status.push.empty() && status.static_folder.empty())
        return {{"`push` without `static_folder`", "say where the files lie that it brings away"}};
    if (!status.forms_url.empty() && status.listen.empty())
        return {{"`forms_url` without `listen`", "forms need the daemon's listener"}};
    return std::nullopt;
}

Wrong check_mail(const Settings& all) {
    const StatusMail& mail = all.status.mail;
    if (mail.user.empty() != mail.password_file.empty())
        return {{"'user' and 'password_file' belong together", "give both or neither"}};
    if (!mail.user.empty() && mail_tls_names[mail.tls] == "none" && mail.host != "127.0.0.1" &&
        mail.host != "::1" && mail.host != "localhost")
        return {{"a password would go over an open connection",
                 "tls = \"starttls\" or \"implicit\", or a server on loopback"}};
    return std::nullopt;
}

Wrong check_partner(const Settings& all) {
    const StatusPartner& partner = all.status.partners.back();
    if (all.status.partners.size() > most_status_partners)
        return {{"more than 32 [[status_partner]]", "let a daemon of their own show them"}};
    if (std::ranges::count(all.status.partners, partner.name, &StatusPartner::name) > 1 ||
        std::ranges::count(all.status.partners, partner.url, &StatusPartner::url) > 1)
        return {{"two partners of one name or url", "give each his own"}};
    if (!partner.push.empty() && partner.static_folder.empty())
        return {{"`push` without `static_folder`", "say where the files lie that it brings away"}};
    return std::nullopt;
}

constexpr Section all_sections[] = {
    {"status", "The public status page (docs/status-page.md). Without this section there is none.",
     "[status]\nlisten = \"127.0.0.1:8025\"\nurl = \"https://status.example.org/\"\n"
     "provider = \"Example Mail\"\nzone = \"Europe/Vienna\"\nproxies = [\"127.0.0.0/8\"]\n"
     "static_folder = \"/var/lib/tidegate/status\"\n"
     "push = [\"/usr/bin/rsync\", \"-a\", \"--delay-updates\", \"--delete-after\", \"{folder}/\", "
     "\"www@example.net:status/\"]\n",
     status_settings, nullptr, check_status},
    {"status_mail",
     "Updates by e-mail for those who subscribe on the status page; without it there is no form.",
     "[status_mail]\nhost = \"smtp.example.net\"\nuser = \"status\"\n"
     "password_file = \"/etc/tidegate/status-password\"\nfrom = \"status@example.org\"\n",
     mail_settings, nullptr, check_mail},
    {"status_partner",
     "The page under a partner's name, with the words that are for his customers; up to 32.",
     "[[status_partner]]\nname = \"acme\"\nprovider = \"Acme Mail\"\nurl = \"https://status.example.com/\"\n",
     partner_settings, [](Settings& to, std::uint64_t) { to.status.partners.emplace_back(); }, check_partner},
};

}  // namespace

std::span<const Section> status_sections() {
    return all_sections;
}

}  // namespace tidegate::config
