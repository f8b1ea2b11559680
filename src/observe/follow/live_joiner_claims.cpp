// LiveJoiner: of which attempt, told of before, is a line or a door's word?

#include <algorithm>

#include "observe/follow/live_joiner.h"

namespace tidegate::observe {
namespace {

constexpr std::size_t longest_walk =
    64;  // a flood from one address must not make every line search all others

}  // namespace

/// The second password database's word on a try that the first one has told of.
bool LiveJoiner::join_same_try(const Event& event) {
    const auto list = index_[0].find(tie_hash(event, Tie::session));
    if (event.session.empty() || list == index_[0].end()) return false;
    for (const std::uint64_t number : list->second) {
        Attempt* old = find(number);
        if (old == nullptr || old->is_gone || old->origin != Origin::log || !is_same_try(old->event, event))
            continue;
        const bool known = old->event.reason == Reason::bad_password || event.reason == Reason::bad_password;
        const bool told = !old->waits && known && old->event.reason != Reason::bad_password;
        if (known) old->event.reason = Reason::bad_password;
        if (told) tell_({Part::corrects, old->number, old->event});
        return true;
    }
    return false;
}

/// Whether a line can be of the attempt, whose first word is `old`.
bool LiveJoiner::belongs(const Attempt& old, const Event& event, Origin origin, Tie tie) const {
    const Event& a = old.event;
    if (!is_tied(a, event, tie)) return false;
    const bool same_session = tie == Tie::session;
    if (old.origin == Origin::door && origin == Origin::door) return false;
    if (old.origin == Origin::door || origin == Origin::door) {
        const Event& line = origin == Origin::log ? event : a;
        if (line.layer == Layer::front && origin == Origin::log) return false;  // the notes know better
        // A session's line was written before it ended: of a try before. Postfix's names none, and comes
        // first where the server answers before it reports (Dovecot 2.4).
        if (line.layer == Layer::front && !has_succeeded(line) && !line.session.empty()) return false;
        return line.outcome == (origin == Origin::log ? a : event).outcome &&
               distance(a, event) <= joining_window;
    }
    if (a.layer == event.layer || distance(a, event) > joining_window) return false;
    if (event.layer < a.layer) return can_hold(event, a, same_session);
    const Duration limit = comes_through_us(a.layer) ? joining_window : late_window;
    // An aborted connection that was told of before its failure does not stand for it.
    if (a.outcome == Outcome::abort && event.outcome != Outcome::abort) return false;
    return distance(a, event) <= limit && can_hold(a, event, same_session);
}

bool LiveJoiner::has_room(const Attempt& old, const Event& event, Origin origin) const {
    const std::size_t layer = origin == Origin::door ? door : static_cast<std::size_t>(event.layer);
    const bool unlimited = has_succeeded(old.event) && origin == Origin::log && is_inner(event);
    return unlimited || old.claimed[layer] < old.tries;
}

std::uint32_t LiveJoiner::claim_attempts(Event& event, Origin origin, std::uint32_t wanted) {
    for (const Tie tie : ties)
        if (const std::uint32_t claimed = claim_found(event, origin, tie, wanted); claimed != 0)
            return claimed;
    return 0;
}

std::uint32_t LiveJoiner::claim_found(const Event& event, Origin origin, Tie tie, std::uint32_t wanted) {
    Index& ways = index_[static_cast<std::size_t>(tie)];
    const auto list = ways.find(tie_hash(event, tie));
    if (list == ways.end() || list->first == 0) return 0;
    found_.clear();  // newest first
    const auto& numbers = list->second;
    for (std::size_t i = 0; i < std::min(numbers.size(), longest_walk); ++i) {
        Attempt* old = find(numbers[numbers.size() - 1 - i]);
        if (old != nullptr && !old->is_gone && belongs(*old, event, origin, tie) &&
            has_room(*old, event, origin))
            found_.push_back(old);
    }
    // A session's line is its last; of lines without a session there is one for each try, in order.
    if (tie != Tie::session && wanted == 1) std::ranges::reverse(found_);
    std::uint32_t claimed = 0;
    const std::vector<Attempt*> found = found_;
    for (Attempt* old : found) {
        if (claimed >= wanted) break;
        const std::size_t layer = origin == Origin::door ? door : static_cast<std::size_t>(event.layer);
        const std::uint32_t room = old->tries - std::min<std::uint32_t>(old->tries, old->claimed[layer]);
        const std::uint32_t taken = std::clamp(room, 1U, wanted - claimed);
        old->claimed[layer] = static_cast<std::uint16_t>(old->claimed[layer] + taken);
        claimed += taken;
        if (layer <= static_cast<std::size_t>(Layer::front)) notes_.settle(old->note);
        if (origin == Origin::door) old->note = notes_.add(event, old->number, now_);
        merge(*old, event, origin);
    }
    return claimed;
}

std::uint32_t LiveJoiner::claim_notes(const Event& event, std::uint32_t wanted) {
    const auto attempts = notes_.claim(event, wanted, now_);
    for (const std::uint64_t number : attempts) {
        Attempt* old = find(number);
        if (old == nullptr) continue;
        ++old->claimed[static_cast<std::size_t>(event.layer)];
        if (number == attempts.front()) merge(*old, event, Origin::log);
    }
    return static_cast<std::uint32_t>(attempts.size());
}

/// Two password databases leave two lines of a try of which the door has told once.
bool LiveJoiner::overflows_door(const Event& event) {
    for (const Tie tie : {Tie::session, Tie::both}) {
        Index& ways = index_[static_cast<std::size_t>(tie)];
        const auto list = ways.find(tie_hash(event, tie));
        if (list == ways.end() || list->first == 0) continue;
        for (const std::uint64_t number : list->second) {
            const Attempt* old = find(number);
            if (old != nullptr && old->claimed[door] != 0 && is_tied(old->event, event, tie) &&
                (has_failed(event) || has_succeeded(old->event)) &&
                distance(old->event, event) < same_try_window)
                return true;
        }
    }
    return false;
}

/// A session's line stands for all of its attempts: how many were counted? Forgets the session.
std::uint32_t LiveJoiner::counted_of_session(const Event& event) {
    if (event.session.empty() || event.outcome == Outcome::abort) return 0;
    const auto session = sessions_.find(tie_hash(event, Tie::session));
    if (session == sessions_.end()) return 0;
    const std::uint32_t counted = session->second.counted;
    sessions_.erase(session);
    return has_failed(event) ? counted : 0;
}

/// A failure just before its session's success is part of it: the first of two password databases.
void LiveJoiner::settle_success(const Event& event, Origin origin) {
    for (const Tie tie : ties) {
        Index& ways = index_[static_cast<std::size_t>(tie)];
        const auto list = ways.find(tie_hash(event, tie));
        if (list == ways.end() || list->first == 0) continue;
        bool any = false;
        for (const std::uint64_t number : list->second) {
            Attempt* old = find(number);
            if (old == nullptr || old->is_gone || !has_failed(old->event) || old->claimed[door] != 0)
                continue;
            const bool inner =
                is_inner(old->event) && (origin == Origin::door || event.layer < old->event.layer);
            if (!inner || !is_tied(old->event, event, tie) || distance(old->event, event) > joining_window ||
                !can_hold(event, old->event, tie == Tie::session))
                continue;
            withdraw(*old);
            any = true;
        }
        if (any) return;
    }
}

}  // namespace tidegate::observe
