#include "observe/follow/live_joiner.h"

#include <algorithm>
#include <cstring>

namespace tidegate::observe {
namespace {

constexpr std::size_t most_attempts = std::size_t{1} << 15;
constexpr Duration memory = joining_window + late_window;
constexpr Duration session_memory = std::chrono::minutes(15);
constexpr Duration through_us_memory = std::chrono::hours(1);
constexpr Duration inner_memory = std::chrono::hours(1);
constexpr std::size_t most_sessions = std::size_t{1} << 16;
constexpr std::size_t short_wait = 0;
constexpr std::size_t long_wait = 1;

/// Makes `copy` one of `event` whose texts lie in `texts`, which held none of them before.
void copy_with_texts(const Event& event, Event& copy, std::vector<char>& texts) {
    std::size_t size = 0;
    for (const auto text : event_texts) size += (event.*text).size();
    texts.resize(size);
    copy = event;
    char* at = texts.data();
    for (const auto text : event_texts) {
        const std::string_view from = event.*text;
        if (from.empty()) continue;
        std::memcpy(at, from.data(), from.size());
        copy.*text = {at, from.size()};
        at += from.size();
    }
}

template <class Value>
bool take_if_unknown(Value& to, const Value& from) {
    if (to != Value{} || from == Value{}) return false;
    to = from;
    return true;
}

}  // namespace

LiveJoiner::LiveJoiner(std::function<void(const LiveAttempt&)> tell, LiveWaits waits)
    : tell_(std::move(tell)), waits_(waits) {}

void LiveJoiner::push(const Event& event, Origin origin, Time now) {
    tick(now);
    if (event.kind != EventKind::attempt || event.attempts == 0 ||
        (origin == Origin::log && event.layer == Layer::none)) {
        tell_({Part::counts, 0, event});
        return;
    }
    if (origin == Origin::log) clock_ = std::max(clock_, event.time);
    if (origin == Origin::log && comes_through_us(event.layer)) through_us_ = now;
    if (origin == Origin::log && is_inner(event)) inner_ = now;
    forget();
    Word word{event, origin, tie_hashes(event)};
    if (is_part_of_earlier(word)) {
        ++joined_;
    } else {
        add(word);
    }
}

/// Takes from the event the attempts that were counted before; true: nothing is left.
bool LiveJoiner::is_part_of_earlier(Word& word) {
    Event& event = word.event;
    if (word.is_inner_line() && join_same_try(word)) return true;
    if (has_succeeded(event)) settle_success(word);
    std::uint32_t before = word.is_front_line() ? counted_of_session(word) : 0;
    const bool of_session = before != 0;
    const std::uint32_t wanted = has_succeeded(event) ? 1 : event.attempts;
    before = std::min(before, wanted);
    // The last of the session's attempts may still be there, to learn how it came.
    const std::uint32_t claimed = claim_attempts(word, of_session ? 1 : wanted);
    before = of_session ? before : std::min(claimed, wanted);
    if (word.is_front_line() && before < wanted && event.outcome != Outcome::abort)
        before += claim_notes(word, wanted - before);
    if (before == 0 && word.is_inner_line() && overflows_door(word)) return true;
    if (event.outcome == Outcome::abort && before != 0) return true;
    event.attempts -= std::min(event.attempts, before);
    return before >= wanted;
}

void LiveJoiner::withdraw(Attempt& old) {
    old.is_gone = true;
    if (old.waits) {
        old.waits = false;
        ++joined_;
        return;
    }
    ++withdrawn_;
    tell_({Part::withdraws, old.number, old.event});
}

/// What a later line knows better about an attempt.
void LiveJoiner::merge(Attempt& old, const Word& word) {
    const bool had_session = !old.event.session.empty();
    const bool more = learn_more(old, word);
    const TieHashes hashes = tie_hashes(old.event);
    link(old, hashes);
    if (!had_session) count_of_session(old.event, hashes[static_cast<std::size_t>(Tie::session)]);
    if (!old.waits) {
        if (more) tell_({Part::corrects, old.number, old.event});
        return;
    }
    const bool is_told_by_both = word.is_of_door() || old.origin == Origin::door;
    if (!old.event.address.is_none() && (is_told_by_both || !is_inner(word.event))) {
        old.due = now_;
        wait_or_count(old);
    }
}

bool LiveJoiner::learn_more(Attempt& old, const Word& word) {
    const Event& event = word.event;
    const Origin origin = word.origin;
    Event& to = old.event;
    bool more = false;
    if (origin == Origin::log && comes_through_us(event.layer) && is_local(to.address) &&
        !event.address.is_none()) {
        to.address = event.address;
        to.service = event.service;
        to.port = event.port;
        more = true;
    }
    // The outer line says what came of it, unless the inner one knows more.
    const bool outer = origin == Origin::log && (old.origin == Origin::door || event.layer < to.layer);
    const Reason inner_reason = outer ? to.reason : event.reason;
    const Reason outer_reason = outer ? event.reason : to.reason;
    Reason reason = knows_less(outer_reason, inner_reason) ? inner_reason : outer_reason;
    // A door may know that our own servers failed, where a log has nothing but a failure.
    const Reason of_door = old.origin == Origin::door ? to.reason : event.reason;
    const bool by_door = old.origin == Origin::door || origin == Origin::door;
    if (by_door && of_door == Reason::internal) reason = of_door;
    if (to.outcome == event.outcome && reason != to.reason && reason != Reason::none) {
        to.reason = reason;
        more = true;
    }
    if (to.outcome == event.outcome) more |= take_if_unknown(to.guess, event.guess);
    if (to.outcome == event.outcome) more |= take_if_unknown(to.tag, event.tag);
    more |= take_if_unknown(to.service, event.service);
    more |= take_if_unknown(to.port, event.port);
    more |= take_if_unknown(to.tls, event.tls);
    if (to.address.is_none() && !event.address.is_none()) {
        to.address = event.address;
        more = true;
    }
    bool texts = false;
    Event merged = to;
    for (const auto text : {&Event::account, &Event::method, &Event::session, &Event::client, &Event::ehlo})
        texts |= take_if_unknown(merged.*text, event.*text);
    if (texts) {
        std::vector<char> room;
        copy_with_texts(merged, to, room);
        old.texts.swap(room);
    }
    return more || texts;
}

void LiveJoiner::add(const Word& word) {
    const std::uint64_t number = attempts_.next_number();
    Attempt& attempt = attempts_.add();
    copy_with_texts(word.event, attempt.event, attempt.texts);
    static_cast<Standing&>(attempt) = {
        .number = number, .tries = word.event.attempts, .clock = clock_, .seen = now_, .origin = word.origin};
    attempt.claimed[word.layer()] = static_cast<std::uint16_t>(std::min(word.event.attempts, 0xffffU));
    if (word.is_of_door()) attempt.note = notes_.add(word.event, word.hashes, number, now_);
    if (word.is_inner_line() && has_failed(word.event)) inner_failure_ = number;
    link(attempt, word.hashes);
    if (word.is_of_door() || word.is_inner_line()) count_of_session(attempt.event, word.hash(Tie::session));
    attempt.due = now_ + wait_of(attempt);
    wait_or_count(attempt);
}

Duration LiveJoiner::wait_of(const Attempt& attempt) const {
    const Event& event = attempt.event;
    if (attempt.origin == Origin::door) {
        const bool logs_tell_why = inner_ != Time{} && now_ - inner_ < inner_memory;
        const bool may_know_less = has_failed(event) && knows_less(event.reason, Reason::unknown_account);
        return logs_tell_why && may_know_less && !event.measure ? waits_.inner : Duration{};
    }
    const bool through_us = through_us_ != Time{} && now_ - through_us_ < through_us_memory &&
                            !comes_through_us(event.layer) && is_local(event.address);
    if ((is_inner(event) && event.address.is_none()) || through_us) return waits_.nameless;
    return is_inner(event) && has_failed(event) ? waits_.inner : Duration{};
}

void LiveJoiner::wait_or_count(Attempt& attempt) {
    if (attempt.due <= now_) return count(attempt);
    attempt.waits = true;
    waiting_[attempt.due - now_ > waits_.inner ? long_wait : short_wait].push_back(attempt.number);
}

void LiveJoiner::count(Attempt& attempt) {
    attempt.waits = false;
    tell_({Part::counts, attempt.number, attempt.event});
}

void LiveJoiner::count_of_session(const Event& event, std::uint64_t hash) {
    if (hash == 0 || !has_failed(event)) return;
    Session& session = sessions_[hash];
    session.counted += 1;
    session.seen = now_;
    sessions_in_order_.emplace_back(hash, now_);
    forget_sessions();
}

void LiveJoiner::tick(Time now) {
    now_ = std::max(now_, now);
    for (std::size_t queue = 0; queue < waiting_.size(); ++queue) {
        auto& numbers = waiting_[queue];
        while (!numbers.empty()) {
            Attempt* attempt = attempts_.find(numbers.front());
            if (attempt != nullptr && attempt->waits && !is_over(*attempt, queue)) break;
            numbers.pop_front();
            if (attempt != nullptr && attempt->waits) count(*attempt);
        }
    }
}

/// In the time of now, or of a log that is read faster than it was written.
bool LiveJoiner::is_over(const Attempt& attempt, std::size_t queue) const {
    const Duration in_log = queue == short_wait ? same_try_window : joining_window;
    return attempt.due <= now_ || clock_ - attempt.clock > in_log;
}

std::optional<Time> LiveJoiner::next_tick() const {
    std::optional<Time> least;
    for (const auto& numbers : waiting_)
        for (const std::uint64_t number : numbers) {
            const Attempt* attempt = attempts_.find(number);
            if (attempt == nullptr || !attempt->waits) continue;
            least = least ? std::min(*least, attempt->due) : attempt->due;
            break;
        }
    return least;
}

void LiveJoiner::finish() {
    for (auto& numbers : waiting_) {
        for (const std::uint64_t number : numbers)
            if (Attempt* attempt = attempts_.find(number); attempt != nullptr && attempt->waits)
                count(*attempt);
        numbers.clear();
    }
}

/// So that it is found by all that is known of it by now.
void LiveJoiner::link(const Attempt& attempt, const TieHashes& hashes) {
    for (std::size_t way = 0; way < tie_count; ++way) attempts_.link(attempt.number, way, hashes[way]);
}

void LiveJoiner::forget() {
    while (!attempts_.empty()) {
        Attempt& oldest = attempts_.oldest();
        const bool log_over = oldest.origin == Origin::log && clock_ - oldest.clock > memory;
        const bool over = log_over || now_ - oldest.seen > memory + waits_.nameless;
        if (!over && attempts_.size() < most_attempts) return;
        if (oldest.waits) count(oldest);
        attempts_.forget_oldest();
    }
}

void LiveJoiner::forget_sessions() {
    while (!sessions_in_order_.empty()) {
        const auto [hash, time] = sessions_in_order_.front();
        const auto session = sessions_.find(hash);
        const bool stale = session == sessions_.end() || session->second.seen != time;
        if (!stale && now_ - time <= session_memory && sessions_.size() <= most_sessions &&
            sessions_in_order_.size() <= most_sessions * 4)
            return;
        if (!stale) sessions_.erase(session);
        sessions_in_order_.pop_front();
    }
}

}  // namespace tidegate::observe
