#pragma once
// The daemon's answer about servers, as a table for people.

#include <boost/json.hpp>
#include <string>

namespace tidegate::app {

/// Of GET /v1/servers: a line for each server, with why it is not up and who decided so. Whatever is missing
/// or of another kind reads as nothing; what a server or an operator wrote is made harmless.
[[nodiscard]] std::string servers_text(const boost::json::value& answer);

}  // namespace tidegate::app
