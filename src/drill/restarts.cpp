#include "drill/restarts.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/check.h"

namespace tidegate::drill {
namespace {

using namespace std::chrono_literals;

// The daemon makes one every five minutes.
constexpr Duration checkpoint_age = 5min;

/// What must be there again.
struct Known {
    std::size_t addresses = 0, accounts = 0, familiar = 0;
    Decibans shift;
    std::vector<std::uint32_t> alarms;  // open ones
    std::vector<std::string> incidents;

    /// The share of it that is there `after`; nothing where that is in another posture, or knows of other
    /// alarms and incidents. A table near its bounds can forget another address than before: what was weighed
    /// with the tags, which are gone, weighs otherwise without.
    [[nodiscard]] double kept(const Known& after) const {
        if (after.shift != shift || after.alarms != alarms || after.incidents != incidents) return 0;
        double least = 1;
        for (const auto table : {&Known::addresses, &Known::accounts, &Known::familiar})
            if (this->*table > 0)
                least =
                    std::min(least, static_cast<double>(after.*table) / static_cast<double>(this->*table));
        return least;
    }
};

Known known_to(const judge::Judge& judge, const guard::Lookout& lookout) {
    const judge::MemoryUse memory = judge.memory();
    Known known{.addresses = memory.addresses,
                .accounts = memory.accounts,
                .familiar = memory.familiar,
                .shift = lookout.shift(),
                .alarms = {},
                .incidents = {}};
    for (const judge::Alarm& each : lookout.detection().open_alarms())
        known.alarms.push_back(static_cast<std::uint32_t>(each.id));
    for (const Incident& each : lookout.incidents().all()) known.incidents.push_back(each.id);
    return known;
}

}  // namespace

Restarts::Restarts(const Scenario& scenario, std::shared_ptr<const judge::Policy> policy)
    : policy_(std::move(policy)) {
    for (const double hours : scenario.restarts)
        due_.push_back(scenario.attack_begin() + Duration(std::llround(hours * 3600e6)));
    std::ranges::sort(due_, std::greater{});
}

void Restarts::pass(Time now, judge::Judge& judge, Watch& watch) {
    if (due_.empty() || now < due_.back() - checkpoint_age) return;
    if (!checkpoint_) {
        checkpoint_ = Checkpoint{.judge = {}, .detection = {}, .incidents = {}, .time = now};
        judge.save(checkpoint_->judge);
        watch.lookout().detection().save(checkpoint_->detection);
        checkpoint_->incidents = watch.lookout().incidents().all();
    }
    if (now >= due_.back()) kill(judge, watch);
}

void Restarts::note(const Event& judged, const Event& told, Measure answered, Decibans shift) {
    if (!checkpoint_) return;
    Noted& noted = noted_.emplace_back(Noted{.event = judged,
                                             .outcome = told.outcome,
                                             .reason = told.reason,
                                             .answered = answered,
                                             .shift = shift});
    for (const auto text : event_texts) noted.event.*text = texts_.keep(judged.*text);
}

void Restarts::kill(judge::Judge& judge, Watch& watch) {
    CHECK(checkpoint_.has_value());
    Checkpoint& saved = *checkpoint_;
    const Known before = known_to(judge, watch.lookout());
    auto loaded = judge::Judge::load(saved.judge, policy_);
    auto detection = judge::Detection::load(saved.detection, {});
    CHECK(loaded && detection);
    judge = std::move(*loaded);
    guard::Lookout lookout(std::move(*detection), std::move(saved.incidents), saved.time);
    for (const Noted& each : noted_) {
        judge.set_posture(each.shift);
        const judge::Knock knock = judge::make_knock(each.event, *policy_);
        Verdict verdict = judge.consider(knock);
        verdict.measure = each.answered;
        judge.learn(knock, verdict);
        Event told = each.event;
        told.outcome = each.outcome;
        told.reason = each.reason;
        lookout.see(told, verdict, knock.account, std::nullopt);
    }
    static_cast<void>(lookout.take_news());  // it was told when it came
    watch.go_on_with(std::move(lookout));
    ++done_;
    kept_ += before.kept(known_to(judge, watch.lookout()));
    due_.pop_back();
    checkpoint_.reset();
    noted_.clear();
    texts_.clear();
}

void Restarts::write_down(Counts& counts) const {
    counts.restarts = done_;
    counts.restarts_kept = kept_;
}

}  // namespace tidegate::drill
