#pragma once
// An incident as people and programs read it. docs/incidents.md has the fields.

#include <string>
#include <string_view>

#include "base/error.h"
#include "event/incident.h"
#include "tell/zone.h"

namespace tidegate::tell {

struct IncidentFormOptions {
    Zone zone{"UTC"};
    bool names = false;  // account names; else pseudonyms
};

/// A post-mortem's first draft in Markdown (CommonMark with tables). What attackers and others wrote comes
/// out as text: no markup, no HTML, no links, no control characters.
[[nodiscard]] std::string incident_markdown(const Incident& incident,
                                            const IncidentFormOptions& options = {});

/// One JSON object without a line end.
[[nodiscard]] std::string incident_json(const Incident& incident, const IncidentFormOptions& options = {});

/// Reads what incident_json() wrote (with names: the incident itself, to the precision written). Unknown
/// fields are ignored; anything else that does not fit is an error that says where.
[[nodiscard]] Result<Incident> parse_incident_json(std::string_view text);

}  // namespace tidegate::tell
