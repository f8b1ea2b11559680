#include "guard/desk.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace tidegate::guard {
namespace {

// As long as anybody is made to wait by any door.
constexpr std::chrono::seconds longest_delay{30};

// Nobody knows yet what will become of it; to the judge it is an attempt like any other.
Event as_question(const Event& event) {
    Event question = event;
    question.kind = EventKind::attempt;
    question.outcome = Outcome::failure;
    return question;
}

std::string series_of(const judge::Alarm& alarm) {
    const std::string_view service =
        alarm.series.service == Service::unknown ? "all services" : name(alarm.series.service);
    return fmt::format("{} at {}", name(alarm.series.volume), service);
}

// The kind that spoke loudest against him; a sum that stops has one.
std::size_t heaviest(const Verdict& verdict) {
    const auto pieces = verdict.evidence.items();
    const auto heaviest = std::ranges::max_element(pieces, {}, &Evidence::weight);
    const std::size_t kind = heaviest == pieces.end() ? 0 : static_cast<std::size_t>(heaviest->kind);
    CHECK(kind < evidence_kinds);
    return kind;
}

std::string words(const judge::Alarm& alarm) {
    if (!alarm.is_open()) return series_of(alarm) + ": as usual again";
    return fmt::format("{}: {:.0f} instead of {:.0f} since {}", series_of(alarm), alarm.observed,
                       alarm.expected, rfc3339(time_of_unix(alarm.since)));
}

}  // namespace

std::string_view name(Mode mode) {
    return mode == Mode::act ? "act" : "watch";
}

std::uint64_t Desk::random_key() {
    CHECK(sodium_init() >= 0);
    std::uint64_t key = 0;
    randombytes_buf(&key, sizeof key);
    return key;
}

Desk::Desk(judge::Judge judge, std::shared_ptr<const judge::Policy> policy, Mode mode, Hooks hooks,
           std::uint64_t code_key)
    : judge_(std::move(judge)),
      policy_(std::move(policy)),
      refusals_(code_key),
      mode_(mode),
      hooks_(std::move(hooks)) {
    judge_.set_posture(lookout_.shift());
}

void Desk::say(const Happening& happening) const {
    if (hooks_.tell) hooks_.tell(happening);
}

void Desk::record(const Folded& folded) const {
    if (hooks_.record) hooks_.record(folded);
}

Answer Desk::consider(const Event& event, Measure stops_from) {
    const std::scoped_lock lock(mutex_);
    ++counts_.questions;
    const Event question = as_question(event);
    const judge::Knock knock = judge::make_knock(question, *policy_);
    Answer answer{.verdict = judge_.consider(knock), .acts = mode_ == Mode::act, .code = {}};
    if (!answer.acts) return answer;
    if (is_stopped(answer.verdict.measure) && answer.verdict.measure < stops_from) {
        answer.verdict.measure = Measure::slow;
        answer.verdict.delay = longest_delay;
    }
    if (answer.verdict.measure == Measure::slow) ++counts_.slowed;
    if (!answer.stops()) return answer;
    ++counts_.stopped;
    ++counts_.stopped_by[heaviest(answer.verdict)];
    traffic_.see(question, answer.verdict, true);
    answer.code = refusals_.add(question, knock, answer.verdict).code;
    remember(question, knock, answer.verdict);
    say({.kind = Happening::Kind::refused,
         .time = event.time,
         .event = &event,
         .verdict = &answer.verdict,
         .code = answer.code,
         .text = {}});
    return answer;
}

ListNeed Desk::need_of_lists(const Event& event, std::uint32_t unanswered, Measure stops_from) const {
    const std::scoped_lock lock(mutex_);
    Event question = as_question(event);
    const Verdict without = judge_.consider(judge::make_knock(question, *policy_));
    if (without.familiar) return ListNeed::nothing;
    if (mode_ == Mode::watch || without.measure >= stops_from) return ListNeed::later;
    question.lists |= unanswered;
    const Verdict with = judge_.consider(judge::make_knock(question, *policy_));
    return with.measure >= stops_from ? ListNeed::now : ListNeed::later;
}

