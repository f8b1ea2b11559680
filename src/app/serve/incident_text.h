#pragma once
// Incidents as `tidegate incident` prints them on a terminal.

#include <boost/json.hpp>
#include <string>

namespace tidegate::app {

/// A line each, of the answer to GET /v1/incidents. Whatever the JSON: what is missing is left out, and
/// control characters are shown as escapes.
[[nodiscard]] std::string incidents_text(const boost::json::value& answer);
/// One record, of the answer to GET /v1/incidents/ID: what it is, whom it hurt, why, and what happened.
[[nodiscard]] std::string incident_text(const boost::json::value& incident);

}  // namespace tidegate::app
