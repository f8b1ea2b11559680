#include "observe/dnsbl/memory.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/hash.h"

namespace tidegate::observe {
namespace {

// A clock that went back stands still.
std::uint32_t since(std::uint32_t then, std::uint32_t second) {
    return second > then ? second - then : 0;
}

}  // namespace

DnsMemory::DnsMemory(std::size_t most_clients, std::uint64_t seed)
    : seed_(seed), entries_(std::bit_ceil(std::max(most_clients, neighbours))) {}

std::size_t DnsMemory::start_of(std::uint64_t client) const {
    return mix(client ^ seed_) & (entries_.size() - neighbours);
}

DnsMemory::Known DnsMemory::find(std::uint64_t client, std::uint32_t second) const {
    const std::size_t start = start_of(client);
    Known out;
    for (std::size_t i = start; i < start + neighbours; ++i) {
        const Entry& entry = entries_[i];
        if (entry.client != client || entry.known == 0) continue;
        const std::uint32_t age = since(entry.told, second);
        for (unsigned rest = entry.known; rest != 0; rest &= rest - 1) {
            const auto zone = static_cast<unsigned>(std::countr_zero(rest));
            const auto bit = static_cast<ZoneBits>(1U << zone);
            if (age >= entry.lasts.at(zone)) continue;
            out.known |= bit;
            if (age + stale_seconds >= entry.lasts.at(zone)) out.stale |= bit;
        }
        out.named = entry.named & out.known;
        break;
    }
    return out;
}

DnsMemory::Entry& DnsMemory::room_for(std::uint64_t client) {
    const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(start_of(client));
    const auto last = first + neighbours;
    auto found = std::find_if(first, last,
                              [&](const Entry& entry) { return entry.client == client && entry.known != 0; });
    if (found != last) return *found;
    found = std::min_element(first, last, [](const Entry& a, const Entry& b) {
        return (a.known != 0 ? a.told : 0) < (b.known != 0 ? b.told : 0);
    });
    *found = Entry{};
    found->client = client;
    return *found;
}

// Counts from `second` on; what may no longer be given is forgotten, or it would come to life again.
void DnsMemory::move_on(Entry& entry, std::uint32_t second) {
    const std::uint32_t age = since(entry.told, second);
    for (unsigned rest = entry.known; rest != 0; rest &= rest - 1) {
        const auto zone = static_cast<unsigned>(std::countr_zero(rest));
        std::uint16_t& lasts = entry.lasts.at(zone);
        if (age >= lasts) entry.known &= static_cast<ZoneBits>(~(1U << zone));
        lasts = static_cast<std::uint16_t>(lasts - std::min<std::uint32_t>(lasts, age));
    }
    entry.told = std::max(entry.told, second);
}

void DnsMemory::put(std::uint64_t client, unsigned zone, bool named, std::uint32_t seconds,
                    std::uint32_t second) {
    CHECK(zone < most_dns_zones);
    Entry& entry = room_for(client);
    move_on(entry, second);
    const auto bit = static_cast<ZoneBits>(1U << zone);
    entry.known |= bit;
    entry.named = static_cast<ZoneBits>(named ? entry.named | bit : entry.named & ~bit);
    entry.lasts.at(zone) = static_cast<std::uint16_t>(std::min(seconds, most_seconds) + stale_seconds);
}

void DnsMemory::forget(unsigned zone) {
    const auto rest = static_cast<ZoneBits>(~(1U << zone));
    for (Entry& entry : entries_) entry.known &= rest;
}

}  // namespace tidegate::observe
