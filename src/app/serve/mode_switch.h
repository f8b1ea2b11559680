#pragma once
// Whether the daemon acts or only watches: who says so, what follows, and what of it outlives a restart.

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "app/serve/bans.h"
#include "app/serve/intake.h"
#include "app/serve/recorder.h"
#include "app/serve/state_folder.h"
#include "base/error.h"
#include "base/time.h"
#include "config/settings.h"
#include "guard/desk.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// As configured, unless an operator ordered to watch.
[[nodiscard]] guard::Mode wanted_mode(const config::Settings& settings, const StateFolder& state);

/// What it reaches. Owner: the daemon; outlives it.
struct ModeWorld {
    guard::Desk& desk;
    Bans& bans;
    const Intake& intake;
    const Recorder& recorder;
    StateFolder& state;
    tell::Telling& telling;
    std::function<Time()> clock;
    std::string config_file;
};

/// Thread: any.  Cost: set() waits for the disk.
class ModeSwitch {
public:
    explicit ModeSwitch(ModeWorld world) : world_(std::move(world)) {}

    /// What the kernel keeps out, by the mode that holds. Without the right to its tables everything else
    /// goes on, and that is told.
    void guard_kernel(const config::Firewall& settings);
    /// After a reload.
    void adopt(const config::Settings& settings);
    /// An operator's order, which holds after a restart, too.
    /// Fails: the configuration says that it only watches; what can't be written down.
    [[nodiscard]] Result<void> set(guard::Mode mode, std::string_view author, std::string_view reason);

private:
    [[nodiscard]] Result<void> change(guard::Mode mode, std::string_view author, std::string_view reason);
    void complain(const std::optional<Error>& of_firewall);

    ModeWorld world_;
    std::mutex mutex_;  // guards what the state folder keeps of it
};

}  // namespace tidegate::app
