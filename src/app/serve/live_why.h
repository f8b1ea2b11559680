#pragma once
// What the running daemon says of an address, an account or a code.

#include <string>

#include "app/serve/operator.h"

namespace tidegate::app {

/// Asks the daemon and prints its answer: what it would say of the next log-in, and of a code or an account
/// what was refused. The exit status: 0, or 2 where there is no answer.
[[nodiscard]] int ask_why(const Operator& who, const std::string& subject, bool as_json);

}  // namespace tidegate::app