void Desk::remember(const Event& event, const judge::Knock& knock, Verdict& verdict) {
    judge_.learn(knock, verdict);
    record({.kind = Folded::Kind::attempt, .event = &event, .answered = &verdict, .seconds = 0, .shift = {}});
    if (lookout_.see(event, verdict, knock.account, std::nullopt)) hear_news(event.time);
}

void Desk::learn(const Event& event) {
    const std::scoped_lock lock(mutex_);
    if (event.reason == Reason::internal) ++counts_.faults;
    const judge::Knock knock = judge::make_knock(event, *policy_);
    Verdict verdict = judge_.consider(knock);
    const Verdict judged = verdict;
    // It reached the database: whatever we think of it, nothing was withheld.
    verdict.measure = Measure::pass;
    remember(event, knock, verdict);
    if (!knock.is_attempt) return;
    traffic_.see(event, judged, false);
    const bool right = event.outcome == Outcome::success;
    (right ? counts_.successes : counts_.failures) += event.attempts;
    if (verdict.suspected_takeover) {
        ++counts_.takeovers;
        say({.kind = Happening::Kind::takeover,
             .time = event.time,
             .event = &event,
             .verdict = &judged,
             .code = {},
             .text = {}});
    }
    if (!is_stopped(judged.measure)) return;
    counts_.would_stop += event.attempts;
    counts_.would_stop_by[heaviest(judged)] += event.attempts;
    if (!right) return;
    ++counts_.stopped_successes;
    const Refusal& refusal = refusals_.add(event, knock, judged);
    say({.kind = Happening::Kind::would_refuse,
         .time = event.time,
         .event = &event,
         .verdict = &judged,
         .code = refusal.code,
         .text = {}});
}

void Desk::expect(std::span<const Event> events) const {
    const std::scoped_lock lock(mutex_);
    for (const Event& event : events) {
        if (event.kind != EventKind::attempt) continue;
        judge_.expect(judge::make_knock(event, *policy_));
        lookout_.expect(event);
    }
}

void Desk::see(const Event& event) {
    const std::scoped_lock lock(mutex_);
    if (!lookout_.see(event, Verdict{}, 0, std::nullopt)) return;
    // The event itself is not folded into the judge, but that time passed is.
    record_tick(unix_seconds(event.time));
    hear_news(event.time);
}

void Desk::see(std::span<const MailVisit> visits) {
    constexpr std::size_t most_at_once = 256;
    while (!visits.empty()) {
        const auto some = visits.first(std::min(most_at_once, visits.size()));
        const std::scoped_lock lock(mutex_);
        for (const MailVisit& visit : some) lookout_.see(visit);
        visits = visits.subspan(some.size());
    }
}

void Desk::tick(Time now) {
    const std::scoped_lock lock(mutex_);
    traffic_.tick(unix_seconds(now));
    hear_waits(now);
    if (!lookout_.tick(unix_seconds(now))) return;
    record_tick(unix_seconds(now));
    hear_news(now);
}

void Desk::record_tick(std::int64_t seconds) const {
    record(
        {.kind = Folded::Kind::tick, .event = nullptr, .answered = nullptr, .seconds = seconds, .shift = {}});
}

void Desk::hear_news(Time now) {
    auto news = lookout_.take_news();
    for (const judge::Alarm& alarm : news.alarms)
        say({.kind = Happening::Kind::alarm,
             .time = now,
             .event = nullptr,
             .verdict = nullptr,
             .code = {},
             .text = words(alarm),
             .series = series_of(alarm),
             .over = !alarm.is_open()});
    for (const judge::PostureChange& change : news.changes) {
        judge_.set_posture(lookout_.shift());
        record({.kind = Folded::Kind::posture,
                .event = nullptr,
                .answered = nullptr,
                .seconds = change.seconds,
                .shift = lookout_.shift()});
        say({.kind = Happening::Kind::posture,
             .time = now,
             .event = nullptr,
             .verdict = nullptr,
             .code = {},
             .text = fmt::format("{}: {}", name(change.to), change.reason)});
    }
    hear_incidents(news.incidents);
}

