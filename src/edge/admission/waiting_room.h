#pragma once
// Those who wait for one server: a line for each class, in it one for each network; for this folder alone.

#include <cstddef>
#include <cstdint>

#include "edge/admission/attempts.h"
#include "edge/admission/keyed_slab.h"

namespace tidegate::edge {

/// How late a line is (admission.h).
struct Lateness {
    bool stands = false;
    bool rising = false;
    Moment stands_at{};  // once it is late until then; where it is rising
    Moment sent_away{};  // somebody was, the last time; where it stands

    /// `age`: for how long its eldest has waited; 0 where there is none. Whether `stands` has changed.
    bool look(Moment now, Span age, Span target, Span interval);
};

/// Thread: one at a time.  Cost: O(1).  Allocates at first only.
/// Owner: `attempts` outlives it.
class WaitingRoom {
public:
    WaitingRoom(const AdmissionRules& rules, Attempts& attempts);

    /// Its class has as many waiting as it may.
    [[nodiscard]] bool is_full(ClientClass which) const { return size(which) >= most_[which]; }
    /// Its network has as many waiting as it may.
    [[nodiscard]] bool is_crowded(ClientClass which, std::uint64_t network) const;
    /// At the end of the line of the attempt's class and network. Requires that the line is not full.
    void push(AttemptIndex index);
    void erase(AttemptIndex index);
    /// Whose turn it is, taken out: of the networks the next, of its attempts the eldest, or the youngest
    /// where the line stands. Requires somebody.
    [[nodiscard]] AttemptIndex pop(ClientClass which);
    [[nodiscard]] AttemptIndex eldest(ClientClass which) const { return lines_[which].all.first(); }

    [[nodiscard]] std::size_t size(ClientClass which) const { return lines_[which].all.size(); }
    [[nodiscard]] std::size_t most(ClientClass which) const { return most_[which]; }
    [[nodiscard]] std::size_t most_together() const;
    [[nodiscard]] Lateness& lateness(ClientClass which) { return lines_[which].lateness; }
    [[nodiscard]] const Lateness& lateness(ClientClass which) const { return lines_[which].lateness; }

private:
    struct Flow {
        AttemptList<&Attempt::in_flow> all;
        std::uint32_t before = 0, after = 0;  // in the ring of its class
    };
    struct Line {
        AttemptList<&Attempt::in_line> all;          // eldest first
        std::uint32_t turn = KeyedSlab<Flow>::none;  // whose it is, of the networks
        Lateness lateness;
    };

    void enter_ring(Line& line, std::uint32_t flow);
    void leave_ring(Line& line, std::uint32_t flow);

    Attempts& attempts_;
    double network_part_;
    ByClass<std::size_t> most_;
    ByClass<Line> lines_;
    KeyedSlab<Flow> flows_;
};

}  // namespace tidegate::edge
