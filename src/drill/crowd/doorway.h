#pragma once
// What callers of a drill find at the other end: the edge in simulated time, or one that runs.

#include <cstdint>
#include <vector>

#include "drill/crowd/calls.h"

namespace tidegate::drill {

/// The edge as callers know it. `at` is now.
/// Thread: one at a time.  Fails: never; who gets no answer hears that.
class Doorway {
public:
    Doorway() = default;
    virtual ~Doorway() = default;
    Doorway(const Doorway&) = delete;
    Doorway& operator=(const Doorway&) = delete;

    /// A connection is opened; `mark` is that of the call.
    virtual void call(Moment at, CallId call, std::uint32_t mark, const Guest& guest) = 0;
    /// Once it was greeted: what it is there for.
    virtual void speak(Moment at, CallId call, const Words& words) = 0;
    /// From now on a byte now and then, and never anything whole.
    virtual void trickle(Moment at, CallId call) = 0;
    /// It begins a TLS handshake, and stops amid it.
    virtual void begin_tls(Moment at, CallId call) = 0;
    virtual void hang_up(Moment at, CallId call) = 0;
    /// What they hear; `out` is emptied first. Whoever was told `closed`, `put_off`, `refused`, `taken` mail,
    /// `rejected`, `cut` or `moved`, or nothing, is connected no more.
    virtual void take_replies(std::vector<Reply>& out) = 0;
};

}  // namespace tidegate::drill
