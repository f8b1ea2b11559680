#pragma once
// What the public page says where nobody has written anything for customers: that there is an incident.

#include <vector>

#include "base/time.h"
#include "config/status_settings.h"
#include "event/incident.h"
#include "event/public_record.h"

namespace tidegate::app {

/// For our own page and each partner's: titles and states alone.
[[nodiscard]] std::vector<PublicRecord> records_of_incidents(const std::vector<IncidentHead>& heads,
                                                             const config::Status& settings, Time now);

}  // namespace tidegate::app
