#pragma once
// All files of the public page, made of one record.

#include <string>
#include <string_view>
#include <vector>

#include "event/public_record.h"
#include "tell/status/wording.h"

namespace tidegate::tell::status {

/// One file. `path` is relative ("incident/2026-11-30-1.html") and of ASCII letters, digits, '.', '-', '_'
/// and '/' alone.
struct SiteFile {
    std::string path, type, bytes;

    friend bool operator==(const SiteFile&, const SiteFile&) = default;
};

/// What the record does not say.
struct SiteRules {
    std::string url;        // where readers find it, with a slash at its end
    std::string forms_url;  // where our own listener is found, likewise; empty: nowhere
    bool takes_subscribers = false;
    bool tells_visitors = false;
    std::string contact;  // a line for people: where else help is; empty: none
    Wording wording;
};

/// In an order in which each page comes after those that it alone leads to: index.html is the last.
/// Thread: any.  Cost: below a millisecond for an incident and a service.  Fails: never; whatever texts hold,
/// they come out as text.
[[nodiscard]] std::vector<SiteFile> render_site(const PublicRecord& record, const SiteRules& rules);

/// Whether a site made of `before` says the same as one of `after` would: the moment alone is no difference,
/// until a promised update is late because of it or the days begin anew.
[[nodiscard]] bool says_the_same(const PublicRecord& before, const PublicRecord& after);

/// The file's name for an incident: its id where that can be one, else a digest of it.
[[nodiscard]] std::string file_name_of(std::string_view id);

/// A promise that was not kept, when the record was made.
[[nodiscard]] bool is_late(const PublicIncident& incident, Time made);

/// Content-Security-Policy of all pages.
[[nodiscard]] std::string content_policy(const SiteRules& rules);

}  // namespace tidegate::tell::status
