#include "act/shadow.h"

#include <algorithm>

#include "base/check.h"
#include "base/hash.h"

namespace tidegate::act {
namespace {

// The rest of a row: 29 bits of seconds (0: to be lifted), then these.
constexpr std::uint32_t in_kernel_bit = 1U << 29;
constexpr std::uint32_t queued_bit = 1U << 30;
constexpr std::uint32_t seconds_bits = in_kernel_bit - 1;

constexpr std::size_t least_room = 16;
constexpr bool is_tight(std::size_t used, std::size_t room) {
    return used * 20 > room * 17;  // 85 %
}

}  // namespace

std::uint64_t Shadow::spread(std::uint64_t key) const {
    return mix(key ^ seed_);
}

std::size_t Shadow::home(std::uint64_t hash, std::size_t room) {
    return static_cast<std::size_t>((hash & 0xffff'ffff) * room >> 32);
}

std::size_t Shadow::place(const Shard& shard, std::uint64_t key, std::uint64_t hash) {
    const std::size_t room = shard.keys.size();
    std::size_t at = home(hash, room);
    while (shard.keys[at] != 0 && shard.keys[at] != key) at = at + 1 == room ? 0 : at + 1;
    return at;
}

std::uint32_t Shadow::pack(const Row& row) const {
    std::uint32_t out = (row.in_kernel ? in_kernel_bit : 0) | (row.queued ? queued_bit : 0);
    if (!row.wanted()) return out;
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(row.until - start_).count();
    out |= static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 1, seconds_bits));
    return out;
}

Shadow::Row Shadow::unpack(std::uint64_t key, std::uint32_t rest) const {
    const std::uint32_t seconds = rest & seconds_bits;
    return {key, seconds == 0 ? Time{} : start_ + std::chrono::seconds(seconds), (rest & in_kernel_bit) != 0,
            (rest & queued_bit) != 0};
}

void Shadow::count(std::uint32_t rest, bool more) {
    const std::size_t one = more ? 1 : static_cast<std::size_t>(-1);
    const bool wanted = (rest & seconds_bits) != 0;
    size_ += one;
    if (wanted) wanted_ += one;
    if (wanted && (rest & in_kernel_bit) != 0) in_kernel_ += one;
}

Time Shadow::kept(Time until) const {
    return unpack(0, pack({.until = until})).until;
}

std::optional<Shadow::Row> Shadow::find(std::uint64_t key) const {
    const std::uint64_t hash = spread(key);
    const Shard& shard = shards_[hash >> 58];
    if (shard.keys.empty()) return std::nullopt;
    const std::size_t at = place(shard, key, hash);
    if (shard.keys[at] == 0) return std::nullopt;
    return unpack(key, shard.rest[at]);
}

void Shadow::put(const Row& row) {
    CHECK(row.key != 0);
    const std::uint64_t hash = spread(row.key);
    Shard& shard = shards_[hash >> 58];
    if (is_tight(shard.used + 1, shard.keys.size()))
        resize(shard, std::max(least_room, shard.keys.size() * 5 / 4));
    const std::size_t at = place(shard, row.key, hash);
    if (shard.keys[at] == 0) {
        shard.keys[at] = row.key;
        ++shard.used;
    } else {
        count(shard.rest[at], false);
    }
    shard.rest[at] = pack(row);
    count(shard.rest[at], true);
}

void Shadow::resize(Shard& shard, std::size_t room) {
    Shard larger{std::vector<std::uint64_t>(room), std::vector<std::uint32_t>(room), shard.used};
    for (std::size_t i = 0; i < shard.keys.size(); ++i) {
        if (shard.keys[i] == 0) continue;
        const std::size_t at = place(larger, shard.keys[i], spread(shard.keys[i]));
        larger.keys[at] = shard.keys[i];
        larger.rest[at] = shard.rest[i];
    }
    shard = std::move(larger);
}

void Shadow::erase(std::uint64_t key) {
    const std::uint64_t hash = spread(key);
    Shard& shard = shards_[hash >> 58];
    if (shard.keys.empty()) return;
    std::size_t hole = place(shard, key, hash);
    if (shard.keys[hole] == 0) return;
    count(shard.rest[hole], false);
    --shard.used;
    // Whoever stands behind the hole and could stand in it moves up, so that no look-up ends there too early.
    const std::size_t room = shard.keys.size();
    for (std::size_t at = hole;;) {
        at = at + 1 == room ? 0 : at + 1;
        if (shard.keys[at] == 0) break;
        const std::size_t wish = home(spread(shard.keys[at]), room);
        const bool stays = hole <= at ? hole < wish && wish <= at : hole < wish || wish <= at;
        if (stays) continue;
        shard.keys[hole] = shard.keys[at];
        shard.rest[hole] = shard.rest[at];
        hole = at;
    }
    shard.keys[hole] = 0;
    if (room > least_room && shard.used * 2 < room) resize(shard, std::max(least_room, room * 2 / 3));
}

std::vector<Shadow::Row> Shadow::rows(std::size_t index) const {
    const Shard& shard = shards_[index];
    std::vector<Row> out;
    out.reserve(shard.used);
    for (std::size_t i = 0; i < shard.keys.size(); ++i)
        if (shard.keys[i] != 0) out.push_back(unpack(shard.keys[i], shard.rest[i]));
    return out;
}

std::size_t Shadow::bytes() const {
    std::size_t sum = sizeof *this;
    for (const Shard& shard : shards_)
        sum += shard.keys.capacity() * sizeof(std::uint64_t) + shard.rest.capacity() * sizeof(std::uint32_t);
    return sum;
}

}  // namespace tidegate::act
