#include "tell/status/frame.h"

#include <fmt/format.h>

#include "tell/status/text_html.h"
#include "tell/words.h"

namespace tidegate::tell::status {
namespace {

std::string forms_links(const PageWorld& world) {
    const SiteRules& rules = world.rules;
    std::string out;
    if (rules.forms_url.empty()) return out;
    const auto link = [&](std::string_view where, Phrase phrase) {
        out += fmt::format("<li><a href=\"{}{}\">{}</a></li>\n", html(rules.forms_url), where,
                           world.words.html(phrase));
    };
    if (rules.takes_subscribers) link("subscribe", Phrase::link_mail);
    if (rules.tells_visitors) link("check", Phrase::link_check);
    return out;
}

}  // namespace

std::string content_policy(const SiteRules& /*rules*/) {
    return "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'";
}

std::string css_of(ServiceState state) {
    return fmt::format("s{}", static_cast<unsigned>(state));
}

std::string page_head(const PageWorld& world, std::string_view root, std::string_view title) {
    const Wording& words = world.words;
    const std::string provider = html(world.record.provider);
    return fmt::format(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light "
        "dark\">\n"
        "<title>{title}</title>\n<link rel=\"stylesheet\" href=\"{root}style.css?{style}\">\n"
        "<link rel=\"icon\" href=\"{root}icon.svg\" type=\"image/svg+xml\">\n"
        "<link rel=\"alternate\" type=\"application/atom+xml\" title=\"{provider}\" "
        "href=\"{root}feed.atom\">\n"
        "</head>\n<body>\n<header>\n<p class=\"who\"><a href=\"{home}\">{provider}</a></p>\n"
        "<nav aria-label=\"{name}\"><a href=\"{home}\">{link_home}</a> "
        "<a href=\"{root}history.html\">{link_history}</a></nav>\n</header>\n<main>\n",
        fmt::arg("lang", html(words.language())), fmt::arg("policy", content_policy(world.rules)),
        fmt::arg("title", html(title)), fmt::arg("root", root), fmt::arg("style", style_version()),
        fmt::arg("provider", provider), fmt::arg("home", root.empty() ? "./" : root),
        fmt::arg("name", words.html(Phrase::link_home)), fmt::arg("link_home", words.html(Phrase::link_home)),
        fmt::arg("link_history", words.html(Phrase::link_history)));
}

std::string page_foot(const PageWorld& world, std::string_view root) {
    const Wording& words = world.words;
    std::string out = fmt::format("</main>\n<footer>\n<h2>{}</h2>\n<ul class=\"links\">\n{}",
                                  words.html(Phrase::heading_follow), forms_links(world));
    struct Link {
        std::string_view path;
        Phrase phrase;
    };
    for (const Link& each : {Link{"feed.atom", Phrase::link_atom}, Link{"feed.rss", Phrase::link_rss},
                             Link{"status.json", Phrase::link_json}})
        out += fmt::format("<li><a href=\"{}{}\">{}</a></li>\n", root, each.path, words.html(each.phrase));
    out += "</ul>\n";
    if (!world.rules.contact.empty()) out += fmt::format("<p>{}</p>\n", linked_html(world.rules.contact));
    out += fmt::format("<p>{} {}</p>\n</footer>\n</body>\n</html>\n",
                       words.html(Phrase::last_change, {{"time", world.clock.html(world.clock.made())}}),
                       words.html(Phrase::times_in, {{"zone", html(world.clock.zone())}}));
    return out;
}

}  // namespace tidegate::tell::status
