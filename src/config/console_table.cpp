// The rows of the console.
#include <algorithm>

#include "config/table.h"

namespace tidegate::config {
namespace {

using Wrong = std::optional<std::pair<std::string, std::string>>;

constexpr Setting console_settings[] = {
    {"listen", "text", "none: there is no console",
     "Where the console and its API are answered: address and port.",
     [](const Value& value, Settings& to) -> Complaint {
         const auto* text = std::get_if<std::string>(&value);
         if (text == nullptr || !is_endpoint(*text) || text->starts_with("unix:"))
             return "expected where to listen, like \"127.0.0.1:4090\" or \"[::1]:4090\"";
         to.console.listen = *text;
         return std::nullopt;
     }},
    {"certificate", "path", "none: plain HTTP",
     "PEM file of its certificate and chain. Without one it is answered on this machine alone, and to the "
     "proxies below.",
     [](const Value& value, Settings& to) { return take_text(value, to.console.certificate); }},
    {"key", "path", "none", "PEM file of the certificate's private key.",
     [](const Value& value, Settings& to) { return take_text(value, to.console.key); }},
    {"behind_proxy", "list of texts", "none",
     "Addresses and networks of reverse proxies of your own: what they say of their clients "
     "(`X-Forwarded-For`, `X-Forwarded-Proto`) is believed. They must speak TLS with browsers.",
     [](const Value& value, Settings& to) { return take_networks(value, to.console.behind_proxy); }},
    {"url", "text", "as browsers say",
     "How browsers reach it, without a path: `https://console.example.org`. A request for another name is "
     "refused then.",
     [](const Value& value, Settings& to) { return take_text(value, to.console.url); }},
    {"idle_minutes", "whole number", "60", "A session ends after so long without a call; from 1 to 1440.",
     [](const Value& value, Settings& to) { return take_unsigned(value, 1, 1440, to.console.idle_minutes); }},
    {"session_hours", "whole number", "12", "A session ends after so long whatever happens; from 1 to 168.",
     [](const Value& value, Settings& to) { return take_unsigned(value, 1, 168, to.console.session_hours); }},
};

bool is_this_machine(std::string_view listen) {
    return listen.starts_with("127.") || listen.starts_with("[::1]:");
}

bool is_origin(std::string_view url) {
    const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' ||
               c == '[' || c == ']';
    };
    return scheme > 0 && url.size() > scheme && std::ranges::all_of(url.substr(scheme), fits);
}

Wrong check_console(const Settings& all) {
    const Console& console = all.console;
    if (console.certificate.empty() != console.key.empty())
        return {{"'certificate' and 'key' belong together", "give both or neither"}};
    if (!console.url.empty() && !is_origin(console.url))
        return {{"'url' is no origin",
                 "scheme and host in small letters, no path: \"https://console.example.org\""}};
    const bool is_plain = console.certificate.empty() && console.behind_proxy.empty();
    if (!console.listen.empty() && is_plain && !is_this_machine(console.listen))
        return {{"passwords would go over an open connection",
                 "give certificate and key, or listen on 127.0.0.1, or name the proxies in behind_proxy"}};
    return std::nullopt;
}

constexpr Section all_sections[] = {
    {"console", "Where people and programs reach the daemon over HTTP (docs/console.md).",
     "[console]\nlisten = \"127.0.0.1:4090\"\n", console_settings, nullptr, check_console},
};

}  // namespace

std::span<const Section> console_sections() {
    return all_sections;
}

}  // namespace tidegate::config
