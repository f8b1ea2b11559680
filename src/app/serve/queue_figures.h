#pragma once
// The queues' figures for Prometheus.

#include <vector>

#include "mail/queue_order.h"
#include "tell/live/metrics.h"

namespace tidegate::app {

/// Thread: any.
void add_queues(const std::vector<mail::QueueStanding>& queues, std::vector<tell::Metric>& out);

}  // namespace tidegate::app
