#pragma once
// Alerts on their way: raised anywhere, gathered, delivered by every route.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tell/alert/alert.h"
#include "tell/alert/alert_memory.h"
#include "tell/alert/courier.h"
#include "tell/alert/gathering.h"
#include "tell/alert/latest_writer.h"
#include "tell/alert/paging.h"

namespace tidegate::tell {

/// What this machine is called.
[[nodiscard]] std::string machine_name();

/// Since the start.
struct AlertCounts {
    std::uint64_t raised = 0;
    std::uint64_t lost = 0;            // there was no room
    std::uint64_t known = 0;           // no news
    std::uint64_t messages = 0;        // made of the rest
    std::uint64_t waiting = 0;         // now, for the gathering thread
    std::uint64_t calls = 0;           // steps of escalations
    std::uint64_t unacknowledged = 0;  // pages, now
    std::vector<RouteCounts> routes;
};

struct AlertOptions {
    AlertRules rules{};
    std::function<Time()> clock;      // what time it is, for people
    std::function<Moment()> ticks{};  // for everything else; nothing: the steady clock
    /// Told on other threads; must not come back and wait, but may raise(). May be nothing.
    std::function<void(const Undelivered&)> undelivered{};
    std::function<void(const WayChange&)> way_changed{};
    std::function<void(const Call&)> called{};  // a step was taken
    std::string host{};                         // who tells; empty: this machine's name

    OnCall on_call{};
    AlertMemory memory{};  // of the daemon before
    /// Keeps memory_text() over a restart, on a thread of its own. May be nothing.
    std::function<void(std::string_view)> keep{};
};

/// Thread: any.  Cost: raise() takes a lock for about a microsecond and never waits; everything else happens
/// on threads of its own, one for gathering, one a route and one for the disk. Memory is bounded. Fails:
/// raise() never; of 1024 that wait the last quarter is kept for what lasts, what finds no room is lost and
/// counted. Owner: whoever raises ends before it does.
class Alerts {
public:
    Alerts(AlertOptions options, std::vector<RoutePlan> routes);
    ~Alerts();  // stops without patience
    Alerts(const Alerts&) = delete;
    Alerts& operator=(const Alerts&) = delete;

    void raise(Alert alert);
    /// Other rules, routes and people, after a reload. What the old routes had not delivered is tried once
    /// more for up to five seconds, on another thread. What was told before stays known.
    void adopt(const AlertRules& rules, std::vector<RoutePlan> routes, OnCall on_call = {});
    [[nodiscard]] AlertCounts counts() const;
    /// What there is to acknowledge and what was, the latest first.
    [[nodiscard]] std::vector<Page> pages() const;
    /// By id or code. It is kept once this thread is through with it, shortly after.
    [[nodiscard]] Acknowledged acknowledge(std::string_view which, const Acknowledgement& by);
    /// Who is called, as the configuration has it.
    [[nodiscard]] OnCall on_call() const;
    /// When a test went by each way that is checked.
    [[nodiscard]] std::map<std::string, Time> checked() const;
    /// The clock that `ticks` reads was moved: looks again.
    void wake();
    /// What was raised is sent, as long as patience lasts; afterwards raise() only counts.
    void stop(std::chrono::milliseconds patience);

private:
    struct Change {
        AlertRules rules;
        std::vector<std::unique_ptr<Courier>> couriers;
        OnCall on_call;
    };
    // What one way could not carry, on its way to another.
    struct Detour {
        std::string way;
        std::shared_ptr<Dispatch> dispatch;
        std::string note;
    };
    using Couriers = std::vector<std::unique_ptr<Courier>>;

    void run();
    void look_again();
    void hear_outcome(std::string_view id, bool arrived);
    void recall();
    [[nodiscard]] bool wait_for_work(std::vector<Alert>& alerts, std::optional<Change>& change);
    [[nodiscard]] Moment next();
    void take(Change change);
    void send_due(bool all);
    [[nodiscard]] bool is_wanted(const Bulletin& bulletin) const;
    void send(Call call);
    void send_detours();
    void send_checks();
    void keep();
    [[nodiscard]] CourierTools tools();
    [[nodiscard]] Courier* courier_of(std::string_view way) const;
    [[nodiscard]] Couriers make_couriers(std::vector<RoutePlan> routes) const;
    static void end(Couriers& couriers, std::chrono::steady_clock::time_point deadline);

    AlertOptions options_;
    CourierTools tools_;
    Gathering gathering_;        // the thread's own
    bool is_news_ = false;       // likewise: something is to be kept
    std::vector<Call> unheard_;  // likewise: of the daemon before

    // Never held together with the other lock.
    mutable std::mutex pages_mutex_;
    Paging pages_;
    std::map<std::string, Time> checked_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    // Under the lock:
    std::vector<Alert> waiting_;
    std::vector<Detour> detours_;
    std::optional<Change> change_;
    Couriers couriers_;  // changed by the thread alone
    AlertCounts counts_;
    bool stopping_ = false;
    bool woken_ = false;

    std::unique_ptr<LatestWriter> writer_;
    std::thread thread_;
};

}  // namespace tidegate::tell
