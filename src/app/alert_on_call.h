#pragma once
// From the configuration to who is called about alerts.

#include <cstddef>
#include <string>

#include "base/time.h"
#include "config/settings.h"
#include "tell/alert/on_call.h"

namespace tidegate::app {

[[nodiscard]] tell::OnCall alert_on_call(const config::Settings& settings);

/// The turns of a rota, for people: "mail: eve until 2026-01-12 09:00, then bob until ... (Europe/Berlin)".
[[nodiscard]] std::string turns_text(const tell::Rota& rota, Time from, std::size_t count);

}  // namespace tidegate::app
