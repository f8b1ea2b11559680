#pragma once
// What the running daemon says of an address, an account or a code.

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "app/serve/operator.h"

namespace tidegate::app {

/// Asks the daemon and prints its answer: what it would say of the next log-in, and of a code or an account
/// what was refused. The exit status: 0, or 2 where there is no answer.
[[nodiscard]] int ask_why(const Operator& who, const std::string& subject, bool as_json);

/// The same in words for a terminal. Whatever the daemon left out or said in another form is left out.
[[nodiscard]] std::string why_in_text(const boost::json::value& answer, std::string_view subject);

}  // namespace tidegate::app
