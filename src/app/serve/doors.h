#pragma once
// The doors at which mail servers ask: sockets outside, the intake inside.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/serve/door_answers.h"
#include "base/error.h"
#include "config/settings.h"
#include "net/inherited.h"
#include "net/threads.h"

namespace tidegate::app {

/// Counted since the door was opened.
struct DoorCounts {
    std::string listen, kind;
    std::uint64_t questions = 0;  // that were judged or reported
    std::uint64_t unjudged = 0;   // answered as `fails` says
    std::uint64_t broken = 0;     // not understood
    std::uint64_t connections = 0;
};

class OpenDoor;

/// All doors of a configuration.
/// Thread: opens, closes and reload() on the main one; answers come on `threads`.
class Doors {
public:
    Doors(net::Threads& threads, DoorWorld world);
    ~Doors();
    Doors(const Doors&) = delete;
    Doors& operator=(const Doors&) = delete;

    /// Opens what is not open yet, closes what is no longer named; a door whose settings alone changed keeps
    /// its connections. Their sockets are lent to systemd, so that a restart keeps who asks waiting, not out.
    /// Fails: an address in use and the like, for each door; the others are open.
    std::vector<Error> open(const std::vector<config::Door>& doors, net::Inherited* passed);
    /// What was asked is answered; then nobody is.
    void stop(std::chrono::milliseconds grace);

    [[nodiscard]] std::vector<DoorCounts> counts() const;
    /// How late the latest thread is.
    [[nodiscard]] std::chrono::microseconds lag() const;

private:
    net::Threads& threads_;
    DoorWorld world_;
    std::vector<std::unique_ptr<OpenDoor>> open_;
};

}  // namespace tidegate::app
