// The judge alone. An event is one consider and one learn; the addresses are in memory before the clock
// starts.

#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <vector>

#include "judge/judge.h"

namespace tidegate {
namespace {

constexpr std::uint32_t addresses = 4'000'000, accounts = 50'000, places = 3, batch = 4096;
constexpr std::int64_t begin = 1'767'571'200;

judge::Knock knock(std::uint32_t address, std::uint32_t account, bool right, std::int64_t seconds,
                   const judge::Policy& policy) {
    Event event;
    event.time = time_of_unix(seconds);
    event.address = Address::v4(0xf000'0000U + address * 61U);
    event.service = Service::imap;
    event.as_number = 64'512 + address % 3000;
    event.outcome = right ? Outcome::success : Outcome::failure;
    event.reason = right ? Reason::none : Reason::bad_password;
    const std::string name = "u" + std::to_string(account) + "@example.org";
    event.account = name;
    event.method = "PLAIN";
    return judge::make_knock(event, policy);
}

/// A third are customers, each from one of his three places; the others guess at any account from anywhere.
judge::Knock any_knock(std::mt19937_64& random, std::uint32_t address, std::int64_t seconds,
                       const judge::Policy& policy) {
    if (random() % 3 != 0)
        return knock(address, static_cast<std::uint32_t>(random() % accounts), false, seconds, policy);
    const auto account = static_cast<std::uint32_t>(random() % accounts);
    return knock(account * places + static_cast<std::uint32_t>(random() % places), account, true, seconds,
                 policy);
}

/// A judge that has seen every address once, and knocks from addresses at random.
struct Filled {
    std::shared_ptr<judge::Policy> policy = std::make_shared<judge::Policy>();
    std::unique_ptr<judge::Judge> judge;
    std::vector<judge::Knock> knocks;

    Filled() {
        policy->seal();
        judge = std::make_unique<judge::Judge>(policy);
        std::mt19937_64 random(1);
        std::vector<Verdict> verdicts(batch);
        for (std::uint32_t from = 0; from < addresses; from += batch) {
            std::vector<judge::Knock> some;
            for (std::uint32_t a = from; a < std::min(from + batch, addresses); ++a)
                some.push_back(knock(a, a < accounts * places ? a / places : a % accounts,
                                     a < accounts * places, begin + a / 46, *policy));
            judge->fold(some, std::span(verdicts).first(some.size()));
        }
        for (std::uint32_t i = 0; i < 256 * batch; ++i)
            knocks.push_back(any_knock(random, static_cast<std::uint32_t>(random() % addresses),
                                       begin + 86'400 + i / 46, *policy));
    }
};

Filled& filled() {
    static Filled one;
    return one;
}

void report(benchmark::State& state) {
    const judge::MemoryUse use = filled().judge->memory();
    state.counters["addresses"] = static_cast<double>(use.addresses);
    state.counters["bytes/address"] = static_cast<double>(use.bytes) / static_cast<double>(use.addresses);
    state.counters["MiB"] = static_cast<double>(use.bytes) / (1 << 20);
    state.SetItemsProcessed(state.iterations() * batch);
}

void folding_batches(benchmark::State& state) {
    Filled& world = filled();
    std::vector<Verdict> verdicts(batch);
    std::size_t at = 0;
    for (auto _ : state) {
        world.judge->fold(std::span(world.knocks).subspan(at * batch, batch), verdicts);
        at = (at + 1) % 256;
    }
    report(state);
}
BENCHMARK(folding_batches)->Unit(benchmark::kMicrosecond);

void one_by_one(benchmark::State& state) {
    Filled& world = filled();
    std::size_t at = 0;
    for (auto _ : state) {
        for (const judge::Knock& one : std::span(world.knocks).subspan(at * batch, batch)) {
            Verdict verdict = world.judge->consider(one);
            world.judge->learn(one, verdict);
            benchmark::DoNotOptimize(verdict);
        }
        at = (at + 1) % 256;
    }
    report(state);
}
BENCHMARK(one_by_one)->Unit(benchmark::kMicrosecond);

/// 20 million distinct addresses: the bound holds, and what is kept costs what it may.
void twenty_million(benchmark::State& state) {
    for (auto _ : state) {
        const auto policy = std::make_shared<judge::Policy>();
        policy->seal();
        judge::Judge judge(policy);
        std::mt19937_64 random(1);
        std::vector<Verdict> verdicts(batch);
        std::vector<judge::Knock> some(batch);
        for (std::uint32_t from = 0; from < 20'000'000; from += batch) {
            for (std::uint32_t i = 0; i < batch; ++i)
                some[i] = any_knock(random, from + i, begin + (from + i) / 230, *policy);
            judge.fold(some, verdicts);
        }
        const judge::MemoryUse use = judge.memory();
        state.counters["addresses kept"] = static_cast<double>(use.addresses);
        state.counters["bytes/address"] = static_cast<double>(use.bytes) / static_cast<double>(use.addresses);
        state.counters["MiB"] = static_cast<double>(use.bytes) / (1 << 20);
    }
}
BENCHMARK(twenty_million)->Unit(benchmark::kSecond)->Iterations(1);

}  // namespace
}  // namespace tidegate

BENCHMARK_MAIN();
