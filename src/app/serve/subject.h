#pragma once
// Whom an operator means: written as one word.

#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/error.h"
#include "base/time.h"
#include "judge/policy.h"

namespace tidegate::app {

/// "192.0.2.7", "2001:db8::/32", "AS64500", or an account by any of its names.
/// Fails: an empty word, a network that holds everybody (shorter than /8 or /16).
[[nodiscard]] Result<judge::Exception> exception_about(std::string_view subject);
/// As exception_about() reads it.
[[nodiscard]] std::string subject_of(const judge::Exception& exception);

/// "30m", "12h", "7d" from now, an RFC 3339 time or a date. Nothing for "never".
/// Fails: anything else, and a time that is over.
[[nodiscard]] Result<std::optional<Time>> expiry(std::string_view text, Time now);

}  // namespace tidegate::app
