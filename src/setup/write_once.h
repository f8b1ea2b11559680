#pragma once
// Our first configuration onto the disk.

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace tidegate::setup {

/// True: written. False: something is there already, and stays as it is.
/// The file appears whole, synced, with mode 0640 and, where given, the group `group` (the daemon's, which
/// must read it), or not at all. Missing folders are made (0755), at most one. Fails: no right, no room, no
/// such group's right; says what to do.
[[nodiscard]] Result<bool> write_once(const std::string& path, std::string_view text,
                                      std::optional<gid_t> group = std::nullopt);

/// The number of a group of this machine.
[[nodiscard]] std::optional<gid_t> group_number(const std::string& name);

}  // namespace tidegate::setup
