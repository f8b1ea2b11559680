#pragma once
// Passwords and tokens lie in files of their own.

#include <string>

#include "base/error.h"

namespace tidegate::tell {

/// The first line of the file, up to 4 KiB, without its end.  Fails: cannot be read, empty, too long, holds
/// control characters.
[[nodiscard]] Result<std::string> read_secret(const std::string& path);

}  // namespace tidegate::tell
