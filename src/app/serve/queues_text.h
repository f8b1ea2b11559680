#pragma once
// The daemon's answer about queues, as a table for people.

#include <boost/json.hpp>
#include <string>

#include "base/time.h"

namespace tidegate::app {

/// Of GET /v1/queues: a line for each queue, and below it what is wrong and for whom most waits. Whatever is
/// missing or of another kind reads as nothing; what others wrote is made harmless.
[[nodiscard]] std::string queues_text(const boost::json::value& answer, Time now);

}  // namespace tidegate::app