Mode Desk::mode() const {
    const std::scoped_lock lock(mutex_);
    return mode_;
}

void Desk::set_mode(Mode mode, Time now, std::string_view who) {
    const std::scoped_lock lock(mutex_);
    if (mode == mode_) return;
    mode_ = mode;
    const std::string text = fmt::format("{} by {}", mode == Mode::act ? "acts" : "only watches", who);
    act({.time = now, .kind = ActionKind::other, .who = std::string(who), .text = text});
    say({.kind = Happening::Kind::mode,
         .time = now,
         .event = nullptr,
         .verdict = nullptr,
         .code = {},
         .text = text});
}

void Desk::adopt(std::shared_ptr<const judge::Policy> policy) {
    const std::scoped_lock lock(mutex_);
    record({.kind = Folded::Kind::policy, .event = nullptr, .answered = nullptr, .seconds = 0, .shift = {}});
    judge_.adopt(policy);
    policy_ = std::move(policy);
}

std::shared_ptr<const judge::Policy> Desk::policy() const {
    const std::scoped_lock lock(mutex_);
    return policy_;
}

std::optional<Refusal> Desk::vouch(std::string_view code, Time now) {
    const std::scoped_lock lock(mutex_);
    const Refusal* found = refusals_.find(code);
    if (found == nullptr) return std::nullopt;
    vouch_for(*found, now);
    return *found;
}

void Desk::vouch_for(const Refusal& refusal, Time now) {
    Event event;
    event.time = now;
    event.address = refusal.address;
    event.service = refusal.service;
    event.account = refusal.account;
    event.as_number = refusal.as_number;
    event.outcome = Outcome::success;
    judge::Knock knock = refusal.knock;
    knock.seconds = unix_seconds(now);
    judge_.vouch(knock);
    ++counts_.vouched;
    record({.kind = Folded::Kind::vouch, .event = &event, .answered = nullptr, .seconds = 0, .shift = {}});
    say({.kind = Happening::Kind::vouched,
         .time = now,
         .event = &event,
         .verdict = nullptr,
         .code = refusal.code,
         .text = {}});
}

void Desk::pardon(const Event& event) {
    const std::scoped_lock lock(mutex_);
    judge_.pardon(judge::make_knock(as_question(event), *policy_));
    record({.kind = Folded::Kind::pardon, .event = &event, .answered = nullptr, .seconds = 0, .shift = {}});
}

std::optional<Refusal> Desk::refusal(std::string_view code) const {
    const std::scoped_lock lock(mutex_);
    const Refusal* found = refusals_.find(code);
    return found == nullptr ? std::nullopt : std::optional(*found);
}

std::vector<Refusal> Desk::refusals_of(std::uint64_t account, Time since) const {
    const std::scoped_lock lock(mutex_);
    std::vector<Refusal> found;
    for (const Refusal* each : refusals_.of_account(account, since)) found.push_back(*each);
    return found;
}

std::vector<Refusal> Desk::refusals_from(const Address& address, Time since) const {
    const std::scoped_lock lock(mutex_);
    std::vector<Refusal> found;
    for (const Refusal* each : refusals_.from_address(address, since)) found.push_back(*each);
    return found;
}

void Desk::forget(std::uint64_t account, const AccountTest& is_meant) {
    std::vector<std::string> ids(1);
    {
        const std::scoped_lock lock(mutex_);
        refusals_.forget(account);
        for (IncidentHead& each : lookout_.incidents().heads()) ids.push_back(std::move(each.id));
    }
    for (const std::string& id : ids) {
        const std::scoped_lock lock(mutex_);
        lookout_.incidents().forget(id, is_meant);
    }
}

Desk::Acquaintance Desk::acquaintance(const Event& event) const {
    const std::scoped_lock lock(mutex_);
    const judge::Knock knock = judge::make_knock(as_question(event), *policy_);
    return {judge_.consider(knock), judge_.is_home(knock), mode_ == Mode::act, lookout_.posture()};
}

