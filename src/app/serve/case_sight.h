#pragma once
// What the daemon measures of services, as the case book takes it.

#include <optional>
#include <span>
#include <vector>

#include "edge/servers/server.h"
#include "guard/desk.h"
#include "guard/waits.h"
#include "mail/queue_order.h"
#include "tell/cases/sight.h"

namespace tidegate::app {

/// A Sight for each service that anything is known of ("imap"), for each server ("server:imap1"), and for
/// each queue that can be read ("queue:relay").
[[nodiscard]] std::vector<tell::Sight> case_sights(std::span<const guard::Band> bands,
                                                   std::span<const guard::Wait> waits,
                                                   std::span<const edge::ServerStanding> servers,
                                                   std::span<const mail::QueueStanding> queues);
/// All queues that are backed up, together; of those that can't be read nothing is said. Nothing: none is.
/// Mail that is watched as a part of a queue (`domains`) and with the whole of it counts once.
[[nodiscard]] std::optional<tell::MailSight> mail_sight(std::span<const mail::QueueStanding> queues);

}  // namespace tidegate::app
