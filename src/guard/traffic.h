#pragma once
// What goes on right now, for those who look: the last minutes by the second, and who makes the noise.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "event/event.h"
#include "event/verdict.h"
#include "tell/heavy_table.h"

namespace tidegate::guard {

/// Attempts of one second, minute or ten minutes.
struct TrafficCounts {
    std::uint64_t successes = 0, failures = 0;  // that reached the password database
    std::uint64_t stopped = 0;                  // that did not
    // Judged to be stopped, and yet they reached it: in watch mode, where a door can only slow them down,
    // where none is asked.
    std::uint64_t would_stop = 0;
    std::uint64_t would_stop_successes = 0;  // right passwords among these

    [[nodiscard]] std::uint64_t attempts() const { return successes + failures + stopped; }
    TrafficCounts& operator+=(const TrafficCounts& other);
};

/// A network that failed or was stopped much in the last minutes.
struct NoisyNetwork {
    Address example;
    std::uint32_t as_number = 0;
    std::uint64_t attempts = 0, stopped = 0;
    Time last{};
};

/// Keeps ten minutes; networks (/24, /48) of the last ten to twenty.
/// Thread: one at a time.  Cost: some 20 ns an attempt; fixed memory of some 200 KiB.  Fails: never.
class Traffic {
public:
    static constexpr std::size_t seconds_kept = 600;

    Traffic();
    /// `judged` is what the judge said, `answered` whether the attempt was answered so. Times that step back
    /// count now.
    void see(const Event& event, const Verdict& judged, bool answered);
    void tick(std::int64_t second);

    /// Sum of the last `seconds` (at most ten minutes), without the one that is running.
    [[nodiscard]] TrafficCounts last(std::size_t seconds) const;
    /// By the second, oldest first, as many as are kept.
    [[nodiscard]] std::vector<TrafficCounts> by_second() const;
    /// Most attempts first.
    [[nodiscard]] std::vector<NoisyNetwork> noisiest(std::size_t most) const;

private:
    struct Network {
        Address example;
        std::uint32_t as_number = 0;
        std::uint64_t stopped = 0;
        Time last{};
        void clear() { *this = {}; }
    };
    using Networks = tell::HeavyTable<Network>;

    void count_network(const Event& event, bool stopped);
    [[nodiscard]] TrafficCounts& now() { return ring_[static_cast<std::size_t>(second_) % seconds_kept]; }

    std::array<TrafficCounts, seconds_kept> ring_{};
    std::int64_t second_ = 0;
    std::int64_t first_ = 0;
    std::int64_t turned_ = 0;
    std::array<Networks, 2> networks_;  // this ten minutes', the last ten's
    std::size_t current_ = 0;
};

}  // namespace tidegate::guard
