#include "app/drill_through.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <span>
#include <thread>
#include <vector>

#include "app/terminal.h"
#include "drill/play.h"
#include "drill/report.h"
#include "event/json.h"
#include "tell/words.h"

namespace tidegate::app {
namespace {

using drill::Play;
using drill::Try;

// Lets everything through until `first` tries of before the attack are played, or the attack begins.
// Returns how many that were; `tries` is what comes next.
std::uint64_t skip(Play& play, Time attack, std::uint64_t first, std::span<const Try>& tries) {
    std::uint64_t skipped = 0;
    std::vector<Verdict> passes;
    for (tries = play.next(); !tries.empty(); tries = play.next()) {
        if (skipped >= first || tries.front().event.time >= attack) break;
        skipped += tries.size();
        passes.resize(tries.size());
        play.answer(passes);
    }
    return skipped;
}

/// The door's answers, at the pace that was asked for.
class Conversation {
public:
    Conversation(DoorTalk& door, const ThroughOptions& options, ThroughCounts& counts)
        : door_(door), options_(options), counts_(counts) {}

    Result<Measure> put(const Try& each) {
        keep_pace();
        Event event = each.event;
        const std::string session = fmt::format("drill-{}-{}", options_.seed, done_++);
        event.session = session;
        const auto told = door_.consider(event);
        if (!told) return std::unexpected(told.error());
        count(each, *told);
        if (!is_stopped(told->measure))
            if (const auto reported = door_.report(event); !reported)
                return std::unexpected(reported.error());
        return told->measure;
    }
    [[nodiscard]] std::uint64_t done() const { return done_; }
    [[nodiscard]] double seconds() const { return seconds_now() - started_; }

private:
    void keep_pace() const {
        if (options_.rate <= 0) return;
        const double ahead = static_cast<double>(done_) / options_.rate - seconds();
        if (ahead > 0) std::this_thread::sleep_for(std::chrono::duration<double>(ahead));
    }
    void count(const Try& each, const Told& told) {
        ThroughSide& side = each.truth.hostile ? counts_.attack : counts_.customers;
        ++side.tries;
        if (each.truth.right) ++side.right;
        if (is_stopped(told.measure)) ++side.stopped;
        if (is_stopped(std::max(told.measure, told.judged))) ++side.judged_stopped;
    }

    DoorTalk& door_;
    const ThroughOptions& options_;
    ThroughCounts& counts_;
    double started_ = seconds_now();
    std::uint64_t done_ = 0;
};

std::string side_text(std::string_view who, const ThroughSide& side) {
    return fmt::format("{:<12} {:>11} {:>16} {:>11} {:>24}\n", who, tell::count(side.tries),
                       tell::count(side.right), tell::count(side.stopped), tell::count(side.judged_stopped));
}

std::string side_json(const ThroughSide& side) {
    return fmt::format(R"({{"tries":{},"right":{},"stopped":{},"judged_stopped":{}}})", side.tries,
                       side.right, side.stopped, side.judged_stopped);
}

std::uint64_t tries_of(const ThroughCounts& counts) {
    return counts.customers.tries + counts.attack.tries;
}

}  // namespace

ThroughCounts play_through(const drill::Scenario& scenario, const ThroughOptions& options, DoorTalk& door,
                           const std::function<bool(const ThroughCounts&)>& go_on) {
    const std::uint64_t before = options.limit / 4;
    std::span<const Try> tries;
    Play rehearsal(scenario, options.seed, options.sensor);
    const std::uint64_t ordinary = skip(rehearsal, scenario.attack_begin(), UINT64_MAX, tries);
    Play play(scenario, options.seed, options.sensor);
    skip(play, scenario.attack_begin(), ordinary - std::min(ordinary, before), tries);

    ThroughCounts counts;
    Conversation conversation(door, options, counts);
    std::vector<Verdict> verdicts;
    for (; !tries.empty() && conversation.done() < options.limit; tries = play.next()) {
        verdicts.assign(tries.size(), Verdict{});
        for (std::size_t i = 0; i < tries.size() && conversation.done() < options.limit; ++i) {
            counts.seconds = conversation.seconds();
            if (!go_on(counts)) return counts;
            const auto measure = conversation.put(tries[i]);
            if (!measure) return counts.trouble = measure.error().text(), counts;
            verdicts[i].measure = *measure;
        }
        play.answer(verdicts);
    }
    counts.seconds = conversation.seconds();
    return counts;
}

std::string through_text(const drill::Scenario& scenario, const ThroughOptions& options,
                         const ThroughCounts& counts) {
    const std::uint64_t tries = tries_of(counts);
    const double rate = counts.seconds > 0 ? static_cast<double>(tries) / counts.seconds : 0;
    return fmt::format("{}, seed {}, as {} sees it: {} in {:.1f} s, {:.0f} a second\n\n", full_name(scenario),
                       options.seed, drill::name(options.sensor), tell::count(tries, "try", "tries"),
                       counts.seconds, rate) +
           fmt::format("{:<12} {:>11} {:>16} {:>11} {:>24}\n", "", "tries", "right passwords", "stopped",
                       "to be stopped, if acting") +
           side_text("customers", counts.customers) + side_text("attackers", counts.attack);
}

std::string through_json(const drill::Scenario& scenario, const ThroughOptions& options,
                         const ThroughCounts& counts) {
    return fmt::format(
        R"({{"drill":{},"variant":{},"sensor":"{}","seed":{},"tries":{},"seconds":{:.3f},"customers":{},"attack":{}}})"
        "\n",
        json_string(scenario.name), json_string(scenario.variant), drill::name(options.sensor), options.seed,
        tries_of(counts), counts.seconds, side_json(counts.customers), side_json(counts.attack));
}

}  // namespace tidegate::app
