#pragma once
// What all pages have in common, for this folder alone.

#include <string>
#include <string_view>

#include "event/public_record.h"
#include "tell/status/site.h"
#include "tell/status/spoken_time.h"

namespace tidegate::tell::status {

/// What a page is made of. Views of what outlives it.
struct PageWorld {
    const PublicRecord& record;
    const SiteRules& rules;
    const Wording& words;
    Clock clock;

    PageWorld(const PublicRecord& shown, const SiteRules& by)
        : record(shown), rules(by), words(by.wording), clock(shown, by.wording) {}
};

/// Doctype, head, header, and the beginning of <main>. `root` is "" or "../"; `title` is plain text.
[[nodiscard]] std::string page_head(const PageWorld& world, std::string_view root, std::string_view title);
/// The end of <main>, the footer.
[[nodiscard]] std::string page_foot(const PageWorld& world, std::string_view root);

/// "IMAP, sending mail": labels for the names of services; a name that no service has stands for itself.
/// Plain.
[[nodiscard]] std::string labels_of(const PublicRecord& record, const std::vector<std::string>& services);

/// "s0" to "s5".
[[nodiscard]] std::string css_of(ServiceState state);

/// Title, where it stands, updates and what can be done: an <article>. `whole`: as on its own page.
[[nodiscard]] std::string incident_html(const PageWorld& world, const PublicIncident& incident,
                                        std::string_view root, bool whole);
/// One line of a list of incidents.
[[nodiscard]] std::string incident_line(const PageWorld& world, const PublicIncident& incident,
                                        std::string_view root);
[[nodiscard]] Phrase state_of(const PublicWork& work);
[[nodiscard]] std::string work_html(const PageWorld& world, const PublicWork& work);
[[nodiscard]] std::string service_html(const PageWorld& world, const PublicService& service);

/// The current state in a sentence or two, plain.
[[nodiscard]] std::string sentence_of(const PublicRecord& record, const Wording& words);
/// The worst state that it names.
[[nodiscard]] ServiceState worst_of(const PublicRecord& record);

// The pages and feeds.
[[nodiscard]] std::string index_page(const PageWorld& world);
[[nodiscard]] std::string incident_page(const PageWorld& world, const PublicIncident& incident);
[[nodiscard]] std::vector<SiteFile> history_pages(const PageWorld& world);
[[nodiscard]] std::string not_found_page(const PageWorld& world);
[[nodiscard]] std::string atom_feed(const PageWorld& world);
[[nodiscard]] std::string rss_feed(const PageWorld& world);
[[nodiscard]] std::string record_json(const PageWorld& world);
/// "Example Mail | works", to be shown on other pages.
[[nodiscard]] std::string badge(const PageWorld& world);
/// A dot in the colour of the state.
[[nodiscard]] std::string icon(const PageWorld& world);

/// "u1764504000000000": names an update within its incident's page.
[[nodiscard]] std::string anchor_of(const PublicUpdate& update);

/// Digest of style.css, so that browsers may keep it for long.
[[nodiscard]] std::string_view style_version();

}  // namespace tidegate::tell::status
