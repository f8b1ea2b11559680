#pragma once
// What the firewall shall do, as far as it is not done: written by any thread, read by the reconciler.

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "act/ban.h"
#include "act/ranges.h"
#include "act/shadow.h"

namespace tidegate::act {

/// Orders for one key coalesce; the last one counts, and none is lost.
/// Thread: any.  Cost: a lock that nobody holds for longer than a millisecond.
class Orders {
public:
    using Row = Shadow::Row;
    using Clock = std::chrono::steady_clock;

    enum class Taken : std::uint8_t {
        yes,
        spared,   // never banned
        no_room,  // too many already
    };

    Orders(Time start, std::uint64_t seed, std::size_t most)
        : shadow_(start, seed), most_(most), start_(start), seed_(seed) {}

    Taken ban(std::uint64_t key, Time until);
    void lift(std::uint64_t key);
    void lift_all();
    void set_nets(Ranges nets);
    /// By whoever owns the firewall, and what is found around.
    void spare(Ranges spared);
    void set_surroundings(Ranges around);

    [[nodiscard]] std::optional<Row> find(std::uint64_t key) const;
    [[nodiscard]] std::vector<Row> rows(std::size_t shard) const;

    struct Counts {
        std::size_t wanted = 0, in_kernel = 0, waiting = 0, bytes = 0;
    };
    [[nodiscard]] Counts counts() const;

    // ---- for the reconciler
    struct Nets {
        Ranges banned;  // without the spared
        Ranges spared;  // of both kinds
    };
    struct Wishes {
        bool flush = false;
        std::optional<Nets> nets;
    };
    /// What is not about single hosts, once. With `all`, even if it has not changed.
    [[nodiscard]] Wishes take_wishes(bool all);
    void put_back(const Wishes& wishes);
    /// Some of those that wait, first come first.
    [[nodiscard]] std::vector<Row> take(std::size_t most);
    /// What was taken is done: they are in the kernel now, or they are not.
    void mark(std::span<const Row> rows, bool in_kernel);
    void put_back(std::span<const Row> rows);
    /// The kernel does not have them, and they are not to be banned any more, unless they were ordered anew.
    void forget(std::span<const Row> rows);
    /// All of one shard: the kernel has none of them. They come behind new orders.
    void requeue(std::size_t shard);
    /// Lifts those of one shard that are spared by now; returns how many.
    std::size_t lift_spared(std::size_t shard);
    /// Drops those of one shard whose time is over.
    void sweep(std::size_t shard, Time now);
    /// Between these two whoever was lifted is remembered, so that what is read back does not ban him anew.
    void begin_merging();
    void end_merging();
    [[nodiscard]] bool is_merging() const;
    /// The kernel bans these.
    std::size_t merge(std::span<const Ban> bans);

    /// Until there are orders, but not before `earliest`; until `latest` if there are none. False: closed.
    bool wait(Clock::time_point earliest, Clock::time_point latest);
    /// Ends a wait.
    void nudge();
    void close();

private:
    void enqueue(Row row);
    [[nodiscard]] bool is_spared(std::uint64_t key) const {
        return extra_.touches(key) || around_.touches(key);
    }
    void wake();
    [[nodiscard]] bool has_work() const;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    Shadow shadow_;
    std::deque<std::uint64_t> queue_;
    std::deque<std::uint64_t> again_;  // what was in the kernel once
    std::size_t most_;
    Ranges extra_, around_, nets_;
    bool nets_changed_ = true;
    bool flush_ = false;
    bool merging_ = false;
    bool void_merge_ = false;  // everything was lifted while something was read back
    bool closed_ = false;
    bool sleeping_ = false;
    const Time start_;
    const std::uint64_t seed_;
};

}  // namespace tidegate::act
