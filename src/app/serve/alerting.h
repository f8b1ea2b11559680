#pragma once
// Which of the things that are told are worth waking somebody up for, and what to do about them.

#include <optional>
#include <span>

#include "tell/alert/alert.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// Nothing: it is for the log alone. `fields` as docs/log.md has them.
/// Thread: any.  Cost: below a microsecond for what is none.
[[nodiscard]] std::optional<tell::Alert> alert_of(tell::Thing thing, std::span<const tell::Field> fields,
                                                  Time now);

}  // namespace tidegate::app
