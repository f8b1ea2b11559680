#pragma once
// Which daemon's parser reads a line.

#include "wire/log/line.h"

namespace tidegate::wire {

/// Gives the message to the parser of `line.program`. "message repeated 3 times: [ ... ]" (rsyslog's
/// RepeatedMsgReduction) is read as the message, and its attempts count that often.
/// Thread: any.  Cost: a few comparisons, then the parser's.
Recognised dispatch(const LogLine& line, EventBatch& out);

}  // namespace tidegate::wire
