#pragma once
// Alerts as `tidegate alert` prints them on a terminal.

#include <boost/json.hpp>
#include <string>

namespace tidegate::app {

/// Of the answer to GET /v1/alerts: what is to be acknowledged and what was, the ways and how they stand, who
/// is on call. Whatever the JSON: what is missing is left out, and control characters are shown as escapes.
[[nodiscard]] std::string alerts_text(const boost::json::value& answer);

}  // namespace tidegate::app
