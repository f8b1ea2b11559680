#include "edge/admission/server_queue.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tidegate::edge {
namespace {

// Stays are averaged over some tens of attempts.
constexpr double stay_weight = 1.0 / 32;
// In usual stays: what one attempt may be charged, so that a single one does not bar its class for long.
constexpr double dearest = 50;
// What a class used of late is half forgotten in two seconds.
constexpr Span use_step = std::chrono::milliseconds(100);
constexpr double use_left = 0.966;
// Stays that differ by less are alike.
constexpr double longer = 2;

void average(double& mean, double value) {
    mean = mean == 0 ? value : mean + (value - mean) * stay_weight;
}

}  // namespace

ServerQueue::ServerQueue(AdmissionGround& ground, ServerIndex index, const LimiterRules& rules)
    : ground_(ground),
      index_(index),
      limiter_(rules),
      room_(ground.rules, ground.attempts),
      shares_(std::accumulate(ground.rules.share.values.begin(), ground.rules.share.values.end(), 0.0)) {
    ground.attempts.grow(room_.most_together() + rules.ceiling);
    ground.called.reserve(ground.called.capacity() + room_.most_together());
}

void ServerQueue::close(Moment now) {
    closed_ = true;
    for (const ClientClass each : all_classes) {
        while (room_.size(each) > 0) shed(room_.eldest(each), ShedReason::closed);
        send_away_late(now, each);  // the line does not stand any more
    }
}

void ServerQueue::reopen(Moment now) {
    closed_ = false;
    limiter_.restart();
    note_limit(now, LimitReason::reopened);
}

Reply ServerQueue::ask(Moment now, const Applicant& applicant) {
    if (closed_) return {Ruling::shed, 0, ShedReason::closed};
    if (noted_limit_ == 0) note_limit(now, LimitReason::start);
    advance(now);
    const ClientClass which = applicant.client_class;
    const std::uint64_t network = applicant.address.network_key();
    const bool at_once = limiter_.has_room() && may_hold(which) && room_.size(which) == 0;
    if (!limiter_.has_room()) limiter_.want();
    if (!at_once && room_.is_crowded(which, network)) return {Ruling::shed, 0, ShedReason::network};
    const AttemptIndex index = ground_.attempts.take();
    if (index == no_attempt) return {Ruling::shed, 0, ShedReason::room};
    Attempt& attempt = ground_.attempts[index];
    attempt.owner = applicant.owner;
    attempt.network = network;
    attempt.server = index_;
    attempt.client_class = which;
    if (at_once)
        admit(now, index);
    else
        enqueue(now, index);
    return {at_once ? Ruling::admitted : Ruling::queued, ground_.attempts.ticket(index), ShedReason::none};
}

// Who is the eldest of a full line has waited longest in vain, and its client is the likeliest to be gone.
void ServerQueue::enqueue(Moment now, AttemptIndex index) {
    Attempt& attempt = ground_.attempts[index];
    const ClientClass which = attempt.client_class;
    if (room_.is_full(which)) shed(room_.eldest(which), ShedReason::room);
    Account& account = accounts_[which];
    if (room_.size(which) == 0) account.next = std::max(account.next, virtual_time_);
    attempt.state = Attempt::State::queued;
    attempt.since = now;
    room_.push(index);
}

bool ServerQueue::may_hold(ClientClass which) const {
    const AdmissionRules& rules = ground_.rules;
    const double limit = limiter_.limit();
    const double most = limit * rules.most_held[which] - kept_from(which) - kept_for_better(which);
    const double own = limit * rules.share[which] / shares_;
    return double(held_[which]) + 1 <= std::max({most, std::min(own, limit * rules.most_held[which]), 1.0});
}

// What is lent must come back soon: who holds a place for much longer than others do can't have those which
// they used of late, or they would wait for him.
double ServerQueue::kept_from(ClientClass which) const {
    double kept = 0;
    for (const ClientClass each : all_classes) {
        const Account& other = accounts_[each];
        if (each == which || accounts_[which].stay <= longer * other.stay) continue;
        const double own = limiter_.limit() * ground_.rules.share[each] / shares_;
        kept += std::min(own, other.used) * (1 - longer * other.stay / accounts_[which].stay);
    }
    return kept;
}

// The limit's last places are there to show that it could be higher. They are for the known alone while some
// are about, who so find one free at once, and a server that is no fuller than it must be.
double ServerQueue::kept_for_better(ClientClass which) const {
    if (which < ClientClass::fresh) return 0;
    const double used = accounts_[ClientClass::familiar].used + accounts_[ClientClass::known_sender].used;
    constexpr double nobody = 0.5;
    return used < nobody ? 0 : std::ceil(std::min(used, Limiter::room_above(limiter_.limit())));
}

void ServerQueue::remember_use(Moment now) {
    for (const ClientClass each : all_classes)
        accounts_[each].used = std::max(accounts_[each].used, double(held_[each]));
    if (now - used_at_ < use_step) return;
    const double left = std::pow(use_left, (now - used_at_) / use_step);
    used_at_ = now;
    for (const ClientClass each : all_classes)
        accounts_[each].used = held_[each] + (accounts_[each].used - held_[each]) * left;
}

