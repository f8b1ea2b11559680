#pragma once
// The block lists that are asked over DNS, as the configuration has them.

#include <functional>
#include <memory>

#include "base/error.h"
#include "base/time.h"
#include "config/settings.h"
#include "observe/dnsbl/lists.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// Null: none is configured. What becomes of a zone is told; `telling` outlives the lists.
/// Fails: a key that can't be read.
[[nodiscard]] Result<std::shared_ptr<observe::DnsLists>> ask_dns(const config::Settings& settings,
                                                                 tell::Telling& telling,
                                                                 std::function<Time()> clock);

}  // namespace tidegate::app
