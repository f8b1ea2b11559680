#pragma once
// From the configuration to the ways by which people are told.

#include <vector>

#include "config/settings.h"
#include "tell/alert/courier.h"
#include "tell/alert/gathering.h"

namespace tidegate::app {

/// In the configuration's order.
[[nodiscard]] std::vector<tell::RoutePlan> alert_routes(const config::Settings& settings);
[[nodiscard]] tell::AlertRules alert_rules(const config::Settings& settings);

}  // namespace tidegate::app
