// LiveJoiner: of which attempt, told of before, is a line or a door's word?

#include <algorithm>

#include "observe/follow/live_joiner.h"

namespace tidegate::observe {
namespace {

constexpr std::size_t longest_walk =
    64;  // a flood from one address must not make every line search all others

}  // namespace

template <class Visit>
void LiveJoiner::walk(Tie tie, std::uint64_t hash, Visit visit) {
    attempts_.walk(static_cast<std::size_t>(tie), hash,
                   [&](Attempt& old) { return old.is_gone || visit(old); });
}

/// The second password database's word on a try that the first one has told of.
bool LiveJoiner::join_same_try(const Word& word) {
    Attempt* first = nullptr;
    walk(Tie::session, word.hash(Tie::session), [&](Attempt& old) {
        if (old.origin == Origin::log && is_same_try(old.event, word.event)) first = &old;
        return true;
    });
    if (first == nullptr) return false;
    Event& to = first->event;
    const bool known = to.reason == Reason::bad_password || word.event.reason == Reason::bad_password;
    const bool told = !first->waits && known && to.reason != Reason::bad_password;
    if (known) to.reason = Reason::bad_password;
    if (told) tell_({Part::corrects, first->number, to});
    return true;
}

/// Whether a line can be of the attempt, whose first word is `old`.
bool LiveJoiner::belongs(const Attempt& old, const Word& word, Tie tie) {
    const Event& event = word.event;
    const Origin origin = word.origin;
    const Event& a = old.event;
    if (old.origin == Origin::door && origin == Origin::door) return false;
    if (!is_tied(a, event, tie)) return false;
    const bool same_session = tie == Tie::session;
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

bool LiveJoiner::has_room(const Attempt& old, const Word& word) {
    const bool unlimited = has_succeeded(old.event) && word.is_inner_line();
    return unlimited || old.claimed[word.layer()] < old.tries;
}

std::uint32_t LiveJoiner::claim_attempts(const Word& word, std::uint32_t wanted) {
    for (const Tie tie : ties)
        if (const std::uint32_t claimed = claim_found(word, tie, wanted); claimed != 0) return claimed;
    return 0;
}

std::uint32_t LiveJoiner::claim_found(const Word& word, Tie tie, std::uint32_t wanted) {
    found_.clear();  // newest first
    std::size_t steps = 0;
    walk(tie, word.hash(tie), [&](Attempt& old) {
        if (belongs(old, word, tie) && has_room(old, word)) found_.push_back(&old);
        return ++steps < longest_walk;
    });
    if (found_.empty()) return 0;
    // A session's line is its last; of lines without a session there is one for each try, in order.
    if (tie != Tie::session && wanted == 1) std::ranges::reverse(found_);
    std::uint32_t claimed = 0;
    const std::vector<Attempt*> found = found_;
    const std::size_t layer = word.layer();
    for (Attempt* old : found) {
        if (claimed >= wanted) break;
        const std::uint32_t room = old->tries - std::min<std::uint32_t>(old->tries, old->claimed[layer]);
        const std::uint32_t taken = std::clamp(room, 1U, wanted - claimed);
        old->claimed[layer] = static_cast<std::uint16_t>(old->claimed[layer] + taken);
        claimed += taken;
        if (layer <= static_cast<std::size_t>(Layer::front)) notes_.settle(old->note);
        if (word.is_of_door()) old->note = notes_.add(word.event, word.hashes, old->number, now_);
        merge(*old, word);
    }
    return claimed;
}

std::uint32_t LiveJoiner::claim_notes(const Word& word, std::uint32_t wanted) {
    const auto attempts = notes_.claim(word.event, word.hashes, wanted, now_);
    for (const std::uint64_t number : attempts) {
        Attempt* old = attempts_.find(number);
        if (old == nullptr) continue;
        ++old->claimed[word.layer()];
        if (number == attempts.front()) merge(*old, word);
    }
    return static_cast<std::uint32_t>(attempts.size());
}

/// Two password databases leave two lines of a try of which the door has told once.
bool LiveJoiner::overflows_door(const Word& word) {
    const Event& event = word.event;
    bool overflows = false;
    for (const Tie tie : {Tie::session, Tie::both}) {
        walk(tie, word.hash(tie), [&](const Attempt& old) {
            overflows = old.claimed[door] != 0 && is_tied(old.event, event, tie) &&
                        (has_failed(event) || has_succeeded(old.event)) &&
                        distance(old.event, event) < same_try_window;
            return !overflows;
        });
        if (overflows) return true;
    }
    return false;
}

/// A session's line stands for all of its attempts: how many were counted? Forgets the session.
std::uint32_t LiveJoiner::counted_of_session(const Word& word) {
    if (sessions_.empty() || word.event.session.empty() || word.event.outcome == Outcome::abort) return 0;
    const auto session = sessions_.find(word.hash(Tie::session));
    if (session == sessions_.end()) return 0;
    const std::uint32_t counted = session->second.counted;
    sessions_.erase(session);
    return has_failed(word.event) ? counted : 0;
}

/// A failure just before its session's success is part of it: the first of two password databases.
void LiveJoiner::settle_success(const Word& word) {
    if (attempts_.find(inner_failure_) == nullptr) return;  // no such line is left
    for (const Tie tie : ties) {
        bool any = false;
        walk(tie, word.hash(tie), [&](Attempt& old) {
            const bool inner = has_failed(old.event) && old.claimed[door] == 0 && is_inner(old.event) &&
                               (word.is_of_door() || word.event.layer < old.event.layer);
            if (!inner || !is_tied(old.event, word.event, tie) ||
                distance(old.event, word.event) > joining_window ||
                !can_hold(word.event, old.event, tie == Tie::session))
                return true;
            withdraw(old);
            any = true;
            return true;
        });
        if (any) return;
    }
}

}  // namespace tidegate::observe
