#pragma once
// What the daemon measures of services, as the case book takes it.

#include <span>
#include <vector>

#include "edge/servers/server.h"
#include "guard/desk.h"
#include "guard/waits.h"
#include "tell/cases/sight.h"

namespace tidegate::app {

/// A Sight for each service that anything is known of ("imap"), and for each server ("server:imap1").
[[nodiscard]] std::vector<tell::Sight> case_sights(std::span<const guard::Band> bands,
                                                   std::span<const guard::Wait> waits,
                                                   std::span<const edge::ServerStanding> servers);

}  // namespace tidegate::app
