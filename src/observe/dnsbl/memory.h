#pragma once
// What DNS lists said of clients, for as long as they said that it holds.

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/pages.h"

namespace tidegate::observe {

inline constexpr unsigned most_dns_zones = 8;
/// One bit a zone.
using ZoneBits = std::uint8_t;

/// A bounded table of clients (Address::host_key()), 33 bytes each; where it is full, of eight neighbours the
/// one that was told of longest ago is forgotten. Thread: one at a time.  Cost: of whom nothing is known
/// mostly one cache line of a small table, else up to four. Fails: std::bad_alloc when it is made.
class DnsMemory {
public:
    /// That long a stale answer is given while a new one is asked for.
    static constexpr std::uint32_t stale_seconds = 60;
    /// No answer is kept for longer.
    static constexpr std::uint32_t most_seconds = 12 * 3600;

    /// `most_clients` is rounded up to a power of two, 8 at least. `seed` keeps attackers from choosing
    /// neighbours.
    DnsMemory(std::size_t most_clients, std::uint64_t seed);

    struct Known {
        ZoneBits known = 0;  // may be used: fresh or just become stale
        ZoneBits stale = 0;  // should be asked again
        ZoneBits named = 0;  // of those known, which name the client
    };
    /// The cache line that find() begins with comes near.
    void prefetch(std::uint64_t client) const { __builtin_prefetch(&marks_[place_of(client).bucket]); }
    /// `second`: any clock of seconds that does not go back by much.
    [[nodiscard]] Known find(std::uint64_t client, std::uint32_t second) const;
    void put(std::uint64_t client, unsigned zone, bool named, std::uint32_t seconds, std::uint32_t second);
    /// All that this zone said.  Cost: the whole table.
    void forget(unsigned zone);

private:
    static constexpr std::size_t neighbours = 8;
    struct Answers {
        std::uint32_t told = 0;  // the latest
        ZoneBits known = 0;      // none: nobody is here
        ZoneBits named = 0;
        std::array<std::uint16_t, most_dns_zones>
            lasts{};  // seconds from `told` that it may be given, stale ones too
    };
    // Whom one line of the cache is about, and behind it what is known of them.
    struct alignas(64) Bucket {
        std::array<std::uint64_t, neighbours> clients{};
        std::array<Answers, neighbours> answers{};
    };
    static_assert(sizeof(Bucket) <= 32 * neighbours);

    // A bucket's mark has a bit for each of its clients, so that most strangers need no look into it.
    struct Place {
        std::size_t bucket;
        std::uint64_t mark;
    };
    [[nodiscard]] Place place_of(std::uint64_t client) const;
    [[nodiscard]] Answers& room_for(std::uint64_t client);
    static void move_on(Answers& answers, std::uint32_t second);

    std::uint64_t seed_;
    PagedVector<Bucket> buckets_;
    PagedVector<std::uint64_t> marks_;
};

}  // namespace tidegate::observe
