#include "observe/joiner.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/hash.h"

namespace tidegate::observe {
namespace {

constexpr std::uint64_t ring = 1 << 16;        // attempts that can still be joined
constexpr std::uint64_t head_count = 1 << 13;  // for each tie
constexpr int longest_walk = 64;  // a flood from one address must not make every line search all others
constexpr Duration session_memory = std::chrono::minutes(15);
constexpr std::size_t most_sessions = std::size_t{1} << 18;
constexpr std::size_t most_session_notes = most_sessions * 4;
constexpr std::size_t layers = 7;

constexpr std::size_t number_of(Layer layer) {
    return static_cast<std::size_t>(layer);
}

constexpr std::size_t number_of(Tie tie) {
    return static_cast<std::size_t>(tie);
}

void fill(Event& to, const Event& from) {
    if (to.address.is_none()) to.address = from.address;
    if (to.service == Service::unknown) to.service = from.service;
    if (to.port == 0) to.port = from.port;
    if (!to.tls) to.tls = from.tls;
}

}  // namespace

/// An attempt's line as the search sees it.
struct Joiner::Unit {
    Event* event = nullptr;  // in `item`, which is held
    Item* item = nullptr;
    Time clock{};
    std::uint64_t number = 0;
    std::array<std::uint64_t, tie_count> hashes{};  // 0: can't be found this way
    std::array<std::uint64_t, tie_count> next{};    // the next older unit's number + 1
    std::array<std::uint16_t, layers> claimed{};    // lines of each layer that it stands for
    std::uint32_t tries = 1;                        // as many its line says
    bool absorbed = false;
    bool spoken_for = false;  // one of a front line's N, though it stays a line of its own

