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
    : seed_(seed),
      buckets_(std::bit_ceil(std::max(most_clients, neighbours)) / neighbours),
      marks_(buckets_.size()) {}

DnsMemory::Place DnsMemory::place_of(std::uint64_t client) const {
    const std::uint64_t hash = mix(client ^ seed_);
    return {hash & (buckets_.size() - 1), std::uint64_t{1} << (hash >> 58U)};
}

DnsMemory::Known DnsMemory::find(std::uint64_t client, std::uint32_t second) const {
    const Place place = place_of(client);
    Known out;
    if ((marks_[place.bucket] & place.mark) == 0) return out;
    const Bucket& bucket = buckets_[place.bucket];
    for (std::size_t i = 0; i < neighbours; ++i) {
        const Answers& answers = bucket.answers[i];
        if (bucket.clients[i] != client || answers.known == 0) continue;
        const std::uint32_t age = since(answers.told, second);
        for (unsigned rest = answers.known; rest != 0; rest &= rest - 1) {
            const auto zone = static_cast<unsigned>(std::countr_zero(rest));
            const auto bit = static_cast<ZoneBits>(1U << zone);
            if (age >= answers.lasts[zone]) continue;
            out.known |= bit;
            if (age + stale_seconds >= answers.lasts[zone]) out.stale |= bit;
        }
        out.named = answers.named & out.known;
        break;
    }
    return out;
}

DnsMemory::Answers& DnsMemory::room_for(std::uint64_t client) {
    const Place place = place_of(client);
    Bucket& bucket = buckets_[place.bucket];
    std::size_t oldest = 0;
    const auto age_mark = [&](std::size_t i) {
        return bucket.answers[i].known != 0 ? bucket.answers[i].told : 0;
    };
    for (std::size_t i = 0; i < neighbours; ++i) {
        if (bucket.clients[i] == client && bucket.answers[i].known != 0) return bucket.answers[i];
        if (age_mark(i) < age_mark(oldest)) oldest = i;
    }
    bucket.clients[oldest] = client;
    bucket.answers[oldest] = Answers{};
    std::uint64_t& mark = marks_[place.bucket] = place.mark;
    for (std::size_t i = 0; i < neighbours; ++i)
        if (bucket.answers[i].known != 0) mark |= place_of(bucket.clients[i]).mark;
    return bucket.answers[oldest];
}

// Counts from `second` on. What may no longer be given lasts for 0, and never comes to life again.
void DnsMemory::move_on(Answers& answers, std::uint32_t second) {
    const std::uint32_t age = since(answers.told, second);
    for (unsigned rest = answers.known; rest != 0; rest &= rest - 1) {
        const auto zone = static_cast<unsigned>(std::countr_zero(rest));
        std::uint16_t& lasts = answers.lasts.at(zone);
        lasts = static_cast<std::uint16_t>(lasts - std::min<std::uint32_t>(lasts, age));
    }
    answers.told = std::max(answers.told, second);
}

void DnsMemory::put(std::uint64_t client, unsigned zone, bool named, std::uint32_t seconds,
                    std::uint32_t second) {
    CHECK(zone < most_dns_zones);
    Answers& answers = room_for(client);
    move_on(answers, second);
    const auto bit = static_cast<ZoneBits>(1U << zone);
    answers.known |= bit;
    answers.named = static_cast<ZoneBits>(named ? answers.named | bit : answers.named & ~bit);
    answers.lasts.at(zone) = static_cast<std::uint16_t>(std::min(seconds, most_seconds) + stale_seconds);
}

void DnsMemory::forget(unsigned zone) {
    const auto rest = static_cast<ZoneBits>(~(1U << zone));
    for (Bucket& bucket : buckets_)
        for (Answers& answers : bucket.answers) answers.known &= rest;
}

}  // namespace tidegate::observe
