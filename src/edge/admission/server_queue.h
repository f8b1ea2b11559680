#pragma once
// One server's limit, those it holds and those who wait for it; for this folder alone.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "edge/admission/attempts.h"
#include "edge/admission/limiter.h"
#include "edge/admission/waiting_room.h"

namespace tidegate::edge {

/// What all servers share.
struct AdmissionGround {
    AdmissionRules rules;
    LimitLog& log;
    Attempts attempts;
    std::vector<Called> called;
};

/// See admission.h, which promises what this does.
/// Thread: one at a time.  Owner: `ground` outlives it.
class ServerQueue {
public:
    ServerQueue(AdmissionGround& ground, ServerIndex index, const LimiterRules& rules);

    void close(Moment now);
    void reopen(Moment now);
    [[nodiscard]] Reply ask(Moment now, const Applicant& applicant);
    void leave(Moment now, AttemptIndex index, Span took, Served served);
    void withdraw(Moment now, AttemptIndex index);
    void move(Moment now, AttemptIndex index, ClientClass to);
    /// Sends the late away, then calls whom there is room for.
    void advance(Moment now);

    [[nodiscard]] const Limiter& limiter() const { return limiter_; }
    [[nodiscard]] const WaitingRoom& room() const { return room_; }
    [[nodiscard]] unsigned held(ClientClass which) const { return held_[which]; }

private:
    /// A class's account of what it had of the server. Start-time fair queuing: who waits with the smallest
    /// `next` goes first; times are in usual stays, divided by the share.
    struct Account {
        double next = 0;
        double stay = 0;  // seconds that its attempts hold a place, in the mean
        double used = 0;  // places that it held of late at most
    };

    [[nodiscard]] bool may_hold(ClientClass which) const;
    [[nodiscard]] double kept_from(ClientClass which) const;
    [[nodiscard]] double kept_for_better(ClientClass which) const;
    void remember_use(Moment now);
    [[nodiscard]] bool next_class(ClientClass& which) const;
    void admit(Moment now, AttemptIndex index);
    void settle(Moment now, const Attempt& attempt);
    void enqueue(Moment now, AttemptIndex index);
    void call(AttemptIndex index, Ruling ruling, ShedReason reason);
    void shed(AttemptIndex index, ShedReason reason);
    void send_away_late(Moment now, ClientClass which);
    void forget(AttemptIndex index);
    void note_limit(Moment now, LimitReason reason);
    void note_late(Moment now, ClientClass which, bool stands);

    AdmissionGround& ground_;
    ServerIndex index_;
    Limiter limiter_;
    WaitingRoom room_;
    ByClass<unsigned> held_;
    ByClass<Account> accounts_;
    double virtual_time_ = 0, stay_ = 0;
    double shares_;  // their sum
    Moment used_at_{};
    unsigned noted_limit_ = 0;
    bool closed_ = false;
};

}  // namespace tidegate::edge
