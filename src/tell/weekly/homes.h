#pragma once
// Where accounts are at home, learned from the log-ins that the journal has.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tidegate::tell {

/// Pairs of an account and a network (/24 or /48) from which it logged in.
/// Thread: one at a time.  Cost: one cache miss; 8 to 16 bytes a pair, 128 MiB at most.  Fails: never; what
/// finds no room any more is counted, and is no home.
class Homes {
public:
    static constexpr std::size_t most = std::size_t{11} << 20;

    Homes() : slots_(std::size_t{1} << 12) {}
    /// Keys as Sighting has them: well spread.
    [[nodiscard]] bool knows(std::uint64_t account, std::uint64_t network) const;
    void learn(std::uint64_t account, std::uint64_t network);
    [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

private:
    [[nodiscard]] std::size_t place(std::uint64_t key) const;
    void grow();

    std::vector<std::uint64_t> slots_;  // 0: free
    std::size_t used_ = 0;
    std::uint64_t forgotten_ = 0;
};

}  // namespace tidegate::tell
