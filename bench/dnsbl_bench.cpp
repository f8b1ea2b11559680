// What a question costs where DNS lists are asked about addresses that are known already: every door pays it
// for every log-in. Beside it the same number of look-ups in a std::unordered_map behind one lock, and what
// the clock costs.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <unordered_map>
#include <vector>

#include "name_server.h"
#include "observe/dnsbl/lists.h"

namespace tidegate {
namespace {

constexpr std::size_t addresses = 100'000, batch = 1024;

Time now() {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

Address address(std::size_t i) {
    return Address::v4(0xf000'0000U + static_cast<std::uint32_t>(i) * 61U);
}

/// Three zones that said of every address that it is not named.
class Known {
public:
    Known() {
        server_.set_ttl(36'000, 36'000, 36'000);
        observe::DnsLists::Options options;
        options.servers = {server_.address()};
        std::vector<observe::DnsZone> zones;
        for (const auto* name : {"a.example.org", "b.example.org", "c.example.org"}) {
            zones.push_back(observe::ready_made(observe::DnsZoneKind::local));
            zones.back().zone = zones.back().name = name;
        }
        lists_ = std::make_unique<observe::DnsLists>(
            options, std::move(zones), [](const observe::ZoneNotice&) {}, now);
        while (lists_->standing().back().state != observe::ZoneState::in_use) std::this_thread::yield();
        fill();
    }
    [[nodiscard]] observe::DnsLists& lists() { return *lists_; }

private:
    // So many at once that none is left out, or lost by the kernel.
    void fill() {
        constexpr std::size_t at_once = 64;
        for (std::size_t i = 0; i < addresses; i += at_once) {
            const std::size_t end = std::min(addresses, i + at_once);
            for (std::size_t k = i; k < end; ++k) (void)lists_->look(address(k));
            for (std::size_t k = i; k < end; ++k)
                while (lists_->look(address(k)).unanswered != 0) std::this_thread::yield();
        }
    }

    observe::NameServer server_;
    std::unique_ptr<observe::DnsLists> lists_;
};

Known& known() {
    static Known all;
    return all;
}

std::vector<Address> some(int seed) {
    std::mt19937_64 random(static_cast<std::uint64_t>(seed));
    std::vector<Address> out;
    for (std::size_t i = 0; i < addresses; ++i) out.push_back(address(random() % addresses));
    return out;
}

void looks_at_known_addresses(benchmark::State& state) {
    observe::DnsLists& lists = known().lists();
    const auto asked = some(state.thread_index());
    std::size_t at = 0, unknown = 0;
    for (auto _ : state)
        for (std::size_t i = 0; i < batch; ++i) unknown += lists.look(asked[at++ % addresses]).unanswered;
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
    state.counters["unknown"] = static_cast<double>(unknown);
}
BENCHMARK(looks_at_known_addresses)->Threads(1)->Threads(2)->UseRealTime();

void map_behind_one_lock(benchmark::State& state) {
    struct Entry {
        std::uint32_t zones = 0;
        Time until{};
    };
    static std::mutex lock;
    static const auto map = [] {
        std::unordered_map<std::uint64_t, Entry> out;
        for (std::size_t i = 0; i < addresses; ++i)
            out[address(i).host_key()] = Entry{0, now() + std::chrono::hours(10)};
        return out;
    }();
    const auto asked = some(state.thread_index());
    std::size_t at = 0, found = 0;
    for (auto _ : state)
        for (std::size_t i = 0; i < batch; ++i) {
            const Time time = now();
            const std::lock_guard held(lock);
            const auto entry = map.find(asked[at++ % addresses].host_key());
            if (entry != map.end() && entry->second.until > time) ++found;
        }
    benchmark::DoNotOptimize(found);
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
}
BENCHMARK(map_behind_one_lock)->Threads(1)->Threads(2)->UseRealTime();

void the_clock_alone(benchmark::State& state) {
    for (auto _ : state)
        for (std::size_t i = 0; i < batch; ++i) benchmark::DoNotOptimize(now());
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(batch));
}
BENCHMARK(the_clock_alone);

}  // namespace
}  // namespace tidegate

BENCHMARK_MAIN();
