#pragma once
// Ctrl-C: the first asks for an end with a report of what was read, the second kills.

namespace tidegate::app {

/// From now on SIGINT and SIGTERM set interrupted(), once each; then they do what they always do.
void watch_for_interrupts();
[[nodiscard]] bool interrupted();

}  // namespace tidegate::app
