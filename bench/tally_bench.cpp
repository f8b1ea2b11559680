// What the report costs a replay: nanoseconds an attempt on one thread.
//   build/release/tally_bench

#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "base/hash.h"
#include "tell/tally.h"

namespace tidegate::tell {
namespace {

struct History {
    std::vector<std::string> names;
    std::vector<Event> events;
    std::vector<Verdict> verdicts;
};

/// A storm of `addresses` among customers: half of the attempts each, one second every 500.
History storm(std::size_t attempts, std::uint32_t addresses) {
    History history;
    std::mt19937_64 random(1);
    for (int i = 0; i < 50'000; ++i) history.names.push_back("account" + std::to_string(i) + "@example.org");
    for (std::size_t i = 0; i < attempts; ++i) {
        Event event;
        Verdict verdict;
        event.time = time_of_unix(1'710'115'200 + static_cast<std::int64_t>(i / 500));
        event.service = i % 3 == 0 ? Service::submission : Service::imap;
        const bool attack = random() % 2 == 0;
        event.outcome = attack ? Outcome::failure : Outcome::success;
        event.reason = attack ? Reason::bad_password : Reason::none;
        event.account = history.names[random() % (attack ? 50'000 : 20'000)];
        event.address =
            Address::v4(attack ? 0xf000'0000 + static_cast<std::uint32_t>(random() % addresses) * 37
                               : 0x0a00'0000 + static_cast<std::uint32_t>(random() % 20'000) * 256);
        if (attack) {
            verdict.measure = Measure::refuse;
            verdict.evidence.add(EvidenceKind::network_rate, Decibans::of(20), 5, 1);
            verdict.evidence.add(EvidenceKind::never_seen, Decibans::of(9));
        }
        history.events.push_back(event);
        history.verdicts.push_back(verdict);
    }
    return history;
}

void tally_storm(benchmark::State& state) {
    const History history = storm(1'000'000, static_cast<std::uint32_t>(state.range(0)));
    for (auto _ : state) {
        Tally tally({.zone = "UTC", .as_name = {}});
        constexpr std::size_t ahead = 8;
        for (std::size_t i = 0; i < history.events.size(); ++i) {
            if (i + ahead < history.events.size()) tally.prefetch(history.events[i + ahead]);
            tally.add(history.events[i], history.verdicts[i], mix(hash_bytes(history.events[i].account, 1)));
        }
        benchmark::DoNotOptimize(tally);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(history.events.size()));
}
BENCHMARK(tally_storm)->Arg(1'000)->Arg(300'000)->Arg(3'000'000)->Unit(benchmark::kMillisecond);

void finish_and_write(benchmark::State& state) {
    const History history = storm(1'000'000, 300'000);
    Tally tally({.zone = "UTC", .as_name = {}});
    for (std::size_t i = 0; i < history.events.size(); ++i) tally.add(history.events[i], history.verdicts[i]);
    for (auto _ : state) {
        const Report report = tally.finish({});
        benchmark::DoNotOptimize(summary_text(report));
        benchmark::DoNotOptimize(summary_json(report, true));
        benchmark::DoNotOptimize(page_html(report, true));
    }
}
BENCHMARK(finish_and_write)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tidegate::tell

BENCHMARK_MAIN();
