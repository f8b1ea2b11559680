#pragma once
// One route with a thread of its own.

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "tell/alert/route.h"
#include "tell/alert/share.h"

namespace tidegate::tell {

/// What a route that names no kinds is told of; a test goes by every way.
[[nodiscard]] constexpr std::array<bool, alert_kinds.size()> all_but_tests() {
    std::array<bool, alert_kinds.size()> wants{};
    wants.fill(true);
    wants.back() = false;
    return wants;
}

/// A route, and what goes by it.
struct RoutePlan {
    std::unique_ptr<Route> route;
    std::array<bool, alert_kinds.size()> wants = all_but_tests();
    bool names = true;
    unsigned most_an_hour = 20;
};

/// A bulletin on its way by all routes.
struct Dispatch {
    Bulletin bulletin;
    std::string id;
    Time time{};
    std::atomic<unsigned> on_the_way = 0;  // routes that may still deliver it
    std::atomic<bool> heard = false;       // by one of them, or held back on purpose
};

/// A message that did not get through by a route, after all tries.
struct Undelivered {
    std::string_view route, subject, id;
    std::string_view said;
    unsigned tries = 0;
    bool nobody_heard = false;  // nor did it, nor will it, by any other
};

struct RouteCounts {
    std::string name;
    std::uint64_t sent = 0, tries = 0, failed = 0, held_back = 0;
    std::string said;  // at the last try
};

/// What couriers share. Thread: the functions are called from any thread.
struct CourierTools {
    std::function<Moment()> ticks;
    std::function<void(const Undelivered&)> undelivered;
    std::string host;
    std::uint64_t salt = 0;
};

/// Carries messages one after the other; what fails is tried again, five times within half an hour, while
/// others pass by. Thread: any.  Cost: put() takes a lock, never waits for the route.
/// Fails: put() never: where 64 wait already, the newest fails.
class Courier {
public:
    static constexpr unsigned most_tries = 5;

    Courier(RoutePlan plan, const CourierTools& tools);  // the tools outlive it
    ~Courier();
    Courier(const Courier&) = delete;
    Courier& operator=(const Courier&) = delete;

    [[nodiscard]] bool wants(AlertKind kind) const { return plan_.wants[static_cast<std::size_t>(kind)]; }
    void put(std::shared_ptr<Dispatch> dispatch);
    [[nodiscard]] RouteCounts counts() const;
    /// The clock was moved: looks again.
    void wake();
    /// What waits is tried once more, until then; the rest fails. join() waits for it.
    void stop(std::chrono::steady_clock::time_point deadline);
    void join();

private:
    struct Parcel {
        std::shared_ptr<Dispatch> dispatch;
        Message message;
        unsigned tries = 0;
        Moment next{};
    };

    void run();
    [[nodiscard]] bool wait_for_work(std::list<Parcel>& one);
    [[nodiscard]] std::list<Parcel>::iterator first_due();
    void carry(std::list<Parcel>& one);
    [[nodiscard]] bool pack(Parcel& parcel);
    void fail(const Parcel& parcel, const std::string& said);
    [[nodiscard]] bool is_given_up() const;

    RoutePlan plan_;
    const CourierTools& tools_;
    Share share_;  // the thread's own

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    // Under the lock:
    std::list<Parcel> parcels_;
    RouteCounts counts_;
    bool stopping_ = false;

    std::atomic<std::chrono::steady_clock::time_point> deadline_{
        std::chrono::steady_clock::time_point::max()};
    std::thread thread_;
};

}  // namespace tidegate::tell