bool ServerQueue::next_class(ClientClass& which) const {
    bool found = false;
    for (const ClientClass each : all_classes) {
        if (room_.size(each) == 0 || !may_hold(each)) continue;
        if (found && accounts_[each].next >= accounts_[which].next) continue;
        which = each;
        found = true;
    }
    return found;
}

void ServerQueue::admit(Moment now, AttemptIndex index) {
    Attempt& attempt = ground_.attempts[index];
    const ClientClass which = attempt.client_class;
    attempt.state = Attempt::State::held;
    attempt.since = now;
    limiter_.enter(now);
    ++held_[which];
    remember_use(now);
    // Paid for in advance with what its class usually takes; settled when it leaves.
    Account& account = accounts_[which];
    const double paid = stay_ > 0 && account.stay > 0 ? std::min(account.stay / stay_, dearest) : 1;
    attempt.paid = static_cast<float>(paid);
    virtual_time_ = std::max(virtual_time_, account.next);
    account.next = std::max(account.next, virtual_time_) + paid / ground_.rules.share[which];
}

void ServerQueue::settle(Moment now, const Attempt& attempt) {
    const double stay = std::max(seconds_of(now - attempt.since), 1e-6);
    Account& account = accounts_[attempt.client_class];
    average(stay_, stay);
    average(account.stay, stay);
    const double owed = std::min(stay / stay_, dearest);
    account.next += (owed - double(attempt.paid)) / ground_.rules.share[attempt.client_class];
}

void ServerQueue::leave(Moment now, AttemptIndex index, Span took, Served served) {
    const Attempt& attempt = ground_.attempts[index];
    CHECK(held_[attempt.client_class] > 0);
    settle(now, attempt);
    --held_[attempt.client_class];
    if (const auto reason = limiter_.leave(now, took, served)) note_limit(now, *reason);
    forget(index);
    advance(now);
}

void ServerQueue::withdraw(Moment now, AttemptIndex index) {
    room_.erase(index);
    forget(index);
    advance(now);
}

void ServerQueue::move(Moment now, AttemptIndex index, ClientClass to) {
    Attempt& attempt = ground_.attempts[index];
    if (attempt.client_class == to) return;
    if (attempt.state == Attempt::State::held) {
        --held_[attempt.client_class];
        ++held_[to];
        attempt.client_class = to;
    } else {
        room_.erase(index);
        attempt.client_class = to;
        enqueue(now, index);
    }
    advance(now);
}

void ServerQueue::advance(Moment now) {
    for (const ClientClass each : all_classes) send_away_late(now, each);
    if (closed_) return;
    remember_use(now);
    ClientClass which{};
    while (limiter_.has_room() && next_class(which)) {
        const AttemptIndex index = room_.pop(which);
        admit(now, index);
        call(index, Ruling::admitted, ShedReason::none);
    }
    // Who is kept from a free place is in want of one, too.
    const bool fresh_waits = room_.size(ClientClass::fresh) > 0;
    if (fresh_waits || (!limiter_.has_room() && next_class(which))) limiter_.want();
}

void ServerQueue::send_away_late(Moment now, ClientClass which) {
    const auto waited = [&] {
        const AttemptIndex eldest = room_.eldest(which);
        return eldest == no_attempt ? Span::zero() : now - ground_.attempts[eldest].since;
    };
    Lateness& lateness = room_.lateness(which);
    if (lateness.look(now, waited(), ground_.rules.target, ground_.rules.interval))
        note_late(now, which, lateness.stands);
    const Span patience = ground_.rules.patience[which];
    const bool stands = lateness.stands && ground_.rules.target < patience;
    while (waited() > (stands ? ground_.rules.target : patience)) {
        lateness.sent_away = now;
        shed(room_.eldest(which), stands ? ShedReason::late : ShedReason::patience);
    }
}

void ServerQueue::call(AttemptIndex index, Ruling ruling, ShedReason reason) {
    Attempt& attempt = ground_.attempts[index];
    attempt.announced = true;
    ground_.called.push_back({ground_.attempts.ticket(index), attempt.owner, ruling, reason});
}

void ServerQueue::shed(AttemptIndex index, ShedReason reason) {
    room_.erase(index);
    call(index, Ruling::shed, reason);
    forget(index);
}

// Its place is free for others once nobody will hear of its ticket any more: so what waits to be drained is
// never more than there are places.
void ServerQueue::forget(AttemptIndex index) {
    if (ground_.attempts[index].announced)
        ground_.attempts[index].state = Attempt::State::over;
    else
        ground_.attempts.give_back(index);
}

void ServerQueue::note_limit(Moment now, LimitReason reason) {
    ground_.log.note({.when = now,
                      .what = LimitKind::server_limit,
                      .reason = reason,
                      .server = index_,
                      .from = double(noted_limit_),
                      .to = double(limiter_.limit())});
    noted_limit_ = limiter_.limit();
}

void ServerQueue::note_late(Moment now, ClientClass which, bool stands) {
    const double patience = seconds_of(ground_.rules.patience[which]);
    const double target = seconds_of(ground_.rules.target);
    ground_.log.note({.when = now,
                      .what = LimitKind::late,
                      .reason = stands ? LimitReason::standing : LimitReason::relief,
                      .server = index_,
                      .client_class = which,
                      .from = stands ? patience : target,
                      .to = stands ? target : patience});
}

}  // namespace tidegate::edge
