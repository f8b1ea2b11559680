#pragma once
// The threads that answer: one loop each.

#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

#include "net/loop.h"

namespace tidegate::net {

/// Loops that run from the first moment to the last; signals go to other threads.
/// Thread: any.  Owner: outlives every server on it.
class Threads {
public:
    explicit Threads(unsigned count);
    ~Threads();  // stops and joins
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;

    [[nodiscard]] std::size_t size() const { return loops_.size(); }
    [[nodiscard]] Loop& operator[](std::size_t index) { return *loops_[index]; }
    /// Whether the caller is one of them.
    [[nodiscard]] bool are_here() const;

private:
    std::vector<std::unique_ptr<Loop>> loops_;
    std::vector<std::thread> threads_;
};

}  // namespace tidegate::net
