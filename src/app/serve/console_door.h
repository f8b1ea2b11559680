#pragma once
// The console in the daemon: its socket, its threads, and what it reaches.

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "app/serve/console_calls.h"
#include "app/serve/intake.h"
#include "base/error.h"
#include "base/time.h"
#include "config/settings.h"
#include "console/live.h"
#include "net/http_server.h"
#include "net/inherited.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// What it reaches once the memory is awake. Owner: the daemon; outlives it.
struct ConsoleDoorWorld {
    guard::Desk& desk;
    Intake& intake;
    const Recorder& recorder;
    /// The control socket's calls.
    std::function<void(const net::Request& request, net::Response& response)> control;
    std::function<std::string()> scene;
    std::string state_folder;
};

/// Answers over threads of its own: what it does costs the doors nothing. Off where no place is configured.
/// Thread: the main one; hear() any.
class ConsoleDoor {
public:
    ConsoleDoor(tell::Telling& telling, std::function<Time()> clock);
    ~ConsoleDoor();  // stop(0)
    ConsoleDoor(const ConsoleDoor&) = delete;
    ConsoleDoor& operator=(const ConsoleDoor&) = delete;

    /// Before the first adopt().
    void give(ConsoleDoorWorld world);
    /// What the configuration says holds from now on; it was read from `file` just now.
    /// Fails: a place that is taken, a certificate that can't be read. Then it is as it was.
    [[nodiscard]] Result<void> adopt(const config::Console& wanted, const std::string& file,
                                     net::Inherited* passed);
    /// What is told, for those who look on.
    void hear(tell::Thing thing, std::span<const tell::Field> fields);
    /// Four times a second.
    void tick();
    void stop(std::chrono::milliseconds grace);

private:
    struct Open;

    [[nodiscard]] Result<std::unique_ptr<Open>> open(const config::Console& wanted, net::Inherited* passed);
    [[nodiscard]] Result<void> change(const config::Console& wanted);
    void close(std::chrono::milliseconds grace);
    void take_calls(const std::string& file);

    tell::Telling& telling_;
    std::function<Time()> clock_;
    std::optional<ConsoleDoorWorld> world_;
    std::unique_ptr<ConsoleCalls> calls_;
    std::mutex live_mutex_;          // guards live_ against its end
    console::Live* live_ = nullptr;  // of open_
    std::atomic<bool> is_open_ = false;
    std::unique_ptr<Open> open_;
};

}  // namespace tidegate::app
