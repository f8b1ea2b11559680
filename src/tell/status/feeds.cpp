// Feeds: an entry for each update of an incident, one for its report, and one for each announced work.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tell/alert/mail_text.h"
#include "tell/status/frame.h"
#include "tell/status/markdown_html.h"
#include "tell/status/text_html.h"

namespace tidegate::tell::status {
namespace {

constexpr std::size_t most_entries = 50;

/// All but the time is XML already.
struct FeedEntry {
    Time time{};
    std::string link, title, content;
};

// HTML within XML: escaped once more.
FeedEntry entry_of(const PageWorld& world, const PublicIncident& incident, const PublicUpdate& update) {
    return {
        .time = update.time,
        .link = xml_text(world.rules.url) + "incident/" + file_name_of(incident.id) + ".html#" +
                anchor_of(update),
        .title = xml_text(fmt::format("{}: {}", incident.title, world.words[world.words.of(update.state)])),
        .content = xml_text(paragraphs_html(update.text))};
}

FeedEntry report_of(const PageWorld& world, const PublicIncident& incident, Time reported) {
    return {
        .time = reported,
        .link = xml_text(world.rules.url) + "incident/" + file_name_of(incident.id) + ".html#report",
        .title = xml_text(fmt::format("{}: {}", incident.title, world.words[Phrase::heading_post_mortem])),
        .content = xml_text(markdown_html(incident.post_mortem))};
}

// Work has one entry, which is a new one whenever something new is said of it.
FeedEntry entry_of(const PageWorld& world, const PublicWork& work) {
    const Wording& words = world.words;
    const std::string times = words.html(
        Phrase::from_until, {{"from", world.clock.html(work.from)}, {"until", world.clock.html(work.until)}});
    return {.time = work.changed,
            .link = fmt::format("{}?changed={}#{}", xml_text(world.rules.url),
                                work.changed.time_since_epoch().count(), xml_text(work.id)),
            .title = xml_text(fmt::format("{}: {}", work.title, words[state_of(work)])),
            .content = xml_text(fmt::format("<p>{}</p>\n{}", times, paragraphs_html(work.text)))};
}

// The newest first.
std::vector<FeedEntry> entries_of(const PageWorld& world) {
    std::vector<FeedEntry> out;
    for (const PublicIncident& incident : world.record.incidents) {
        for (const PublicUpdate& update : incident.updates) out.push_back(entry_of(world, incident, update));
        if (incident.reported) out.push_back(report_of(world, incident, *incident.reported));
    }
    for (const PublicWork& work : world.record.work) out.push_back(entry_of(world, work));
    std::ranges::sort(out, std::greater<>(), [](const FeedEntry& each) {
        return std::pair<Time, std::string_view>(each.time, each.link);
    });
    if (out.size() > most_entries) out.resize(most_entries);
    return out;
}

Time updated_of(const PageWorld& world, const std::vector<FeedEntry>& entries) {
    return entries.empty() ? world.record.made : entries.front().time;
}

}  // namespace

std::string anchor_of(const PublicUpdate& update) {
    return fmt::format("u{}", update.time.time_since_epoch().count());
}

// RFC 4287.
std::string atom_feed(const PageWorld& world) {
    const std::vector<FeedEntry> entries = entries_of(world);
    const std::string url = xml_text(world.rules.url);
    std::string out = fmt::format(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" "
        "xml:lang=\"{}\">\n<title>{}</title>\n<id>{}</id>\n<updated>{}</updated>\n"
        "<author><name>{}</name></author>\n<link rel=\"self\" type=\"application/atom+xml\" "
        "href=\"{}feed.atom\"/>\n<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n",
        xml_text(world.words.language()),
        xml_text(world.words.plain(Phrase::page_title, {{"provider", world.record.provider}})), url,
        world.clock.exact(updated_of(world, entries)), xml_text(world.record.provider), url, url);
    for (const FeedEntry& entry : entries) {
        out += fmt::format(
            "<entry>\n<title>{}</title>\n<id>{}</id>\n<updated>{}</updated>\n"
            "<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n<content type=\"html\">{}</content>\n"
            "</entry>\n",
            entry.title, entry.link, world.clock.exact(entry.time), entry.link, entry.content);
    }
    return out + "</feed>\n";
}

// RSS 2.0.11.
std::string rss_feed(const PageWorld& world) {
    const std::vector<FeedEntry> entries = entries_of(world);
    const std::string url = xml_text(world.rules.url);
    const std::string title =
        xml_text(world.words.plain(Phrase::page_title, {{"provider", world.record.provider}}));
    std::string out = fmt::format(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\" "
        "xmlns:atom=\"http://www.w3.org/2005/Atom\">\n<channel>\n<title>{}</title>\n<link>{}</link>\n"
        "<description>{}</description>\n<language>{}</language>\n<lastBuildDate>{}</lastBuildDate>\n"
        "<ttl>5</ttl>\n<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"{}feed.rss\"/>\n",
        title, url, title, xml_text(world.words.language()), mail_date(updated_of(world, entries)), url);
    for (const FeedEntry& entry : entries) {
        out += fmt::format(
            "<item>\n<title>{}</title>\n<link>{}</link>\n<guid isPermaLink=\"true\">{}</guid>\n"
            "<pubDate>{}</pubDate>\n<description>{}</description>\n</item>\n",
            entry.title, entry.link, entry.link, mail_date(entry.time), entry.content);
    }
    return out + "</channel>\n</rss>\n";
}

}  // namespace tidegate::tell::status
