#pragma once
// Our own memory of who shall be banned, and of whom the kernel knows: asking the kernel takes a minute where
// there are a million.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"

namespace tidegate::act {

/// Thread: one at a time.
/// Cost: 14 to 18 bytes each; a look-up touches two cache lines. It grows a 64th at a time.
class Shadow {
public:
    struct Row {
        std::uint64_t key = 0;  // Address::host_key(); never 0
        Time until{};           // to the second; the epoch: to be lifted
        bool in_kernel = false;
        bool queued = false;
        [[nodiscard]] bool wanted() const { return until != Time{}; }
        friend bool operator==(const Row&, const Row&) = default;
    };
    static constexpr std::size_t shards = 64;

    /// Ends are kept relative to `start`, up to 17 years after it. Whoever knows the seed can make it slow.
    Shadow(Time start, std::uint64_t seed) : start_(start), seed_(seed) {}

    [[nodiscard]] std::optional<Row> find(std::uint64_t key) const;
    /// An end as it would be kept.
    [[nodiscard]] Time kept(Time until) const;
    /// Instead of what was there under this key.
    void put(const Row& row);
    void erase(std::uint64_t key);
    [[nodiscard]] std::vector<Row> rows(std::size_t shard) const;

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t wanted() const { return wanted_; }
    [[nodiscard]] std::size_t in_kernel() const { return in_kernel_; }  // wanted and there
    [[nodiscard]] std::size_t bytes() const;

private:
    struct Shard {
        std::vector<std::uint64_t> keys;  // 0 where there is none
        std::vector<std::uint32_t> rest;  // the other fields, packed
        std::size_t used = 0;
    };
    [[nodiscard]] std::uint64_t spread(std::uint64_t key) const;
    [[nodiscard]] static std::size_t home(std::uint64_t hash, std::size_t room);
    /// Where the key is, or where it would be.
    [[nodiscard]] static std::size_t place(const Shard& shard, std::uint64_t key, std::uint64_t hash);
    [[nodiscard]] std::uint32_t pack(const Row& row) const;
    [[nodiscard]] Row unpack(std::uint64_t key, std::uint32_t rest) const;
    void resize(Shard& shard, std::size_t room);
    void count(std::uint32_t rest, bool more);

    Time start_;
    std::uint64_t seed_;
    std::size_t size_ = 0, wanted_ = 0, in_kernel_ = 0;
    std::array<Shard, shards> shards_;
};

}  // namespace tidegate::act
