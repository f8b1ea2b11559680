#pragma once
// The daemon's answer about listeners, as a table for people.

#include <boost/json.hpp>
#include <string>

namespace tidegate::app {

/// Of GET /v1/listeners: a line for each listener, and one for each domain that is moved to it. Whatever is
/// missing or of another kind reads as nothing; what an operator wrote is made harmless.
[[nodiscard]] std::string listeners_text(const boost::json::value& answer);

}  // namespace tidegate::app
