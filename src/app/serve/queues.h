#pragma once
// The mail servers' queues in the daemon: watched as configured, told of, remembered over a restart.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "app/serve/state_folder.h"
#include "base/time.h"
#include "config/settings.h"
#include "mail/queue_kept.h"
#include "mail/queue_watch.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// Thread: standing() any; the rest the main one.  Cost: adopt() and stop() wait for a command that is
/// killed; tick() now and then for the disk.  Fails: tells.
class Queues {
public:
    /// `telling` and `state` outlive it.
    Queues(tell::Telling& telling, std::function<Time()> clock, const StateFolder& state);
    ~Queues() { stop(); }
    Queues(const Queues&) = delete;
    Queues& operator=(const Queues&) = delete;

    /// At the start and after a reload: what is the same goes on, what is gone is not watched any more.
    void adopt(const config::Settings& settings);
    /// Once a second.
    void tick();
    /// Nothing is read any more; what is known is kept, and stays.
    void stop();
    /// In the order of the configuration.
    [[nodiscard]] std::vector<mail::QueueStanding> standing() const;

private:
    using Watches = std::vector<std::shared_ptr<mail::QueueWatch>>;
    [[nodiscard]] Watches watches() const;
    [[nodiscard]] std::shared_ptr<mail::QueueWatch> begin(mail::QueueOrder order);
    void recall();
    void remember(const mail::QueueWatch& watch);
    void keep();
    void tell(mail::QueueNews news, const mail::QueueStanding& standing);
    void tell_backed_up(const mail::QueueStanding& standing);
    void tell_of_end(const mail::QueueStanding& standing);

    tell::Telling& telling_;
    std::function<Time()> clock_;
    const StateFolder& state_;
    std::atomic<bool> is_news_ = false;
    bool in_trouble_ = false;  // with the disk
    unsigned ticks_ = 0;
    mail::QueueMemories memories_;  // of those that are not watched just now, too
    mutable std::mutex mutex_;      // guards watches_
    Watches watches_;
};

/// The array of GET /v1/queues (docs/control-openapi.yaml).
[[nodiscard]] std::string queues_json(const std::vector<mail::QueueStanding>& queues);

}  // namespace tidegate::app
