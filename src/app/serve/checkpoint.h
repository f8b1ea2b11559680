#pragma once
// All that the daemon knows at one moment, as the journal keeps it.

#include <cstdint>
#include <string>
#include <string_view>

#include "app/serve/bookmarks.h"
#include "base/error.h"
#include "base/time.h"

namespace tidegate::app {

struct Checkpoint {
    Time time{};
    std::string judge, detection;  // as they save themselves
    Bookmark logs;
};

/// The journal adds a checksum of its own.
[[nodiscard]] std::string bytes_of(const Checkpoint& checkpoint);
/// Fails: of another version, or cut short.
[[nodiscard]] Result<Checkpoint> checkpoint_in(std::string_view bytes);

}  // namespace tidegate::app
