#include "tell/alert/courier.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tidegate::tell {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t most_parcels = 64;
// Between one try and the next; half an hour in all.
constexpr std::array<std::chrono::seconds, Courier::most_tries - 1> pauses{
    std::chrono::seconds(30), std::chrono::minutes(2), std::chrono::seconds(450), std::chrono::minutes(20)};
// A bound on sleeping, whatever the clock says.
constexpr std::chrono::minutes longest_sleep{1};
constexpr std::chrono::seconds longest_rest{std::chrono::hours(1)};
constexpr unsigned down_after = 2;  // tries in a row

// A way is not told of itself.
bool is_about(const Bulletin& bulletin, std::string_view way) {
    return bulletin.kind == AlertKind::way_down &&
           std::ranges::all_of(bulletin.items,
                               [&](const Bulletin::Item& item) { return item.alert.about == way; });
}

}  // namespace

Courier::Courier(RoutePlan plan, const CourierTools& tools)
    : plan_(std::move(plan)), tools_(tools), share_(plan_.most_an_hour), digest_(plan_.digest) {
    counts_.name = plan_.route->name();
    counts_.way = plan_.way.empty() ? counts_.name : plan_.way;
    thread_ = std::thread([this] { run(); });
}

Courier::~Courier() {
    stop(Steady::now());
    join();
}

bool Courier::wants(const Bulletin& bulletin) const {
    return !plan_.only_called && plan_.wants[static_cast<std::size_t>(bulletin.kind)] &&
           heaviest(bulletin) >= plan_.least && !is_about(bulletin, way());
}

void Courier::put(std::shared_ptr<Dispatch> dispatch, Coming coming, std::string note) {
    Parcel parcel{.dispatch = std::move(dispatch), .note = std::move(note), .next = tools_.ticks()};
    if (parcel.note.empty()) parcel.note = parcel.dispatch->note;
    std::unique_lock lock(mutex_);
    if (stopping_ || parcels_.size() >= most_parcels) {
        lock.unlock();
        return fail(parcel, "too many wait already");
    }
    const Dispatch& given = *parcel.dispatch;
    const bool waits = coming == Coming::ordinary && digest_.holds(given.bulletin, tools_.clock());
    if (waits)
        digest_.take(given.bulletin, given.id, given.code, tools_.clock());
    else
        parcels_.push_back(parcel);
    wake_.notify_one();
    lock.unlock();
    if (waits) settle(*parcel.dispatch, true);
}

RouteCounts Courier::counts() const {
    const std::unique_lock lock(mutex_);
    RouteCounts counts = counts_;
    counts.gathered = digest_.waiting();
    return counts;
}

void Courier::wake() {
    // Under the lock, so that a thread between looking and sleeping does not miss it.
    const std::unique_lock lock(mutex_);
    wake_.notify_one();
}

void Courier::stop(Steady::time_point deadline) {
    deadline_ = deadline;
    const std::unique_lock lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
}

void Courier::join() {
    if (thread_.joinable()) thread_.join();
}

bool Courier::is_given_up() const {
    return Steady::now() >= deadline_.load();
}

void Courier::run() {
    for (std::list<Parcel> one; wait_for_work(one);) carry(one);
    std::list<Parcel> left;
    {
        const std::unique_lock lock(mutex_);
        collect_digest();
        left = std::exchange(parcels_, {});
    }
    for (const Parcel& parcel : left) fail(parcel, "Tidegate ended before it could be delivered");
}

std::list<Courier::Parcel>::iterator Courier::first_due() {
    const Moment now = tools_.ticks();
    if (!stopping_ && now < rest_until_) return parcels_.end();
    return std::ranges::find_if(parcels_,
                                [&](const Parcel& parcel) { return stopping_ || parcel.next <= now; });
}

void Courier::collect_digest() {
    if (!stopping_ && !digest_.is_due(tools_.clock())) return;
    auto digested = digest_.collect();
    if (!digested) return;
    if (digested->id.empty()) digested->id = new_alert_id();
    auto dispatch = std::make_shared<Dispatch>(std::move(digested->bulletin), digested->id, digested->code,
                                               std::string(), tools_.clock());
    static_cast<void>(dispatch->give_to(counts_.way));
    parcels_.push_back({.dispatch = std::move(dispatch), .next = tools_.ticks()});
}

Steady::duration Courier::sleep() const {
    auto sleep = std::chrono::duration_cast<Steady::duration>(longest_sleep);
    const Moment now = tools_.ticks();
    for (const Parcel& parcel : parcels_) sleep = std::min(sleep, std::max(parcel.next, rest_until_) - now);
    return sleep;
}

