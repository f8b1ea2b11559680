#pragma once
// One attempt that left several lines is one attempt.
//
// A log-in through Dovecot with a password database leaves a line of the worker (why it failed), perhaps one
// of the authentication server and of PAM, and one of the daemon that spoke to the client (how it came:
// method, TLS, port; and how many attempts the session made). Which lines belong together, in this order:
//   1. both name a session: the same one;
//   2. else the same address and the same account, or one line lacks the account (Postfix before 3.9), or
//      one lacks the address (saslauthd, PAM) and the accounts are the same; at most 3 s apart.
// Only lines of different layers (Event::layer) are joined, but for failures of one session, account and
// layer less than 2 s apart of which one says 'unknown account': two password databases that were asked in
// turn. And only of services that can be one attempt. A webmail's or a proxy's log-in is made from its own
// machine: for them an address of this machine counts as none.
//
// The outermost line stays and learns from the others what it does not know better: why, the account, the
// guess. The others get `attempts` 0. A front line that says `N attempts` stands for max(k, N), k being the
// session's inner lines; those that were attempts of their own (more than 3 s before) count on their own
// lines, and it for the rest. An inner failure less than 2 s before its session's success is part of it (the
// first of two password databases); one earlier was a mistyped password.

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "observe/item.h"
#include "observe/pipeline.h"
#include "observe/same_attempt.h"

namespace tidegate::observe {

/// Holds items back until no line can change them any more: 3 s of the log's time or 65,536 attempts,
/// whichever comes first. What is joined depends on the stream of events alone, not on how it was cut into
/// items.
/// Thread: one at a time.  Cost: nothing while the stream has lines of one layer only and files do not
/// overlap: items pass at once. The first line of another layer switches the machinery on: then about 0.2 us
/// an attempt and 12 MiB.
class Joiner {
public:
    /// `prepare` makes the knocks of events that were changed; may be empty. `from_start`: the order of the
    /// stream may be off by a second from its beginning.
    Joiner(std::function<void(Work&)> prepare, bool from_start);
    ~Joiner();
    Joiner(const Joiner&) = delete;
    Joiner& operator=(const Joiner&) = delete;

    /// Takes the next item and moves what is decided to `out`.
    void push(ItemPtr item, std::vector<ItemPtr>& out);
    /// No more will come.
    void finish(std::vector<ItemPtr>& out);

    /// Lines that were joined into another one so far.
    [[nodiscard]] std::uint64_t joined() const { return joined_; }

private:
    struct Unit;
    struct Held {
        ItemPtr item;
        Time clock{};             // the stream's at its end
        std::uint64_t units = 0;  // as many there were at its end
    };
    struct Session {
        std::uint32_t details = 0;  // inner failures seen
        Time last{};
    };
    struct Head {
        std::uint64_t newest = 0;  // unit's number + 1
        Time clock{};
    };

    void switch_on();
    void see(Item& item, std::uint32_t index);
    void join(Unit& unit);
    [[nodiscard]] bool absorb_inner(Unit& outer);
    Unit& absorb_tries(Unit& outer, Tie tie);
    [[nodiscard]] bool join_same_try(Unit& unit);
    [[nodiscard]] bool join_outer(Unit& inner);
    void settle_session(Unit& front, bool absorbed);
    void count_detail(const Unit& detail);
    void forget_sessions();
    void absorb(Unit& outer, Unit& inner);
    void take_attempts(Unit& unit, std::uint32_t count);
    void mark_changed(const Unit& unit);
    void insert(Unit& unit);
    template <class Visit>
    void walk(const Unit& unit, Tie tie, Visit visit);
    void release(std::vector<ItemPtr>& out, bool all);
    void prepare_changed(Item& item);

    std::function<void(Work&)> prepare_;
    bool on_ = false;
    Time clock_{};
    Time last_layered_{};
    std::uint64_t joined_ = 0;
    std::uint64_t units_seen_ = 0;
    std::deque<Held> held_;
    std::vector<Unit> units_;  // a ring, by number, once it is full
    std::vector<Head> heads_;  // by way and hash: its newest unit
    boost::unordered_flat_map<std::uint64_t, Session> sessions_;
    std::deque<std::pair<std::uint64_t, Time>> sessions_in_order_;
    std::vector<Unit*> found_;  // of one search
    std::vector<Event> all_events_;
    std::vector<judge::Knock> all_knocks_;
};

}  // namespace tidegate::observe
