#pragma once
// Time that no one can set: for how long something lasts.

#include <chrono>

namespace tidegate::console {

using Moment = std::chrono::steady_clock::time_point;

}  // namespace tidegate::console