Verdict Desk::look(const Event& event) const {
    const std::scoped_lock lock(mutex_);
    return judge_.consider(judge::make_knock(as_question(event), *policy_));
}

DeskCounts Desk::counts() const {
    const std::scoped_lock lock(mutex_);
    return counts_;
}

judge::MemoryUse Desk::memory() const {
    const std::scoped_lock lock(mutex_);
    return judge_.memory();
}

judge::Posture Desk::posture() const {
    const std::scoped_lock lock(mutex_);
    return lookout_.posture();
}

Desk::Scene Desk::scene(std::size_t most) const {
    const std::scoped_lock lock(mutex_);
    constexpr std::size_t minute = 60;
    return {.minute = traffic_.last(minute),
            .ten_minutes = traffic_.last(Traffic::seconds_kept),
            .by_second = traffic_.by_second(),
            .noisiest = traffic_.noisiest(most),
            .refused = refusals_.latest(most)};
}

std::vector<NoisyNetwork> Desk::noisiest(std::size_t most) const {
    const std::scoped_lock lock(mutex_);
    return traffic_.noisiest(most);
}

void Desk::save(const Saving& to, const std::function<void()>& meanwhile) const {
    const std::scoped_lock lock(mutex_);
    lookout_.detection().save(to.detection);
    to.incidents = lookout_.incidents().all();
    // A checkpoint has one behind the other.
    constexpr std::size_t others = std::size_t{1} << 20;
    judge_.save(to.judge, to.detection.size() + others);
    if (meanwhile) meanwhile();
}

void Desk::recall(judge::Detection detection, std::vector<Incident> incidents, Time until) {
    const std::scoped_lock lock(mutex_);
    lookout_ = Lookout(std::move(detection), std::move(incidents), until);
    judge_.set_posture(lookout_.shift());
}

void Desk::restore(const Event& event, Measure answered) {
    const std::scoped_lock lock(mutex_);
    const judge::Knock knock = judge::make_knock(event, *policy_);
    Verdict verdict = judge_.consider(knock);
    add_refusal(event, knock, verdict, answered);
    verdict.measure = answered;
    judge_.learn(knock, verdict);
    if (lookout_.see(event, verdict, knock.account, std::nullopt)) follow_posture();
}

// Who was refused, and in watch mode whose right password would have been.
void Desk::add_refusal(const Event& event, const judge::Knock& knock, const Verdict& judged,
                       Measure answered) {
    const bool would = is_stopped(judged.measure) && event.outcome == Outcome::success;
    if (knock.is_attempt && (is_stopped(answered) || would)) refusals_.add(event, knock, judged);
}

void Desk::restore_refusal(const Event& event, Measure answered, Decibans sum) {
    if (!is_stopped(answered)) return;
    const std::scoped_lock lock(mutex_);
    const judge::Knock knock = judge::make_knock(event, *policy_);
    Verdict judged = judge_.consider(knock);
    judged.measure = answered;
    judged.sum = sum;
    add_refusal(event, knock, judged, answered);
}

void Desk::restore_tick(std::int64_t seconds) {
    const std::scoped_lock lock(mutex_);
    if (lookout_.tick(seconds)) follow_posture();
}

// The past is no news. The judge's posture is the lookout's, or it would stay where nobody brings it down.
void Desk::follow_posture() {
    static_cast<void>(lookout_.take_news());
    judge_.set_posture(lookout_.shift());
}

void Desk::restore_posture(Decibans shift) {
    const std::scoped_lock lock(mutex_);
    judge_.set_posture(shift);
}

void Desk::restore_vouch(const Event& event) {
    const std::scoped_lock lock(mutex_);
    judge_.vouch(judge::make_knock(event, *policy_));
}

void Desk::restore_pardon(const Event& event) {
    const std::scoped_lock lock(mutex_);
    judge_.pardon(judge::make_knock(as_question(event), *policy_));
}

}  // namespace tidegate::guard
