#pragma once
// The settings of cases, as the case book takes them.

#include <string>
#include <vector>

#include "config/settings.h"
#include "tell/cases/rules.h"

namespace tidegate::app {

/// `outlets`: where what is published goes.
[[nodiscard]] tell::CaseRules case_rules(const config::CaseSettings& settings,
                                         std::vector<std::string> outlets);

}  // namespace tidegate::app
