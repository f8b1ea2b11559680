#pragma once
// What is told, as the console's stream has it (Told in docs/api-openapi.yaml).

#include <span>
#include <string>

#include "base/time.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// One JSON object in one line.
[[nodiscard]] std::string told_json(Time time, tell::Thing thing, std::span<const tell::Field> fields);

}  // namespace tidegate::app
