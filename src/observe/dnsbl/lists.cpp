#include "observe/dnsbl/lists.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <iterator>
#include <mutex>
#include <random>
#include <span>
#include <unordered_map>
#include <utility>

#include "base/hash.h"
#include "observe/dnsbl/asker.h"
#include "observe/dnsbl/memory.h"
#include "observe/dnsbl/waiter.h"

namespace tidegate::observe {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t shard_count = 16;

constexpr ZoneBits bit_of(unsigned zone) {
    return static_cast<ZoneBits>(1U << zone);
}

std::uint64_t random_seed() {
    std::random_device random;
    return std::uint64_t{random()} << 32 | random();
}

/// What is being asked about one client.
struct Open {
    ZoneBits asked = 0;
    std::array<Steady::time_point, most_dns_zones> since{};
    std::vector<std::shared_ptr<Waiter>> waiters;
};

/// Clients of one part of the hash, and what is under way about them.
struct alignas(64) Shard {
    Shard(std::size_t most_clients, std::uint64_t seed) : memory(most_clients, seed) {}
    std::mutex lock;
    std::atomic<bool> answered = false;  // ever: before, there is nothing to look for
    DnsMemory memory;
    std::unordered_map<std::uint64_t, Open> open;
};

std::uint32_t second_of(Time time) {
    return static_cast<std::uint32_t>(unix_seconds(time));
}

}  // namespace

struct DnsListsState {
    /// One look at what is not known: filled under the shard's lock, handed over outside.
    struct Asking {
        std::array<ListQuestion, most_dns_zones> questions;
        std::size_t count = 0;
        std::shared_ptr<Waiter> waiter;
        Steady::time_point deadline{};
    };

    DnsListsState(const DnsLists::Options& options, std::vector<DnsZone> zones,
                  std::function<void(const ZoneNotice&)> notice, std::function<Time()> now);
    [[nodiscard]] Shard& shard_of(std::uint64_t client) {
        return *shards[mix(client ^ seed) >> 32 & (shard_count - 1)];
    }
    ZoneBits ask(Shard& shard, const Address& address, ZoneBits missing, ZoneBits stale,
                 std::function<void()>* wake, Asking& asking);
    ZoneBits pending_of(const Open& open, ZoneBits missing, Asking& asking) const;
    void ended(const ListQuestion& question, std::optional<bool> named, std::uint32_t seconds);
    void forget(unsigned zone);

    std::uint64_t seed = random_seed();
    std::chrono::milliseconds budget;
    std::function<Time()> clock;
    std::array<std::unique_ptr<Shard>, shard_count> shards;
    std::unique_ptr<ListAsker> asker;
};

DnsListsState::DnsListsState(const DnsLists::Options& options, std::vector<DnsZone> zones,
                             std::function<void(const ZoneNotice&)> notice, std::function<Time()> now)
    : budget(options.budget), clock(std::move(now)) {
    for (auto& shard : shards)
        shard = std::make_unique<Shard>(options.most_clients / shard_count, random_seed());
    ListAsker::Hooks hooks;
    hooks.ended = [this](const ListQuestion& question, std::optional<bool> named, std::uint32_t seconds) {
        ended(question, named, seconds);
    };
    hooks.forget = [this](unsigned zone) { forget(zone); };
    hooks.notice = std::move(notice);
    asker = std::make_unique<ListAsker>(ListAsker::Bounds{options.servers, options.budget, options.patience,
                                                          options.queries_a_day, options.most_in_flight},
                                        std::move(zones), std::move(hooks), clock);
}

// Of a question whose budget is over nobody waits for the answer, however late he came.
ZoneBits DnsListsState::pending_of(const Open& open, ZoneBits missing, Asking& asking) const {
    const auto now = Steady::now();
    ZoneBits pending = 0;
    for (unsigned rest = missing & open.asked; rest != 0; rest &= rest - 1) {
        const auto zone = static_cast<unsigned>(std::countr_zero(rest));
        const auto deadline = open.since.at(zone) + budget;
        if (deadline <= now) continue;
        pending |= bit_of(zone);
        asking.deadline = std::max(asking.deadline, deadline);
    }
    return pending;
}

