// Feeds: an entry for each update.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tell/alert/mail_text.h"
#include "tell/status/frame.h"
#include "tell/status/text_html.h"

namespace tidegate::tell::status {
namespace {

constexpr std::size_t most_entries = 50;

struct FeedEntry {
    const PublicIncident* incident;
    const PublicUpdate* update;
};

// The newest first.
std::vector<FeedEntry> entries_of(const PublicRecord& record) {
    std::vector<FeedEntry> out;
    for (const PublicIncident& incident : record.incidents)
        for (const PublicUpdate& update : incident.updates) out.push_back({&incident, &update});
    std::ranges::sort(out, std::greater<>(), [](const FeedEntry& each) {
        return std::pair<Time, std::string_view>(each.update->time, each.incident->id);
    });
    if (out.size() > most_entries) out.resize(most_entries);
    return out;
}

std::string link_of(const PageWorld& world, const FeedEntry& entry) {
    return xml_text(world.rules.url) + "incident/" + file_name_of(entry.incident->id) + ".html#" +
           anchor_of(*entry.update);
}

std::string title_of(const PageWorld& world, const FeedEntry& entry) {
    return xml_text(
        fmt::format("{}: {}", entry.incident->title, world.words[world.words.of(entry.update->state)]));
}

// HTML within XML: escaped once more.
std::string content_of(const FeedEntry& entry) {
    return xml_text(paragraphs_html(entry.update->text));
}

Time updated_of(const PageWorld& world, const std::vector<FeedEntry>& entries) {
    return entries.empty() ? world.record.made : entries.front().update->time;
}

}  // namespace

std::string anchor_of(const PublicUpdate& update) {
    return fmt::format("u{}", update.time.time_since_epoch().count());
}

// RFC 4287.
std::string atom_feed(const PageWorld& world) {
    const std::vector<FeedEntry> entries = entries_of(world.record);
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
        const std::string link = link_of(world, entry);
        out += fmt::format(
            "<entry>\n<title>{}</title>\n<id>{}</id>\n<updated>{}</updated>\n"
            "<link rel=\"alternate\" type=\"text/html\" href=\"{}\"/>\n<content type=\"html\">{}</content>\n"
            "</entry>\n",
            title_of(world, entry), link, world.clock.exact(entry.update->time), link, content_of(entry));
    }
    return out + "</feed>\n";
}

// RSS 2.0.11.
std::string rss_feed(const PageWorld& world) {
    const std::vector<FeedEntry> entries = entries_of(world.record);
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
        const std::string link = link_of(world, entry);
        out += fmt::format(
            "<item>\n<title>{}</title>\n<link>{}</link>\n<guid isPermaLink=\"true\">{}</guid>\n"
            "<pubDate>{}</pubDate>\n<description>{}</description>\n</item>\n",
            title_of(world, entry), link, link, mail_date(entry.update->time), content_of(entry));
    }
    return out + "</channel>\n</rss>\n";
}

}  // namespace tidegate::tell::status
