#pragma once
// What happens at the desk, as the log tells it.

#include "guard/desk.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// Thread: any.
void tell_of(const guard::Happening& happening, tell::Telling& telling);

}  // namespace tidegate::app