/// Returns which of `missing` will be answered in time, perhaps.
ZoneBits DnsListsState::ask(Shard& shard, const Address& address, ZoneBits missing, ZoneBits stale,
                            std::function<void()>* wake, Asking& asking) {
    const std::uint64_t client = address.host_key();
    const auto now = Steady::now();
    const auto found = shard.open.try_emplace(client).first;
    Open& open = found->second;
    for (unsigned rest = (missing | stale) & ~open.asked; rest != 0; rest &= rest - 1) {
        const auto zone = static_cast<unsigned>(std::countr_zero(rest));
        if (!asker->take_place(zone)) continue;
        open.asked |= bit_of(zone);
        open.since.at(zone) = now;
        asking.questions.at(asking.count++) = ListQuestion{client, address, zone, now};
    }
    const ZoneBits pending = pending_of(open, missing, asking);
    if (pending != 0 && wake != nullptr) {
        asking.waiter = std::make_shared<Waiter>(std::move(*wake), pending);
        open.waiters.push_back(asking.waiter);
    }
    if (open.asked == 0) shard.open.erase(found);
    return pending;
}

void DnsListsState::ended(const ListQuestion& question, std::optional<bool> named, std::uint32_t seconds) {
    Shard& shard = shard_of(question.client);
    std::vector<std::shared_ptr<Waiter>> ready;
    {
        const std::lock_guard held(shard.lock);
        if (named) {
            shard.memory.put(question.client, question.zone, *named, seconds, second_of(clock()));
            shard.answered.store(true, std::memory_order_relaxed);
        }
        const auto found = shard.open.find(question.client);
        if (found == shard.open.end()) return;
        Open& open = found->second;
        const auto rest = static_cast<ZoneBits>(~bit_of(question.zone));
        open.asked &= rest;
        for (const auto& waiter : open.waiters) waiter->missing &= rest;
        const auto done = [](const auto& waiter) { return waiter->missing == 0; };
        std::ranges::copy_if(open.waiters, std::back_inserter(ready), done);
        std::erase_if(open.waiters, done);
        if (open.asked == 0) shard.open.erase(found);
    }
    for (const auto& waiter : ready) waiter->wake();
}

void DnsListsState::forget(unsigned zone) {
    for (const auto& shard : shards) {
        const std::lock_guard held(shard->lock);
        shard->memory.forget(zone);
    }
}

DnsLists::DnsLists(const Options& options, std::vector<DnsZone> zones,
                   std::function<void(const ZoneNotice&)> notice, std::function<Time()> clock)
    : state_(
          std::make_unique<DnsListsState>(options, std::move(zones), std::move(notice), std::move(clock))) {}

DnsLists::~DnsLists() = default;

void DnsLists::expect(const Address& address) const {
    if (state_->asker->asked_about(address) == 0) return;
    const std::uint64_t client = address.host_key();
    state_->shard_of(client).memory.prefetch(client);
}

DnsLists::Found DnsLists::known(const Address& address, Time now) const {
    const ZoneBits wanted = state_->asker->asked_about(address);
    if (wanted == 0) return {};
    const std::uint64_t client = address.host_key();
    Shard& shard = state_->shard_of(client);
    // What can't be asked now need not be thought about either: a flood costs a look and no more.
    const ZoneBits may_ask = state_->asker->has_room() ? wanted : ZoneBits{0};
    if (may_ask == 0 && !shard.answered.load(std::memory_order_relaxed)) return {};
    const std::lock_guard held(shard.lock);
    const auto known = shard.memory.find(client, second_of(now));
    const auto named = static_cast<ZoneBits>(known.named & wanted);
    const auto missing = static_cast<ZoneBits>(may_ask & ~known.known);
    return {.zones = named, .unanswered = missing, .pending = missing != 0};
}

DnsLists::Found DnsLists::look(const Address& address) {
    return look(address, nullptr);
}

DnsLists::Found DnsLists::look(const Address& address, std::function<void()> wake) {
    return look(address, &wake);
}

DnsLists::Found DnsLists::look(const Address& address, std::function<void()>* wake) {
    Found found;
    const ZoneBits wanted = state_->asker->asked_about(address);
    if (wanted == 0) return found;
    const std::uint32_t second = second_of(state_->clock());
    const std::uint64_t client = address.host_key();
    Shard& shard = state_->shard_of(client);
    std::unique_lock held(shard.lock);
    const auto known = shard.memory.find(client, second);
    found.zones = known.named & wanted;
    const auto missing = static_cast<ZoneBits>(wanted & ~known.known);
    const auto stale = static_cast<ZoneBits>(wanted & known.stale);
    if ((missing | stale) == 0) return found;
    DnsListsState::Asking asking;
    found.unanswered = state_->ask(shard, address, missing, stale, wake, asking);
    held.unlock();
    found.pending = found.unanswered != 0;
    if (asking.count != 0 || asking.waiter)
        state_->asker->hand_over(std::span(asking.questions).first(asking.count), std::move(asking.waiter),
                                 asking.deadline);
    return found;
}

std::vector<ZoneStanding> DnsLists::standing() const {
    return state_->asker->standing();
}

void DnsLists::look_at_clock() {
    state_->asker->look_at_clock();
}

}  // namespace tidegate::observe
