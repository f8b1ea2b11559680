#pragma once
// One attempt is counted once, at once: the live counterpart of observe/joiner.h.
//
// Replay holds lines back for 3 s and keeps the outermost line of an attempt. Live, the first word of an
// attempt counts, and what comes later about the same attempt is dropped, or corrects it. The rules of what
// belongs together are the same (same_attempt.h), and so are the sums, but for three things that cannot be
// both at once and late:
//   * An inner failure waits `inner` for the rest of its try: a second password database, or the success of
//     which the failure was a part. What comes later than that withdraws it.
//     So does a failure that a door tells, while such lines come: only they say that there is no such account
//     (Debian's Dovecot 2.3.19 sends no fail_type).
//   * A line without a client's address (PAM, saslauthd), and one from this machine while a webmail or proxy
//     log is followed, says nothing about anybody: it waits `nameless` for the line that does.
//   * A front line that says `N attempts` counts N less those that were counted before.
//
// A door (auth policy, auth_http, the JSON API) that reports an attempt itself knows of it first, perhaps
// without a session: its attempt swallows one line of every log layer, each for as long as that layer may
// take. Of a session's last line that is 15 minutes, by address and account where the door knows no session.

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "event/event.h"
#include "observe/follow/door_notes.h"
#include "observe/follow/recent.h"
#include "observe/same_attempt.h"

namespace tidegate::observe {

/// Who saw it.
enum class Origin : std::uint8_t { log, door };

/// What is to be done with an event.
enum class Part : std::uint8_t {
    counts,     // judge it, learn it, store it: event.attempts is how many
    corrects,   // of the attempt counted before under this number more is known; it is not counted again
    withdraws,  // the attempt counted under this number was a part of another
};

/// `event` and its texts live until the function that is told returns. `number` counts attempts from 1; 0:
/// the event is no attempt, or of no layer, and passes as it is.
struct LiveAttempt {
    Part part = Part::counts;
    std::uint64_t number = 0;
    const Event& event;
};

/// How long is waited before counting, in the time of `now`; a log that is read faster than it was written
/// waits in its own time.
struct LiveWaits {
    Duration inner = std::chrono::milliseconds(25);
    Duration nameless = std::chrono::seconds(3);
};

/// Thread: one at a time.  Cost: below half a microsecond an attempt; memory of the last 4 s, at most 32,768
/// attempts (some 20 MiB then), and of 65,536 attempts of doors and as many sessions for 15 minutes.
/// Fails: never; what is forgotten early counts twice at worst.
class LiveJoiner {
public:
    explicit LiveJoiner(std::function<void(const LiveAttempt&)> tell, LiveWaits waits = {});

    /// `now` is the moment at which the event was received.
    void push(const Event& event, Origin origin, Time now);
    /// Counts what has waited long enough. To be called at next_tick(), if nothing is pushed before.
    void tick(Time now);
    [[nodiscard]] std::optional<Time> next_tick() const;
    /// Counts all that waits.
    void finish();

    /// Lines that were part of an attempt that another line or a door had told of.
    [[nodiscard]] std::uint64_t joined() const { return joined_; }
    [[nodiscard]] std::uint64_t withdrawn() const { return withdrawn_; }

private:
    static constexpr std::size_t layers = 7;
    static constexpr std::size_t door = layers;  // beside the layers

    /// What is being said, by whom, and by what it can be tied to what was said before.
    struct Word {
        Event event;
        Origin origin;
        TieHashes hashes;

        [[nodiscard]] bool is_of_door() const { return origin == Origin::door; }
        [[nodiscard]] bool is_inner_line() const { return !is_of_door() && is_inner(event); }
        [[nodiscard]] bool is_front_line() const { return !is_of_door() && !is_inner(event); }
        [[nodiscard]] std::uint64_t hash(Tie tie) const { return hashes[static_cast<std::size_t>(tie)]; }
        [[nodiscard]] std::size_t layer() const {
            return is_of_door() ? door : static_cast<std::size_t>(event.layer);
        }
    };
    /// How an attempt stands; apart from what it was, whose memory is used again.
    struct Standing {
        std::uint64_t number = 0;
        std::uint64_t note = 0;                           // the door's, 0: none
        std::array<std::uint16_t, layers + 1> claimed{};  // lines of each layer that it stands for
        std::uint32_t tries = 1;
        Time clock{};  // of the logs when it came
        Time seen{};
        Time due{};  // while it waits
        Origin origin = Origin::log;
        bool waits = false;
        bool is_gone = false;  // part of another
    };
    struct Attempt : Standing {
        Event event;
        std::vector<char> texts;  // what its views point to
    };
    struct Session {
        std::uint32_t counted = 0;
        Time seen{};
    };

    [[nodiscard]] bool is_part_of_earlier(Word& word);
    [[nodiscard]] bool join_same_try(const Word& word);
    [[nodiscard]] std::uint32_t claim_attempts(const Word& word, std::uint32_t wanted);
    [[nodiscard]] std::uint32_t claim_found(const Word& word, Tie tie, std::uint32_t wanted);
    [[nodiscard]] std::uint32_t claim_notes(const Word& word, std::uint32_t wanted);
    [[nodiscard]] static bool belongs(const Attempt& old, const Word& word, Tie tie);
    [[nodiscard]] static bool has_room(const Attempt& old, const Word& word);
    [[nodiscard]] bool overflows_door(const Word& word);
    [[nodiscard]] std::uint32_t counted_of_session(const Word& word);
    void settle_success(const Word& word);
    void count_of_session(const Event& event, std::uint64_t hash);
    void merge(Attempt& old, const Word& word);
    [[nodiscard]] static bool learn_more(Attempt& old, const Word& word);
    void withdraw(Attempt& old);
    void add(const Word& word);
    void wait_or_count(Attempt& attempt);
    [[nodiscard]] Duration wait_of(const Attempt& attempt) const;
    void count(Attempt& attempt);
    void link(const Attempt& attempt, const TieHashes& hashes);
    /// Visits what was told of before and can be tied to `hash`, the newest first, until `visit` says false.
    template <class Visit>
    void walk(Tie tie, std::uint64_t hash, Visit visit);
    void forget();
    void forget_sessions();
    [[nodiscard]] bool is_over(const Attempt& attempt, std::size_t queue) const;

    std::function<void(const LiveAttempt&)> tell_;
    LiveWaits waits_;
    Time now_{};
    Time clock_{};       // the latest time of the logs
    Time through_us_{};  // when a webmail or proxy was last heard of
    Time inner_{};       // when a log behind the daemons was
    std::uint64_t joined_ = 0;
    std::uint64_t withdrawn_ = 0;
    Recent<Attempt, tie_count> attempts_;
    std::uint64_t inner_failure_ = 0;                   // the number of the newest one
    std::array<std::deque<std::uint64_t>, 2> waiting_;  // short, long
    DoorNotes notes_;
    boost::unordered_flat_map<std::uint64_t, Session> sessions_;
    std::deque<std::pair<std::uint64_t, Time>> sessions_in_order_;
    std::vector<Attempt*> found_;  // of one search
};

}  // namespace tidegate::observe