    [[nodiscard]] bool is_detail() const { return is_inner(*event); }
    [[nodiscard]] bool failed() const { return has_failed(*event); }
    [[nodiscard]] bool fits(const Unit& other, Tie tie) const;
};

/// Can both lines be of one attempt? The hash of this tie is the same.
bool Joiner::Unit::fits(const Unit& other, Tie tie) const {
    const Event& a = *event;
    const Event& b = *other.event;
    if (a.layer == b.layer) return tie == Tie::session && is_detail() && is_same_try(a, b);
    return distance(a, b) <= joining_window && is_tied(a, b, tie);
}

Joiner::Joiner(std::function<void(Work&)> prepare, bool from_start) : prepare_(std::move(prepare)) {
    if (from_start) switch_on();
}

Joiner::~Joiner() = default;

void Joiner::switch_on() {
    if (on_) return;
    on_ = true;
    heads_.resize(head_count * tie_count);
}

void Joiner::push(ItemPtr item, std::vector<ItemPtr>& out) {
    if (!on_ && !item->layered && item->overlaps == no_event) {
        clock_ = std::max(clock_, item->last);
        out.push_back(std::move(item));
        return;
    }
    auto& events = item->work.batch.events;
    for (std::uint32_t i = 0; i < events.size(); ++i) {
        clock_ = std::max(clock_, events[i].time);
        const Event& event = events[i];
        if (event.kind != EventKind::attempt || event.layer == Layer::none || event.attempts == 0) continue;
        if (event.layer != Layer::front) last_layered_ = clock_;
        if (event.layer != Layer::front || i >= item->overlaps) switch_on();
        if (on_) see(*item, i);
    }
    held_.push_back({std::move(item), clock_, units_seen_});
    release(out, false);
}

void Joiner::finish(std::vector<ItemPtr>& out) {
    release(out, true);
}

void Joiner::see(Item& item, std::uint32_t index) {
    Event& event = item.work.batch.events[index];
    Unit unit;
    unit.event = &event;
    unit.item = &item;
    unit.clock = clock_;
    unit.number = units_seen_;
    unit.tries = event.attempts;
    unit.claimed[number_of(event.layer)] = static_cast<std::uint16_t>(std::min(event.attempts, 0xffffU));
    unit.hashes = tie_hashes(event);
    join(unit);
    insert(unit);
}

void Joiner::join(Unit& unit) {
    const bool search = clock_ - last_layered_ <= joining_window;
    if (search && unit.is_detail() && join_same_try(unit)) return;
    const bool of_session = search && absorb_inner(unit);
    if (unit.event->layer == Layer::front) settle_session(unit, of_session);
    if (search && unit.event->attempts != 0 && join_outer(unit)) return;
    if (unit.is_detail() && !of_session) count_detail(unit);
}

/// The older units that can be the same attempt as `unit` and were found by `tie`, newest first, until
/// visit() says false.
template <class Visit>
void Joiner::walk(const Unit& unit, Tie tie, Visit visit) {
    const std::uint64_t hash = unit.hashes[number_of(tie)];
    if (hash == 0) return;
    const Head& head = heads_[number_of(tie) * head_count + hash % head_count];
    if (clock_ - head.clock > joining_window)
        return;  // without a look at the unit, which has long left the cache
    std::uint64_t at = head.newest;
    for (int step = 0; at != 0 && at - 1 + ring > units_seen_ && step < longest_walk; ++step) {
        Unit& old = units_[(at - 1) % ring];
        if (clock_ - old.clock > joining_window) return;
        at = old.next[number_of(tie)];
        if (old.hashes[number_of(tie)] == hash && !old.absorbed && unit.fits(old, tie) && !visit(old)) return;
    }
}

/// The outer line comes last, as a rule. True where the inner line taken was of the session that the outer
/// one is of.
bool Joiner::absorb_inner(Unit& outer) {
    for (const Tie tie : ties) {
        found_.clear();
        walk(outer, tie, [&](Unit& old) {
            if (old.event->layer > outer.event->layer && !old.spoken_for &&
                can_hold(*outer.event, *old.event, tie == Tie::session))
                found_.push_back(&old);
            return true;
        });
        if (found_.empty()) continue;
        const std::uint64_t session = absorb_tries(outer, tie).hashes[number_of(Tie::session)];
        outer.hashes = tie_hashes(*outer.event);
        return session != 0 && session == outer.hashes[number_of(Tie::session)];
    }
    return false;
}

/// Takes what was found; the one that says most of it is returned.
Joiner::Unit& Joiner::absorb_tries(Unit& outer, Tie tie) {
    if (outer.event->outcome == Outcome::success) {
        for (Unit* inner : found_) absorb(outer, *inner);
        return *found_.front();
    }
    // The session's line is its last; of lines without a session the daemon writes one for each try, in
    // order.
    const bool last = tie == Tie::session || outer.tries > 1;
    Unit& taken = last ? *found_.front() : *found_.back();
    absorb(outer, taken);
    if (tie == Tie::session) return taken;
    const auto others = std::min<std::size_t>(outer.tries, found_.size()) - 1;
    for (std::size_t i = 1; i <= others; ++i) found_[i]->spoken_for = true;
    take_attempts(outer, static_cast<std::uint32_t>(others));
    return taken;
}

/// The second password database's word on a try whose first one has a line. Who is known to either is known.
bool Joiner::join_same_try(Unit& unit) {
    Unit* first = nullptr;
    walk(unit, Tie::session, [&](Unit& old) {
        if (old.event->layer == unit.event->layer) first = &old;
        return first == nullptr;
    });
    if (first == nullptr) return false;
    Event& to = *first->event;
    const bool known = to.reason == Reason::bad_password || unit.event->reason == Reason::bad_password;
    absorb(*first, unit);
    if (known) to.reason = Reason::bad_password;
    return true;
}

/// Lines of another file, or of another process in the same moment, can be late.
bool Joiner::join_outer(Unit& inner) {
    Unit* outer = nullptr;
    for (const Tie tie : ties) {
        walk(inner, tie, [&](Unit& old) {
            const Duration limit = comes_through_us(old.event->layer) ? joining_window : late_window;
            const bool room = old.event->outcome == Outcome::success ||
                              old.claimed[number_of(inner.event->layer)] < old.tries;
            if (old.event->layer < inner.event->layer && room &&
                distance(*old.event, *inner.event) <= limit &&
                can_hold(*old.event, *inner.event, tie == Tie::session))
                outer = &old;
            return outer == nullptr;
        });
        if (outer == nullptr) continue;
        absorb(*outer, inner);
        return true;
    }
    return false;
}

/// The session's line stands for all of its attempts; those that have a line of their own are counted there.
void Joiner::settle_session(Unit& front, bool absorbed) {
    if (sessions_.empty() || front.hashes[number_of(Tie::session)] == 0) return;
    const auto session = sessions_.find(front.hashes[number_of(Tie::session)]);
    if (session == sessions_.end()) return;
    const std::uint32_t details = session->second.details;
    sessions_.erase(session);
    if (!front.failed() || front.event->attempts == 0) return;
    const std::uint32_t alone = details - (absorbed && details != 0 ? 1 : 0);
    const std::uint32_t stands_for = std::max(details, front.tries) - alone;
    if (stands_for > front.event->attempts) front.event->attempts = stands_for;
    take_attempts(front, front.event->attempts - stands_for);
}

void Joiner::count_detail(const Unit& detail) {
    const std::uint64_t hash = detail.hashes[number_of(Tie::session)];
    if (hash == 0 || !detail.failed()) return;
    Session& session = sessions_[hash];
    ++session.details;
    session.last = clock_;
    sessions_in_order_.emplace_back(hash, clock_);
    forget_sessions();
}

void Joiner::forget_sessions() {
    while (!sessions_in_order_.empty()) {
        const auto [hash, time] = sessions_in_order_.front();
        const auto session = sessions_.find(hash);
        const bool stale = session == sessions_.end() || session->second.last != time;
        if (!stale && clock_ - time <= session_memory && sessions_.size() <= most_sessions &&
            sessions_in_order_.size() <= most_session_notes)
            return;
        if (!stale) sessions_.erase(session);
        sessions_in_order_.pop_front();
    }
}

/// `outer` stands for `inner` from now on.
void Joiner::absorb(Unit& outer, Unit& inner) {
    Event& to = *outer.event;
    const Event& from = *inner.event;
    if (to.outcome == Outcome::abort && from.outcome != Outcome::abort) {
        to.outcome = from.outcome;
        to.reason = from.reason;
    }
    if (to.outcome == from.outcome && knows_less(to.reason, from.reason)) to.reason = from.reason;
    if (to.outcome == from.outcome && !to.guess) to.guess = from.guess;
    fill(to, from);
    for (const auto text : {&Event::account, &Event::method, &Event::session, &Event::client, &Event::ehlo})
        if ((to.*text).empty() && !(from.*text).empty())
            to.*text = outer.item == inner.item ? from.*text : outer.item->work.batch.keep(from.*text);
    for (std::size_t i = 0; i < layers; ++i)
        outer.claimed[i] = static_cast<std::uint16_t>(std::min(outer.claimed[i] + inner.claimed[i], 0xffff));
    mark_changed(outer);
    take_attempts(inner, outer.tries);
}

void Joiner::take_attempts(Unit& unit, std::uint32_t count) {
    if (count == 0) return;
    unit.event->attempts -= std::min(count, unit.event->attempts);
    unit.absorbed = unit.event->attempts == 0;
    joined_ += unit.absorbed;
    mark_changed(unit);
}

void Joiner::mark_changed(const Unit& unit) {
    const Event* first = unit.item->work.batch.events.data();
    unit.item->changed.push_back(static_cast<std::uint32_t>(unit.event - first));
}

void Joiner::insert(Unit& unit) {
    ++units_seen_;
    for (std::size_t tie = 0; tie < tie_count && !unit.absorbed; ++tie) {
        if (unit.hashes[tie] == 0) continue;
        Head& head = heads_[tie * head_count + unit.hashes[tie] % head_count];
        unit.next[tie] = std::exchange(head.newest, unit.number + 1);
        head.clock = unit.clock;
    }
    if (units_.size() < ring) {
        units_.push_back(unit);
    } else {
        units_[unit.number % ring] = unit;
    }
}

void Joiner::release(std::vector<ItemPtr>& out, bool all) {
    while (!held_.empty()) {
        Held& oldest = held_.front();
        const bool decided =
            all || !on_ || clock_ - oldest.clock > joining_window || units_seen_ - oldest.units >= ring;
        if (!decided) return;
        if (!oldest.item->changed.empty()) prepare_changed(*oldest.item);
        out.push_back(std::move(oldest.item));
        held_.pop_front();
    }
}

/// Makes the knocks of the changed events anew, in a batch of those alone that shares the item's texts.
void Joiner::prepare_changed(Item& item) {
    auto& changed = item.changed;
    std::ranges::sort(changed);
    changed.erase(std::ranges::unique(changed).begin(), changed.end());
    Work& work = item.work;
    if (!prepare_ || work.knocks.size() != work.batch.events.size()) return;
    all_events_.clear();
    all_knocks_.clear();
    all_events_.swap(work.batch.events);
    all_knocks_.swap(work.knocks);
    for (const std::uint32_t i : changed) work.batch.events.push_back(all_events_[i]);
    prepare_(work);
    for (std::size_t i = 0; i < changed.size() && i < work.knocks.size(); ++i) {
        all_events_[changed[i]] = work.batch.events[i];
        all_knocks_[changed[i]] = work.knocks[i];
        if (work.batch.events[i].attempts == 0) all_knocks_[changed[i]].is_attempt = false;
    }
    all_events_.swap(work.batch.events);
    all_knocks_.swap(work.knocks);
    if (!work.verdicts.empty()) work.verdicts.resize(work.knocks.size());
}

}  // namespace tidegate::observe
