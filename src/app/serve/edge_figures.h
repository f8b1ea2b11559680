#pragma once
// The edge's figures for Prometheus.

#include <vector>

#include "app/serve/edge_standing.h"
#include "tell/live/metrics.h"

namespace tidegate::app {

/// Thread: any.
void add_edge(const EdgeStanding& edge, std::vector<tell::Metric>& out);

}  // namespace tidegate::app
