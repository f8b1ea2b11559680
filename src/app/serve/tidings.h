#pragma once
// What happens at the desk and to the lists, as the log tells it.

#include <vector>

#include "guard/desk.h"
#include "observe/live_lists.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// Thread: any.
void tell_of(const guard::Happening& happening, tell::Telling& telling);
/// What became of lists whose files changed.
void tell_of(const std::vector<observe::ListTiding>& lists, tell::Telling& telling);

}  // namespace tidegate::app
