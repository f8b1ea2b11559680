#include "tell/alert/courier.h"

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

}  // namespace

Courier::Courier(RoutePlan plan, const CourierTools& tools)
    : plan_(std::move(plan)), tools_(tools), share_(plan_.most_an_hour) {
    counts_.name = plan_.route->name();
    thread_ = std::thread([this] { run(); });
}

Courier::~Courier() {
    stop(Steady::now());
    join();
}

void Courier::put(std::shared_ptr<Dispatch> dispatch) {
    Parcel parcel{.dispatch = std::move(dispatch), .message = {}, .next = tools_.ticks()};
    std::unique_lock lock(mutex_);
    if (stopping_ || parcels_.size() >= most_parcels) {
        lock.unlock();
        return fail(parcel, "too many wait already");
    }
    parcels_.push_back(std::move(parcel));
    lock.unlock();
    wake_.notify_one();
}

RouteCounts Courier::counts() const {
    const std::unique_lock lock(mutex_);
    return counts_;
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
        left = std::exchange(parcels_, {});
    }
    for (const Parcel& parcel : left) fail(parcel, "Tidegate ended before it could be delivered");
}

std::list<Courier::Parcel>::iterator Courier::first_due() {
    const Moment now = tools_.ticks();
    return std::ranges::find_if(parcels_,
                                [&](const Parcel& parcel) { return stopping_ || parcel.next <= now; });
}

bool Courier::wait_for_work(std::list<Parcel>& one) {
    one.clear();
    std::unique_lock lock(mutex_);
    for (;;) {
        if (stopping_ && is_given_up()) return false;
        if (const auto due = first_due(); due != parcels_.end()) {
            one.splice(one.end(), parcels_, due);
            return true;
        }
        if (stopping_) return false;
        auto sleep = std::chrono::duration_cast<Steady::duration>(longest_sleep);
        for (const Parcel& parcel : parcels_) sleep = std::min(sleep, parcel.next - tools_.ticks());
        wake_.wait_for(lock, sleep);
    }
}

// False: it is held back.
bool Courier::pack(Parcel& parcel) {
    if (parcel.tries > 0) return true;
    const Bulletin& bulletin = parcel.dispatch->bulletin;
    const auto answer = share_.ask(bulletin.kind, tools_.ticks());
    if (answer == Share::Answer::hold) return false;
    parcel.message = compose(bulletin, {.id = parcel.dispatch->id,
                                        .host = tools_.host,
                                        .time = parcel.dispatch->time,
                                        .names = plan_.names,
                                        .salt = tools_.salt,
                                        .held_back = share_.held(),
                                        .is_last = answer == Share::Answer::go_as_last});
    share_.clear_held();
    return true;
}

void Courier::carry(std::list<Parcel>& one) {
    Parcel& parcel = one.front();
    if (!pack(parcel)) {
        parcel.dispatch->heard = true;
        --parcel.dispatch->on_the_way;
        const std::unique_lock lock(mutex_);
        ++counts_.held_back;
        return;
    }
    const Sent sent = plan_.route->send(parcel.message, [this] { return is_given_up(); });
    ++parcel.tries;
    if (sent.arrived) {
        parcel.dispatch->heard = true;
        --parcel.dispatch->on_the_way;
    }
    bool again = !sent.arrived && !sent.is_final && parcel.tries < most_tries;
    {
        const std::unique_lock lock(mutex_);
        again = again && !stopping_;
        ++counts_.tries;
        counts_.sent += sent.arrived ? 1 : 0;
        counts_.said = sent.said;
        if (again) {
            parcel.next = tools_.ticks() + pauses[parcel.tries - 1];
            parcels_.splice(parcels_.end(), one);
        }
    }
    if (!sent.arrived && !again) fail(parcel, sent.said);
}

void Courier::fail(const Parcel& parcel, const std::string& said) {
    {
        const std::unique_lock lock(mutex_);
        ++counts_.failed;
    }
    Dispatch& dispatch = *parcel.dispatch;
    const bool last = --dispatch.on_the_way == 0;
    const std::string subject =
        parcel.tries > 0 ? parcel.message.subject
                         : compose(dispatch.bulletin, {.names = plan_.names, .salt = tools_.salt}).subject;
    if (tools_.undelivered)
        tools_.undelivered({.route = counts_.name,
                            .subject = subject,
                            .id = dispatch.id,
                            .said = said,
                            .tries = parcel.tries,
                            .nobody_heard = last && !dispatch.heard});
}

}  // namespace tidegate::tell
