#pragma once
// The thread that asks DNS lists: questions, tests, deadlines.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "net/counter.h"
#include "observe/dnsbl/care.h"
#include "observe/dnsbl/channel.h"
#include "observe/dnsbl/standing.h"
#include "observe/dnsbl/waiter.h"
#include "observe/dnsbl/zone.h"

namespace tidegate::observe {

/// One address, one zone.
struct ListQuestion {
    std::uint64_t client = 0;
    Address address;
    unsigned zone = 0;
    std::chrono::steady_clock::time_point asked{};
};

/// Asks, on a thread of its own.
/// Thread: any.  Cost: a lock and now and then a system call to hand over.  Fails: never; a zone that does
/// not answer is suspended.
class ListAsker {
public:
    struct Bounds {
        std::vector<std::string> servers;
        std::chrono::milliseconds budget{};
        std::chrono::milliseconds patience{};
        std::uint32_t queries_a_day = 0;
        std::size_t most_in_flight = 0;
    };
    /// Called in the asking thread.
    struct Hooks {
        /// The end of each question; `named` is nothing where there is no answer to believe.
        std::function<void(const ListQuestion&, std::optional<bool> named, std::uint32_t seconds)> ended;
        std::function<void(unsigned zone)> forget;
        std::function<void(const ZoneNotice&)> notice;
    };

    ListAsker(Bounds bounds, std::vector<DnsZone> zones, Hooks hooks, std::function<Time()> clock);
    ~ListAsker();  // whoever waits is woken
    ListAsker(const ListAsker&) = delete;
    ListAsker& operator=(const ListAsker&) = delete;

    /// The zones that are in use and asked about such an address.
    [[nodiscard]] ZoneBits asked_about(const Address& address) const;
    /// May one more question be handed over? Counts it.
    [[nodiscard]] bool take_place(unsigned zone);
    /// Whether a question more may be in flight, as far as can be told without taking its place.
    [[nodiscard]] bool has_room() const {
        return in_flight_.load(std::memory_order_relaxed) < bounds_.most_in_flight;
    }
    /// All of one client; `waiter` may be none. He is woken at `deadline` at the latest.
    void hand_over(std::span<const ListQuestion> questions, std::shared_ptr<Waiter> waiter,
                   std::chrono::steady_clock::time_point deadline);
    [[nodiscard]] std::vector<ZoneStanding> standing() const;
    /// Does now what the clock made due, instead of when the thread next wakes.
    void look_at_clock() { channel_.interrupt(); }

private:
    using Steady = std::chrono::steady_clock;
    struct Asked {  // one zone
        Asked(DnsZone of, ZoneCare::Rules rules, Time now) : zone(std::move(of)), care(rules, now) {}
        DnsZone zone;
        ZoneCare care;  // changed by the thread alone, under lock_
        ZoneTest test{};
        unsigned tests_missing = 0;  // answers of a test under way
        net::Counter queries, named, timeouts, late, not_asked;
    };
    struct Handed {
        std::vector<ListQuestion> questions;
        std::multimap<Steady::time_point, std::shared_ptr<Waiter>> waiters;
    };

    void run();
    void take_handed();
    void ask(const ListQuestion& question);
    void answered(const ListQuestion& question, const wire::ListPacket& packet);
    void start_tests();
    void start_test(unsigned zone);
    void test_answered(unsigned zone, wire::ListTest which, const wire::ListPacket& packet);
    void wake_overdue();
    void watch_day();
    void change(unsigned zone, const std::optional<ZoneCare::Change>& change);
    void publish();
    [[nodiscard]] std::chrono::milliseconds idle() const;

    Bounds bounds_;
    Hooks hooks_;
    std::function<Time()> clock_;
    std::vector<std::unique_ptr<Asked>> zones_;
    DnsChannel channel_;

    std::atomic<ZoneBits> v4_ = 0, v6_ = 0;  // in use
    ZoneBits ours_ = 0;
    std::atomic<std::size_t> in_flight_ = 0;
    std::atomic<std::uint32_t> today_ = 0;
    std::atomic<int> budget_hit_ = -1;  // the zone that first asked beyond it
    bool budget_told_ = false;
    Time day_ends_;

    mutable std::mutex lock_;  // of what follows, and of the zones' care
    Handed handed_;
    std::multimap<Steady::time_point, std::shared_ptr<Waiter>> waiters_;  // the thread's
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace tidegate::observe
