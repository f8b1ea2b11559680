#pragma once
// MaxMind's database format, through libmaxminddb.

#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "observe/range_map.h"

namespace tidegate::observe {

/// Does the file end as such a database does? False where it can't be read.
[[nodiscard]] bool is_mmdb(const std::string& file);

/// Calls `visit` for each network with an `autonomous_system_number`, with the name of its organisation. A
/// damaged file gives an error, however it is damaged.
[[nodiscard]] Result<void> each_network_of_mmdb(
    const std::string& file, const std::function<void(const RangeMap::Range&, std::string_view name)>& visit);

}  // namespace tidegate::observe
