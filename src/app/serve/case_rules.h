#pragma once
// The settings of cases, as the case book takes them.

#include "config/settings.h"
#include "tell/cases/rules.h"

namespace tidegate::app {

/// Without outlets.
[[nodiscard]] tell::CaseRules case_rules(const config::CaseSettings& settings);

}  // namespace tidegate::app