bool Courier::wait_for_work(std::list<Parcel>& one) {
    one.clear();
    std::unique_lock lock(mutex_);
    for (;;) {
        if (stopping_ && is_given_up()) return false;
        collect_digest();
        if (const auto due = first_due(); due != parcels_.end()) {
            one.splice(one.end(), parcels_, due);
            return true;
        }
        if (stopping_) return false;
        wake_.wait_for(lock, sleep());
    }
}

Composing Courier::composing(const Parcel& parcel) const {
    return {.id = parcel.dispatch->id,
            .host = tools_.host,
            .time = parcel.dispatch->time,
            .names = plan_.names,
            .salt = tools_.salt,
            .code = parcel.dispatch->code,
            .note = parcel.note,
            .repeats = plan_.repeats};
}

// False: it is held back.
bool Courier::pack(Parcel& parcel) {
    if (parcel.tries > 0) return true;
    const Bulletin& bulletin = parcel.dispatch->bulletin;
    const auto answer = share_.ask(bulletin.kind, tools_.ticks());
    if (answer == Share::Answer::hold) return false;
    Composing with = composing(parcel);
    with.held_back = share_.held();
    with.is_last = answer == Share::Answer::go_as_last;
    parcel.message = compose(bulletin, with);
    share_.clear_held();
    return true;
}

void Courier::carry(std::list<Parcel>& one) {
    Parcel& parcel = one.front();
    if (!pack(parcel)) {
        settle(*parcel.dispatch, true);
        const std::unique_lock lock(mutex_);
        ++counts_.held_back;
        return;
    }
    const Sent sent = plan_.route->send(parcel.message, [this] { return is_given_up(); });
    const Moment now = tools_.ticks();  // before anybody sees the try: the pause counts from it
    ++parcel.tries;
    heed(sent);
    if (sent.arrived) {
        settle(*parcel.dispatch, true);
        return;
    }
    const bool is_lost = sent.is_final || parcel.tries >= most_tries;
    if (is_lost || counts().is_down) fall_back(parcel, sent.said);
    if (is_lost || !keep(one, sent, now)) fail(parcel, sent.said);
}

// False: no time is left for another try.
bool Courier::keep(std::list<Parcel>& one, const Sent& sent, Moment now) {
    const std::unique_lock lock(mutex_);
    if (stopping_) return false;
    Parcel& parcel = one.front();
    if (sent.wait) rest_until_ = now + std::min(*sent.wait, longest_rest);
    parcel.next = std::max(now + pauses[parcel.tries - 1], rest_until_);
    parcels_.splice(parcels_.end(), one);
    return true;
}

void Courier::heed(const Sent& sent) {
    bool was_down = false, is_down = false;
    {
        const std::unique_lock lock(mutex_);
        was_down = counts_.is_down;
        ++counts_.tries;
        counts_.sent += sent.arrived ? 1 : 0;
        counts_.said = sent.said;
        if (sent.arrived) counts_.arrived = tools_.clock();
        failed_in_a_row_ = sent.arrived ? 0 : failed_in_a_row_ + 1;
        // What was cut off because we end says nothing of the way.
        if (!stopping_ || sent.arrived)
            counts_.is_down = !sent.arrived && (was_down || sent.is_final || failed_in_a_row_ >= down_after);
        is_down = counts_.is_down;
    }
    if (was_down != is_down && tools_.way_changed)
        tools_.way_changed({.way = counts_.way, .said = sent.said, .is_down = is_down});
}

void Courier::fall_back(Parcel& parcel, const std::string& said) {
    if (plan_.fallback.empty() || parcel.fell_back) return;
    parcel.fell_back = true;
    {
        const std::unique_lock lock(mutex_);
        if (stopping_) return;  // so do the others
        ++counts_.fell_back;
    }
    tools_.fall_back(plan_.fallback, parcel.dispatch,
                     fmt::format("Instead of by {}, which does not carry it: {}", counts_.way, said));
}

bool Courier::settle(Dispatch& dispatch, bool arrived) const {
    const bool is_first = arrived && !dispatch.heard.exchange(true);
    const bool nobody_hears = --dispatch.on_the_way == 0 && !dispatch.heard;
    if (is_first || nobody_hears) tools_.outcome(dispatch.id, is_first);
    return nobody_hears;
}

void Courier::fail(const Parcel& parcel, const std::string& said) {
    {
        const std::unique_lock lock(mutex_);
        ++counts_.failed;
    }
    Dispatch& dispatch = *parcel.dispatch;
    const std::string subject =
        parcel.tries > 0 ? parcel.message.subject : compose(dispatch.bulletin, composing(parcel)).subject;
    const bool nobody_heard = settle(dispatch, false);
    if (tools_.undelivered)
        tools_.undelivered({.route = counts_.name,
                            .subject = subject,
                            .id = dispatch.id,
                            .said = said,
                            .tries = parcel.tries,
                            .nobody_heard = nobody_heard});
}

}  // namespace tidegate::tell
