#pragma once
// The servers' fate: who dies, comes and goes, and how evenly they are used meanwhile.

#include <cstdint>
#include <vector>

#include "drill/crowd/sessions.h"
#include "drill/crowd/simulated_shore.h"

namespace tidegate::drill {

/// Carries the scenario's changes out, and looks at the nodes every ten seconds.
/// Thread: one at a time.
class Nodes {
public:
    Nodes(SimulatedShore& shore, Sessions& sessions);

    void start();
    void change(Moment at, std::uint32_t index);
    /// Once a second.
    void look(Moment at);

private:
    enum class State : std::uint8_t { up, dead, quarantined };
    struct Node {
        State state = State::up;
        Moment since = -an_hour;
    };
    /// Where everybody was when one node came.
    struct Addition {
        Moment until = never;
        std::vector<std::uint32_t> before;
    };

    [[nodiscard]] std::vector<Node>& nodes(Port port) { return nodes_[static_cast<std::size_t>(port)]; }
    [[nodiscard]] Behind& behind(Port port) { return port == Port::smtp ? shore_.mail : shore_.log_ins; }
    [[nodiscard]] std::uint32_t oldest(Port port, State state);
    void go(Moment at, Port port, State from, State to);
    void add(Moment at, Port port);
    void note_capacity(Moment at);
    void compare();

    SimulatedShore& shore_;
    Sessions& sessions_;
    std::array<std::vector<Node>, 2> nodes_;
    Addition addition_;
};

}  // namespace tidegate::drill
