// What the report costs a replay: nanoseconds an attempt on one thread.
//   build/release/tally_bench

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.h"
#include "tell/tally.h"

namespace tidegate::tell {
namespace {

/// Attempts made up on the way, so that it is the tally's memory that is measured: half of them guesses of
/// `addresses` addresses, half customers; 500 a second.
class Storm {
public:
    explicit Storm(std::uint32_t addresses) : addresses_(addresses) {
        for (int i = 0; i < 50'000; ++i) names_.push_back("account" + std::to_string(i) + "@example.org");
        guess_.measure = Measure::refuse;
        guess_.evidence.add(EvidenceKind::network_rate, Decibans::of(20), 5, 1);
        guess_.evidence.add(EvidenceKind::never_seen, Decibans::of(9));
    }
    void fill(std::vector<Event>& events) {
        for (Event& event : events) {
            const std::uint64_t random = mix(++made_);
            const bool guess = (random & 1) != 0;
            event.time = time_of_unix(1'710'115'200 + static_cast<std::int64_t>(made_ / 500));
            event.service = made_ % 3 == 0 ? Service::submission : Service::imap;
            event.outcome = guess ? Outcome::failure : Outcome::success;
            event.reason = guess ? Reason::bad_password : Reason::none;
            const auto who = static_cast<std::uint32_t>(random >> 32);
            event.account = names_[guess ? (random >> 8) % 50'000 : who % 20'000];
            event.address =
                Address::v4(guess ? 0xf000'0000 + who % addresses_ * 37 : 0x0a00'0000 + who % 20'000 * 256);
        }
    }
    [[nodiscard]] const Verdict& verdict_of(const Event& event) const {
        return event.outcome == Outcome::failure ? guess_ : login_;
    }

private:
    std::uint32_t addresses_;
    std::uint64_t made_ = 0;
    std::vector<std::string> names_;
    Verdict guess_, login_;
};

std::uint64_t key_of(const Event& event) {
    return mix(reinterpret_cast<std::uintptr_t>(event.account.data()));
}

void tell(Tally& tally, const Storm& storm, const std::vector<Event>& events) {
    constexpr std::size_t ahead = 8;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (i + ahead < events.size()) tally.prefetch(events[i + ahead], key_of(events[i + ahead]));
        const Event& event = events[i];
        tally.add(event, storm.verdict_of(event), key_of(event));
    }
}

/// One iteration is an attempt; a million of them go before.
void tally_storm(benchmark::State& state) {
    constexpr std::size_t batch = 4096;
    Storm storm(static_cast<std::uint32_t>(state.range(0)));
    Tally tally({.zone = "UTC", .as_name = {}});
    std::vector<Event> events(batch);
    for (std::size_t i = 0; i < 1'000'000; i += batch) {
        storm.fill(events);
        tell(tally, storm, events);
    }
    while (state.KeepRunningBatch(batch)) {
        state.PauseTiming();
        storm.fill(events);
        state.ResumeTiming();
        tell(tally, storm, events);
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(tally_storm)->Arg(1'000)->Arg(300'000)->Arg(3'000'000);

void finish_and_write(benchmark::State& state) {
    Storm storm(300'000);
    Tally tally({.zone = "UTC", .as_name = {}});
    std::vector<Event> events(1'000'000);
    storm.fill(events);
    tell(tally, storm, events);
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
