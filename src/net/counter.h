#pragma once
// Counts that many threads add to and few read.

#include <array>
#include <atomic>
#include <cstdint>

namespace tidegate::net {

/// A sum, in a cache line for each thread (as long as there are no more than eight).
/// Thread: any.  Cost: a few nanoseconds.  Fails: never.
class Counter {
public:
    void add(std::uint64_t count = 1) { lines_[line()].count.fetch_add(count, std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t sum() const {
        std::uint64_t out = 0;
        for (const Line& line : lines_) out += line.count.load(std::memory_order_relaxed);
        return out;
    }

private:
    static constexpr unsigned lines = 8;
    struct alignas(64) Line {
        std::atomic<std::uint64_t> count{0};
    };
    static unsigned line() {
        static std::atomic<unsigned> next{0};
        thread_local const unsigned mine = next.fetch_add(1, std::memory_order_relaxed) % lines;
        return mine;
    }
    std::array<Line, lines> lines_;
};

}  // namespace tidegate::net
