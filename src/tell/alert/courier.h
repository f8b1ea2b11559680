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
#include <string_view>
#include <thread>

#include "tell/alert/digest.h"
#include "tell/alert/dispatch.h"
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
    std::string way{};  // what the configuration calls it; empty: as the route calls itself
    std::array<bool, alert_kinds.size()> wants = all_but_tests();
    Severity least = Severity::notice;
    bool only_called = false;  // nothing goes by it but what an escalation sends
    bool names = true;
    unsigned most_an_hour = 20;
    DigestRules digest{};
    std::string fallback{};                    // the way that gets what this one does not carry; empty: none
    Duration check{};                          // so often a test goes by it; zero: never
    Duration repeats = std::chrono::hours(6);  // as Message has it
};

/// A message that did not get through by a route, after all tries.
struct Undelivered {
    std::string_view route, subject, id;
    std::string_view said;
    unsigned tries = 0;
    bool nobody_heard = false;  // nor did it, nor will it, by any other
};

/// A way does not carry anything any more, or does again.
struct WayChange {
    std::string_view way, said;
    bool is_down = false;
};

struct RouteCounts {
    std::string name, way;
    std::uint64_t sent = 0, tries = 0, failed = 0, held_back = 0;
    std::uint64_t fell_back = 0;  // given to another way
    std::uint64_t gathered = 0;   // things that wait for a digest, now
    bool is_down = false;
    Time arrived{};    // the last that did; the epoch: none yet
    std::string said;  // at the last try
};

/// What couriers share. Thread: the functions are called from any thread; none may wait for a courier.
struct CourierTools {
    std::function<Moment()> ticks;
    std::function<Time()> clock;
    std::function<void(const Undelivered&)> undelivered;
    std::function<void(const WayChange&)> way_changed;
    /// Gives it to the way of that name, where that has not had it; `note` says why.
    std::function<void(const std::string& way, const std::shared_ptr<Dispatch>&, std::string note)> fall_back;
    /// Whether a message arrived by any way, once that is known.
    std::function<void(std::string_view id, bool arrived)> outcome;
    std::string host;
    std::uint64_t salt = 0;
};

/// How a message comes to a way: one that is called for by name waits for no digest.
enum class Coming : std::uint8_t { ordinary, called };

/// Carries messages one after the other; what fails is tried again, five times within half an hour, while
/// others pass by. Two tries in a row that fail, or one that is refused for good, and the way is down until
/// something arrives; what it does not carry goes to its fallback, at once while it is down. Thread: any.
/// Cost: put() takes a lock, never waits for the route.  Fails: put() never: where 64 wait already, the
/// newest fails.
class Courier {
public:
    static constexpr unsigned most_tries = 5;

    Courier(RoutePlan plan, const CourierTools& tools);  // the tools outlive it
    ~Courier();
    Courier(const Courier&) = delete;
    Courier& operator=(const Courier&) = delete;

    [[nodiscard]] const std::string& way() const { return counts_.way; }
    [[nodiscard]] Duration check() const { return plan_.check; }
    [[nodiscard]] bool wants(const Bulletin& bulletin) const;
    void put(std::shared_ptr<Dispatch> dispatch, Coming coming = Coming::ordinary, std::string note = {});
    [[nodiscard]] RouteCounts counts() const;
    /// The clock was moved: looks again.
    void wake();
    /// What waits is tried once more, until then; the rest fails. join() waits for it.
    void stop(std::chrono::steady_clock::time_point deadline);
    void join();

private:
    struct Parcel {
        std::shared_ptr<Dispatch> dispatch;
        Message message{};
        std::string note{};
        unsigned tries = 0;
        Moment next{};
        bool fell_back = false;
    };

    void run();
    [[nodiscard]] bool wait_for_work(std::list<Parcel>& one);
    [[nodiscard]] std::list<Parcel>::iterator first_due();
    [[nodiscard]] std::chrono::steady_clock::duration sleep() const;
    void collect_digest();
    void carry(std::list<Parcel>& one);
    [[nodiscard]] bool pack(Parcel& parcel);
    [[nodiscard]] bool keep(std::list<Parcel>& one, const Sent& sent, Moment now);
    void heed(const Sent& sent);
    void fall_back(Parcel& parcel, const std::string& said);
    void fail(const Parcel& parcel, const std::string& said);
    /// True: now it is known that nobody gets it.
    bool settle(Dispatch& dispatch, bool arrived) const;
    [[nodiscard]] Composing composing(const Parcel& parcel) const;
    [[nodiscard]] bool is_given_up() const;

    RoutePlan plan_;
    const CourierTools& tools_;
    Share share_;  // the thread's own

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    // Under the lock:
    std::list<Parcel> parcels_;
    Digest digest_;
    RouteCounts counts_;  // but for the names, which stay
    unsigned failed_in_a_row_ = 0;
    Moment rest_until_{};  // the other side asked for it
    bool stopping_ = false;

    std::atomic<std::chrono::steady_clock::time_point> deadline_{
        std::chrono::steady_clock::time_point::max()};
    std::thread thread_;
};

}  // namespace tidegate::tell
