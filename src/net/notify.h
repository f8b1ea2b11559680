#pragma once
// What systemd is told of us (sd_notify(3)). Where nobody listens, nothing happens.

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "net/threads.h"

namespace tidegate::net {

void notify_ready(std::string_view status);
/// A reload begins; it ends with notify_ready().
void notify_reloading();
void notify_stopping(std::string_view status);
void notify_status(std::string_view status);
/// Lends listening sockets to systemd (FileDescriptorStoreMax=), which passes them to our next start
/// (net/inherited.h); the same socket twice is kept once. False: nobody keeps them.
[[nodiscard]] bool notify_keep(std::string_view name, std::span<const int> sockets);
/// Those of this name are closed there.
void notify_drop(std::string_view name);

/// How often the watchdog wants to hear from us; nothing where there is none.
[[nodiscard]] std::optional<std::chrono::microseconds> watchdog_interval();

/// Whether all loops still run: each is asked from time to time to say so.
/// Thread: one at a time, none of the loops'.
class Pulse {
public:
    explicit Pulse(Threads& threads);
    /// Whether everyone answered the last call; if so, calls them again. True the first time.
    [[nodiscard]] bool beat();

private:
    struct Answers;
    Threads& threads_;
    std::shared_ptr<Answers> answers_;
};

/// Feeds systemd's watchdog from `main` while all of `threads` answer, four times in its interval: a loop
/// that hangs for an interval has us restarted. Owner: `main` and `threads` outlive it; destroyed in main's
/// thread or while it does not run.
class Watchdog {
public:
    Watchdog(Loop& main, Threads& threads);

private:
    Pulse pulse_;
    Timer timer_;
};

}  // namespace tidegate::net
