#include "drill/runner.h"

#include <chrono>
#include <ctime>

#include "drill/record.h"
#include "drill/restarts.h"
#include "drill/watch.h"
#include "judge/judge.h"

namespace tidegate::drill {
namespace {

std::shared_ptr<const judge::Policy> policy_for(const Scenario& scenario, const RunOptions& options) {
    auto policy = std::make_shared<judge::Policy>();
    policy->default_realm = scenario.domain;
    policy->as_table = scenario.as_table;
    policy->without = options.without;
    for (const List& list : scenario.lists) policy->lists.push_back({list.name, Decibans::of(list.weight)});
    policy->seal();
    return policy;
}

using Clock = std::chrono::steady_clock;

/// What this thread has worked; a question that takes as long as an event or two.
std::chrono::nanoseconds worked() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

/// The judge, and how long it took.
class Bench {
public:
    explicit Bench(std::shared_ptr<const judge::Policy> policy)
        : policy_(std::move(policy)), judge_(policy_) {}

    std::span<const Verdict> judge(std::span<const Try> tries, Decibans lowest_shift) {
        judge_.set_posture(lowest_shift);
        const auto from = Clock::now();
        knocks_.clear();
        for (const Try& each : tries) knocks_.push_back(judge::make_knock(each.event, *policy_));
        verdicts_.resize(tries.size());
        judge_.fold(knocks_, verdicts_);
        took_ += Clock::now() - from;
        events_ += tries.size();
        return verdicts_;
    }
    [[nodiscard]] std::span<const judge::Knock> knocks() const { return knocks_; }
    [[nodiscard]] judge::Judge& itself() { return judge_; }
    void write_down(Counts& counts) const {
        counts.judge_events = events_;
        // Less the share of time in which others had the core, which falls on judge and simulator alike.
        const std::chrono::duration<double> all = Clock::now() - began_, own = worked() - worked_before_;
        const double share = all > own ? own / all : 1;
        counts.judge_ns = static_cast<std::uint64_t>(static_cast<double>(took_.count()) * share);
        const judge::MemoryUse memory = judge_.memory();
        counts.memory_bytes = memory.bytes;
        counts.memory_addresses = memory.addresses;
    }

private:
    std::shared_ptr<const judge::Policy> policy_;
    judge::Judge judge_;
    std::vector<judge::Knock> knocks_;
    std::vector<Verdict> verdicts_;
    Clock::time_point began_ = Clock::now();
    std::chrono::nanoseconds worked_before_ = worked();
    std::chrono::nanoseconds took_{};
    std::uint64_t events_ = 0;
};

Run run_crowd(const Scenario& scenario, const RunOptions& options) {
    CrowdRun done = play_crowd(scenario, options.seed);
    return {.seed = options.seed,
            .counts = {},
            .incidents = std::move(done.incidents),
            .postures = std::move(done.postures),
            .crowd = std::move(done.counts),
            .limits = std::move(done.limits)};
}

}  // namespace

Run run(const Scenario& scenario, const RunOptions& options) {
    if (scenario.is_crowd()) return run_crowd(scenario, options);
    Play play(scenario, options.seed, options.sensor);
    const auto policy = policy_for(scenario, options);
    Bench bench(policy);
    Tally tally(scenario, options.sensor);
    Watch watch(scenario);
    Restarts restarts(scenario, policy);
    for (auto tries = play.next(); !tries.empty(); tries = play.next()) {
        restarts.pass(tries.front().event.time, bench.itself(), watch);
        const Decibans shift = watch.shift();
        const auto verdicts = bench.judge(tries, shift);
        for (std::size_t i = 0; i < tries.size(); ++i) {
            const auto wait = tally.see(tries[i], verdicts[i]);
            watch.see(tries[i], verdicts[i], bench.knocks()[i].account, wait);
            restarts.note(tries[i].event, Watch::told(tries[i], wait), verdicts[i].measure, shift);
        }
        play.answer(verdicts);
    }
    watch.end(scenario.end());
    Run done{.seed = options.seed,
             .counts = tally.finish(),
             .incidents = watch.incidents(),
             .postures = watch.changes(),
             .crowd = {},
             .limits = {}};
    bench.write_down(done.counts);
    watch.write_down(done.counts);
    restarts.write_down(done.counts);
    compare_record(scenario, record_of(scenario, done.incidents), done.counts);
    return done;
}

}  // namespace tidegate::drill
