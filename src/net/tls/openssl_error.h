#pragma once
// OpenSSL's words for what went wrong; for this folder alone.

#include <string>

namespace tidegate::net {

/// The first of this thread's errors, and none is left. "unknown": it had none.
[[nodiscard]] std::string take_openssl_error();

}  // namespace tidegate::net
