#include "tell/status/site.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/hash.h"
#include "tell/status/frame.h"
#include "tell/status/style.h"

namespace tidegate::tell::status {
namespace {

constexpr std::string_view html_type = "text/html; charset=utf-8", svg_type = "image/svg+xml";

bool is_name_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

PublicRecord timeless(const PublicRecord& record) {
    PublicRecord out = record;
    out.made = {};
    return out;
}

// The picture before the page that shows it.
void add_incident(const PageWorld& world, const PublicIncident& incident, std::vector<SiteFile>& out) {
    const std::string name = "incident/" + file_name_of(incident.id);
    if (!incident.post_mortem.empty() && !incident.plot.empty())
        out.push_back({name + ".svg", std::string(svg_type), incident.plot});
    out.push_back({name + ".html", std::string(html_type), incident_page(world, incident)});
}

}  // namespace

std::string_view style_version() {
    static const std::string version = fmt::format("{:08x}", hash_bytes(style_sheet, 0) >> 32);
    return version;
}

std::string file_name_of(std::string_view id) {
    constexpr std::size_t most = 64;
    const bool plain = !id.empty() && id.size() <= most && std::ranges::all_of(id, is_name_character);
    return plain ? std::string(id) : fmt::format("x{:016x}", hash_bytes(id, 0));
}

bool is_late(const PublicIncident& incident, Time made) {
    return incident.state != PublicState::over && incident.next_update_by && *incident.next_update_by < made;
}

bool says_the_same(const PublicRecord& before, const PublicRecord& after) {
    if (timeless(before) != timeless(after)) return false;
    return std::ranges::none_of(after.incidents, [&](const PublicIncident& each) {
        return is_late(each, before.made) != is_late(each, after.made);
    });
}

std::vector<SiteFile> render_site(const PublicRecord& record, const SiteRules& rules) {
    const PageWorld world(record, rules);
    std::vector<SiteFile> out;
    out.push_back({"style.css", "text/css; charset=utf-8", std::string(style_sheet)});
    out.push_back({"icon.svg", std::string(svg_type), icon(world)});
    out.push_back({"badge.svg", std::string(svg_type), badge(world)});
    std::set<std::string, std::less<>> names;
    for (const PublicIncident& each : record.incidents)
        if (names.insert(file_name_of(each.id)).second) add_incident(world, each, out);
    for (SiteFile& each : history_pages(world)) out.push_back(std::move(each));
    out.push_back({"feed.atom", "application/atom+xml; charset=utf-8", atom_feed(world)});
    out.push_back({"feed.rss", "application/rss+xml; charset=utf-8", rss_feed(world)});
    out.push_back({"status.json", "application/json", record_json(world)});
    out.push_back({"404.html", std::string(html_type), not_found_page(world)});
    out.push_back({"index.html", std::string(html_type), index_page(world)});
    return out;
}

}  // namespace tidegate::tell::status
