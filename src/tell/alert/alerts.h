#pragma once
// Alerts on their way: raised anywhere, gathered, delivered by every route.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tell/alert/alert.h"
#include "tell/alert/courier.h"
#include "tell/alert/gathering.h"

namespace tidegate::tell {

/// 32 hexadecimal digits by chance.
[[nodiscard]] std::string new_alert_id();
/// What this machine is called.
[[nodiscard]] std::string machine_name();

/// Since the start.
struct AlertCounts {
    std::uint64_t raised = 0;
    std::uint64_t lost = 0;      // there was no room
    std::uint64_t known = 0;     // no news
    std::uint64_t messages = 0;  // made of the rest
    std::uint64_t waiting = 0;   // now, for the gathering thread
    std::vector<RouteCounts> routes;
};

struct AlertOptions {
    AlertRules rules{};
    std::function<Time()> clock;      // what time it is, for people
    std::function<Moment()> ticks{};  // for everything else; nothing: the steady clock
    /// Told on other threads; must not come back and wait. May be nothing.
    std::function<void(const Undelivered&)> undelivered{};
    std::string host{};  // who tells; empty: this machine's name
};

/// Thread: any.  Cost: raise() takes a lock for about a microsecond and never waits; everything else happens
/// on threads of its own, one for gathering and one a route. Memory is bounded. Fails: raise() never; of 1024
/// that wait the last quarter is kept for what lasts, what finds no room is lost and counted. Owner: whoever
/// raises ends before it does.
class Alerts {
public:
    Alerts(AlertOptions options, std::vector<RoutePlan> routes);
    ~Alerts();  // stops without patience
    Alerts(const Alerts&) = delete;
    Alerts& operator=(const Alerts&) = delete;

    void raise(Alert alert);
    /// Other rules and routes, after a reload. What the old routes had not delivered is tried once more for
    /// up to five seconds, on another thread. What was told before stays known.
    void adopt(const AlertRules& rules, std::vector<RoutePlan> routes);
    [[nodiscard]] AlertCounts counts() const;
    /// The clock that `ticks` reads was moved: looks again.
    void wake();
    /// What was raised is sent, as long as patience lasts; afterwards raise() only counts.
    void stop(std::chrono::milliseconds patience);

private:
    struct Change {
        AlertRules rules;
        std::vector<std::unique_ptr<Courier>> couriers;
    };
    using Couriers = std::vector<std::unique_ptr<Courier>>;

    void run();
    [[nodiscard]] bool wait_for_work(std::vector<Alert>& alerts, std::optional<Change>& change);
    void take(Change change);
    void send_due(bool all);
    [[nodiscard]] Couriers make_couriers(std::vector<RoutePlan> routes) const;
    static void end(Couriers& couriers, std::chrono::steady_clock::time_point deadline);

    AlertOptions options_;
    CourierTools tools_;
    Gathering gathering_;  // the thread's own

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    // Under the lock:
    std::vector<Alert> waiting_;
    std::optional<Change> change_;
    Couriers couriers_;  // changed by the thread alone
    AlertCounts counts_;
    bool stopping_ = false;
    bool woken_ = false;

    std::thread thread_;
};

}  // namespace tidegate::tell
