#pragma once
// Hops that become slow, and landmarks that stop answering.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "event/incident.h"
#include "tell/incident/log.h"
#include "tell/incident/pulse.h"

namespace tidegate::tell {

/// A hop that took three times as long as usual.
struct SlowHop {
    Hop hop = Hop::database;
    Time since{};
    double factor = 1;  // times as long as usual, at its worst
};

/// Tells when a hop's last minute is three times as slow as usual, and when it is well again.
/// Thread: one at a time.
class Hops {
public:
    /// Call after each beat.
    void tick(Time now, const Pulse& pulse, const Usual& usual, Log& log);
    /// The first that became slow within [from, until).
    [[nodiscard]] std::optional<SlowHop> first_slow(Time from, Time until) const;

private:
    static constexpr std::size_t most = 64;
    struct State {
        bool slow = false;
        std::size_t episode = 0;
    };
    void begins(SlowHop slow);

    std::array<State, hop_count> states_{};
    std::vector<SlowHop> episodes_;
};

/// Tells when a landmark stops answering, and when it answers again. Two probes in a row make it so.
/// Thread: one at a time.
class Landmarks {
public:
    void tell(const ProbeNotice& probe, Log& log);

private:
    static constexpr std::size_t most = 256;
    struct State {
        std::uint32_t in_a_row = 0;  // contrary to what is told
        bool away = false;
    };
    std::map<std::string, State, std::less<>> states_;
};

}  // namespace tidegate::tell
