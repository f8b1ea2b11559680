#pragma once
// Cases as `tidegate incident` and `tidegate work` print them on a terminal. Whatever the JSON: what is
// missing is left out, and control characters are shown as escapes.

#include <boost/json.hpp>
#include <string>
#include <string_view>

namespace tidegate::app {

/// Of the answer to GET /v1/cases, /v1/cases/ID, /v1/public, /v1/work.
[[nodiscard]] std::string cases_text(const boost::json::value& answer);
[[nodiscard]] std::string case_text(const boost::json::value& answer);
[[nodiscard]] std::string public_text(const boost::json::value& answer);
[[nodiscard]] std::string work_text(const boost::json::value& answer);
/// "case-7, 2: is out"
[[nodiscard]] std::string done_text(const boost::json::value& answer, std::string_view words);

}  // namespace tidegate::app
