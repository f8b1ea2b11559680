#pragma once
// The daemon's figures for Prometheus.

#include <vector>

#include "app/serve/scene.h"
#include "guard/desk.h"
#include "tell/live/metrics.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// Thread: any.
[[nodiscard]] std::vector<tell::Metric> figures(const guard::Desk& desk, const Surroundings& around,
                                                const tell::Telling& telling, std::uint64_t joined);

}  // namespace tidegate::app
