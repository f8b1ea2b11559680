#pragma once
// What is known of queues, as it is kept over a restart.

#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "mail/queue_account.h"

namespace tidegate::mail {

/// By the queue's name.
using QueueMemories = std::map<std::string, QueueMemory, std::less<>>;

/// One JSON object.
[[nodiscard]] std::string queue_memories_text(const QueueMemories& memories);
/// Reads it.  Fails: it is none; nothing of it is taken then.
[[nodiscard]] Result<QueueMemories> read_queue_memories(std::string_view text);

}  // namespace tidegate::mail
