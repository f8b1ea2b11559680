#include "observe/joiner.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/hash.h"

namespace tidegate::observe {
namespace {

constexpr std::uint64_t ring = 1 << 16;        // attempts that can still be joined
constexpr std::uint64_t head_count = 1 << 13;  // for each way
constexpr int longest_walk = 64;  // a flood from one address must not make every line search all others
constexpr Duration window = std::chrono::seconds(3);
constexpr Duration late_window = std::chrono::seconds(1);  // of an inner line after its outer one
constexpr Duration same_try = std::chrono::seconds(2);     // inner failures before a success, exclusive
constexpr Duration session_memory = std::chrono::minutes(15);
constexpr std::size_t most_sessions = std::size_t{1} << 18;
constexpr std::size_t most_session_notes = most_sessions * 4;
constexpr std::size_t layers = 7;

constexpr std::size_t number_of(Layer layer) {
    return static_cast<std::size_t>(layer);
}

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

std::string_view local_part(std::string_view account) {
    return account.substr(0, account.find('@'));
}

bool same_text(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

/// What every line writes alike of a name: Dovecot cuts long ones, here earlier and there later, and for what
/// is not printable each server has a '?' or two of its own.
std::string_view certain_part(std::string_view account) {
    constexpr std::size_t cut_from = 64;
    if (account.size() >= cut_from && account.ends_with("...")) account.remove_suffix(3);
    const std::size_t odd = account.find('?');
    return odd == 0 ? account : account.substr(0, odd);
}

/// One line may have the realm and the other not: the front logs what was typed, the worker what was looked
/// up.
bool same_account(std::string_view a, std::string_view b) {
    const std::string_view certain_a = certain_part(a);
    const std::string_view certain_b = certain_part(b);
    if (certain_a.size() != a.size() || certain_b.size() != b.size()) {
        const std::size_t length = std::min(certain_a.size(), certain_b.size());
        return same_text(certain_a.substr(0, length), certain_b.substr(0, length));
    }
    const bool realms = a.find('@') != a.npos && b.find('@') != b.npos;
    return realms ? same_text(a, b) : same_text(local_part(a), local_part(b));
}

std::uint64_t account_hash(std::string_view account) {
    if (account.empty()) return 0;
    // Longer names that begin alike are told apart when they are compared. Shorter than any name that is cut.
    std::array<char, 60> name{};
    const std::string_view local = local_part(certain_part(account)).substr(0, name.size());
    std::ranges::transform(local, name.begin(), lower);
    return hash_bytes({name.data(), local.size()}, 2) | 1;
}

std::uint64_t address_hash(Address address) {
    return address.is_none() ? 0 : mix(address.high() ^ mix(address.low())) | 1;
}

bool is_local(Address address) {
    return address.is_v4() ? address.v4_bits() >> 24 == 127 : address.high() == 0 && address.low() == 1;
}

bool is_mail_entry(Service service) {
    return service == Service::smtp || service == Service::submission;
}

bool services_fit(Service a, Service b) {
    if (a == b || a == Service::unknown || b == Service::unknown) return true;
    if (is_mail_entry(a) && is_mail_entry(b)) return true;
    const auto [low, high] = std::minmax(a, b);
    return low == Service::imap && high == Service::webmail;
}

/// Does the outer line say less about why than the inner one?
bool knows_less(Reason outer, Reason inner) {
    if (inner == Reason::none || inner == outer) return false;
    if (outer == Reason::none || outer == Reason::other) return true;
    return outer == Reason::bad_password && (inner == Reason::unknown_account || inner == Reason::disabled);
}

bool comes_through_us(Layer layer) {
    return layer == Layer::webmail || layer == Layer::proxy;
}

/// A webmail's own log-in comes from the machine it runs on.
bool addresses_can_differ(const Event& a, const Event& b) {
    if (a.address.is_none() || b.address.is_none()) return true;
    return (comes_through_us(a.layer) && is_local(b.address)) ||
           (comes_through_us(b.layer) && is_local(a.address));
}

bool same_known_account(const Event& a, const Event& b) {
    return !a.account.empty() && !b.account.empty() && same_account(a.account, b.account);
}

Duration distance(const Event& a, const Event& b) {
    return a.time < b.time ? b.time - a.time : a.time - b.time;
}

/// Two password databases that were asked in turn, of which one at least does not know the account: between
/// two tries of a session Dovecot waits longer.
bool same_try_again(const Event& a, const Event& b) {
    const bool passed_on = a.reason == Reason::unknown_account || b.reason == Reason::unknown_account;
    return passed_on && a.session == b.session && a.outcome == Outcome::failure &&
           b.outcome == Outcome::failure && distance(a, b) < same_try && same_known_account(a, b);
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
    std::array<std::uint64_t, ways> hashes{};     // 0: can't be found this way
    std::array<std::uint64_t, ways> next{};       // the next older unit's number + 1
    std::array<std::uint16_t, layers> claimed{};  // lines of each layer that it stands for
    std::uint32_t tries = 1;                      // as many its line says
    bool absorbed = false;
    bool spoken_for = false;  // one of a front line's N, though it stays a line of its own

    [[nodiscard]] bool is_detail() const { return event->layer > Layer::front; }
    [[nodiscard]] bool failed() const { return event->outcome == Outcome::failure; }
    void find_hashes();
    [[nodiscard]] bool fits(const Unit& other, Way way) const;
    [[nodiscard]] bool can_hold(const Unit& inner, bool same_session) const;
};

void Joiner::Unit::find_hashes() {
    const std::uint64_t address = address_hash(event->address);
    const std::uint64_t account = account_hash(event->account);
    hashes[by_session] = event->session.empty() ? 0 : hash_bytes(event->session, 1) | 1;
    hashes[by_both] = address != 0 && account != 0 ? mix(address ^ mix(account)) | 1 : 0;
    hashes[by_address] = address;
    hashes[by_account] = account;
}

/// Can both lines be of one attempt? The hash of this way is the same.
bool Joiner::Unit::fits(const Unit& other, Way way) const {
    const Event& a = *event;
    const Event& b = *other.event;
    if (a.layer == b.layer) return way == by_session && is_detail() && same_try_again(a, b);
    if (!services_fit(a.service, b.service) || distance(a, b) > window) return false;
    if (way == by_session) return a.session == b.session;
    if (!a.session.empty() && !b.session.empty()) return false;
    if (way == by_both) return a.address == b.address && same_account(a.account, b.account);
    if (way == by_address) return a.address == b.address && (a.account.empty() || b.account.empty());
    return addresses_can_differ(a, b) && same_known_account(a, b);
}

/// Do the outcomes allow that `inner` is a part of this line's attempt?
bool Joiner::Unit::can_hold(const Unit& inner, bool same_session) const {
    if (event->outcome == Outcome::abort || event->outcome == inner.event->outcome) return true;
    if (!failed() && inner.failed())
        return (same_session || same_known_account(*event, *inner.event)) &&
               distance(*event, *inner.event) < same_try;
    return same_session;
}

Joiner::Joiner(std::function<void(Work&)> prepare, bool from_start) : prepare_(std::move(prepare)) {
    if (from_start) switch_on();
}

Joiner::~Joiner() = default;

void Joiner::switch_on() {
    if (on_) return;
    on_ = true;
    heads_.resize(head_count * ways);
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
    unit.find_hashes();
    join(unit);
    insert(unit);
}

void Joiner::join(Unit& unit) {
    const bool search = clock_ - last_layered_ <= window;
    if (search && unit.is_detail() && join_same_try(unit)) return;
    const bool of_session = search && absorb_inner(unit);
    if (unit.event->layer == Layer::front) settle_session(unit, of_session);
    if (search && unit.event->attempts != 0 && join_outer(unit)) return;
    if (unit.is_detail() && !of_session) count_detail(unit);
}

/// The older units that can be the same attempt as `unit` and were found by `way`, newest first, until
/// visit() says false.
template <class Visit>
void Joiner::walk(const Unit& unit, Way way, Visit visit) {
    const std::uint64_t hash = unit.hashes[way];
    if (hash == 0) return;
    const Head& head = heads_[way * head_count + hash % head_count];
    if (clock_ - head.clock > window) return;  // without a look at the unit, which has long left the cache
    std::uint64_t at = head.newest;
    for (int step = 0; at != 0 && at - 1 + ring > units_seen_ && step < longest_walk; ++step) {
        Unit& old = units_[(at - 1) % ring];
        if (clock_ - old.clock > window) return;
        at = old.next[way];
        if (old.hashes[way] == hash && !old.absorbed && unit.fits(old, way) && !visit(old)) return;
    }
}

/// The outer line comes last, as a rule. True where the inner line taken was of the session that the outer
/// one is of.
bool Joiner::absorb_inner(Unit& outer) {
    for (const Way way : {by_session, by_both, by_address, by_account}) {
        found_.clear();
        walk(outer, way, [&](Unit& old) {
            if (old.event->layer > outer.event->layer && !old.spoken_for &&
                outer.can_hold(old, way == by_session))
                found_.push_back(&old);
            return true;
        });
        if (found_.empty()) continue;
        const std::uint64_t session = absorb_tries(outer, way).hashes[by_session];
        outer.find_hashes();
        return session != 0 && session == outer.hashes[by_session];
    }
    return false;
}

/// Takes what was found; the one that says most of it is returned.
Joiner::Unit& Joiner::absorb_tries(Unit& outer, Way way) {
    if (outer.event->outcome == Outcome::success) {
        for (Unit* inner : found_) absorb(outer, *inner);
        return *found_.front();
    }
    // The session's line is its last; of lines without a session the daemon writes one for each try, in
    // order.
    const bool last = way == by_session || outer.tries > 1;
    Unit& taken = last ? *found_.front() : *found_.back();
    absorb(outer, taken);
    if (way == by_session) return taken;
    const auto others = std::min<std::size_t>(outer.tries, found_.size()) - 1;
    for (std::size_t i = 1; i <= others; ++i) found_[i]->spoken_for = true;
    take_attempts(outer, static_cast<std::uint32_t>(others));
    return taken;
}

/// The second password database's word on a try whose first one has a line. Who is known to either is known.
bool Joiner::join_same_try(Unit& unit) {
    Unit* first = nullptr;
    walk(unit, by_session, [&](Unit& old) {
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
    for (const Way way : {by_session, by_both, by_address, by_account}) {
        walk(inner, way, [&](Unit& old) {
            const Duration limit = comes_through_us(old.event->layer) ? window : late_window;
            const bool room = old.event->outcome == Outcome::success ||
                              old.claimed[number_of(inner.event->layer)] < old.tries;
            if (old.event->layer < inner.event->layer && room &&
                distance(*old.event, *inner.event) <= limit && old.can_hold(inner, way == by_session))
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
    if (sessions_.empty() || front.hashes[by_session] == 0) return;
    const auto session = sessions_.find(front.hashes[by_session]);
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
    const std::uint64_t hash = detail.hashes[by_session];
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
    for (std::size_t way = 0; way < ways && !unit.absorbed; ++way) {
        if (unit.hashes[way] == 0) continue;
        Head& head = heads_[way * head_count + unit.hashes[way] % head_count];
        unit.next[way] = std::exchange(head.newest, unit.number + 1);
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
            all || !on_ || clock_ - oldest.clock > window || units_seen_ - oldest.units >= ring;
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
