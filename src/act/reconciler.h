#pragma once
// One round after the other: carries orders out, looks whether what was done still stands, mends it.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "act/firewall.h"
#include "act/orders.h"

namespace tidegate::act {

/// Thread: one; standing() any.  Cost: step() is one transaction or a few, or a look.
/// Fails: never; what the kernel refuses is tried again later, or told and counted.
class Reconciler {
public:
    using Row = Orders::Row;
    using Moment = Orders::Clock::time_point;  // for waiting; Time is for the ends of bans

    Reconciler(const FirewallOptions& options, Orders& orders, std::unique_ptr<Enforcer> enforcer,
               std::function<void(const FirewallNotice&)> notice, std::function<Time()> clock);
    ~Reconciler();

    /// When it wants to be called again: if there are orders, and if there are none.
    struct Next {
        Moment earliest, latest;
    };
    /// Does what is due.
    Next step(Moment now);
    /// What waits, if there is no trouble.
    void finish();
    /// Instead of another step: the table goes. Waits a fifth of a second for a kernel that is busy.
    [[nodiscard]] Outcome dismantle();
    [[nodiscard]] FirewallStanding standing() const;
    void count_spared(const Address& address);
    void count_refused();

private:
    enum class Op : std::uint8_t { add, renew, remove };
    using Kind = FirewallNotice::Kind;

    // These say whether all went well; `failed_` has why not.
    [[nodiscard]] bool round(Moment now);
    [[nodiscard]] bool start(Moment now);
    [[nodiscard]] bool refresh_surroundings(Moment now);
    [[nodiscard]] bool look_after(Moment now);
    [[nodiscard]] bool mend(const Seen& seen, Moment now);
    [[nodiscard]] bool apply_wishes(bool all);
    [[nodiscard]] bool carry_out();
    [[nodiscard]] bool carry_out(Op op, std::span<const Row> rows, bool may_evict = true);
    [[nodiscard]] bool fail(Refusal refusal);

    [[nodiscard]] Outcome tell_kernel(Op op, std::span<const Row> rows);
    [[nodiscard]] bool make_room(std::span<const Row> rows);
    [[nodiscard]] bool make_room(std::span<const Row> rows, bool v4);
    [[nodiscard]] std::vector<Row> soonest(bool v4, std::size_t count) const;
    [[nodiscard]] bool misses_some(const Seen& seen);
    void refill();
    void scrub(Moment now);
    void scrub_from(std::size_t shard);
    [[nodiscard]] bool is_scrubbing() const;
    void end_sessions(Moment now);
    void sweep(Moment now);
    void read_back();
    void finish_reading();
    void tell_spared();
    void note_trouble();
    void note_well();
    void tell(Kind kind, std::size_t count = 0, Address address = {}, std::optional<Error> error = {});

    const FirewallOptions& options_;
    Orders& orders_;
    std::unique_ptr<Enforcer> enforcer_;
    std::function<void(const FirewallNotice&)> notice_;
    std::function<Time()> clock_;

    bool started_ = false;
    bool surroundings_known_ = false;
    bool sessions_told_ = false;
    bool sessions_due_ = false;
    bool full_batch_ = false;  // more waits
    Moment surroundings_at_{}, look_at_{}, retry_at_{}, sessions_at_{}, scrub_at_{}, sweep_at_{}, nets_at_{};
    std::chrono::milliseconds retry_after_;
    Refusal failed_;                            // the last that failed
    std::vector<Prefix> to_end_;                // whose sessions
    std::size_t scrub_shard_ = Shadow::shards;  // the next
    std::vector<std::uint64_t> scrub_keys_;     // the rest of the last
    std::size_t sweep_shard_ = 0;
    Ranges nets_;

    mutable std::mutex mutex_;
    FirewallStanding standing_;            // under the lock
    std::vector<Address> spared_to_tell_;  // under the lock

    std::atomic<bool> stop_reading_ = false;
    std::atomic<bool> has_read_ = false;
    // The reader's until has_read_:
    std::optional<Refusal> read_error_;
    std::size_t read_count_ = 0;
    std::thread reader_;
};

}  // namespace tidegate::act
