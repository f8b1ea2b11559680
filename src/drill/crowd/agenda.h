#pragma once
// What happens next.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "drill/world.h"

namespace tidegate::drill {

/// Things due, in order of time; of the same moment in the order in which they were put down.
/// Thread: one at a time.  Cost: the logarithm of how many wait.  Fails: never.
class Agenda {
public:
    enum class Kind : std::uint8_t {
        flood,        // a flood's next connection; who: which flood
        mail,         // a kind of mail's next message; who: which kind
        redial,       // who: a call that nobody answered
        resend,       // who: a message that was put off
        log_in,       // who: a session that is not there yet
        session_end,  // who: a session
        speak,        // who: a call; what it says next
        hang_up,      // who: a call whose caller has had enough
        accept,       // the edge takes the next connection from the kernel
        deadline,     // who: a call; the edge's patience
        entry,        // who: a call; the edge tries again to find it a server
        done,         // who: a server; it may have finished something
        change,       // who: index of the scenario's change
        tick,         // a second has passed
    };
    struct Due {
        Moment at = 0;
        std::uint64_t order = 0;
        std::uint32_t who = 0;
        std::uint32_t mark = 0;  // what `who` must still be for this to matter
        Kind kind = Kind::tick;
    };

    /// Nothing happens for `never`.
    void add(Moment at, Kind kind, std::uint32_t who = 0, std::uint32_t mark = 0) {
        if (at == never) return;
        heap_.push_back({at, order_++, who, mark, kind});
        std::ranges::push_heap(heap_, later);
    }
    [[nodiscard]] bool empty() const { return heap_.empty(); }
    [[nodiscard]] Moment next() const { return heap_.empty() ? never : heap_.front().at; }
    Due take() {
        std::ranges::pop_heap(heap_, later);
        const Due due = heap_.back();
        heap_.pop_back();
        return due;
    }

private:
    static bool later(const Due& a, const Due& b) { return a.at != b.at ? a.at > b.at : a.order > b.order; }

    std::vector<Due> heap_;
    std::uint64_t order_ = 0;
};

}  // namespace tidegate::drill
