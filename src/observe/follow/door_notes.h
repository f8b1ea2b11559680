#pragma once
// What doors have reported and a log may still tell again.

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <vector>

#include "event/event.h"
#include "observe/same_attempt.h"

namespace tidegate::observe {

/// One attempt of a door that waits for its front line.
struct DoorNote {
    std::uint64_t number = 0;   // of the attempt
    std::uint64_t address = 0;  // hashes; 0: not known
    std::uint64_t account = 0;
    std::uint64_t session = 0;
    Time seen{};
    Service service = Service::unknown;
    Outcome outcome = Outcome::none;
    bool claimed = false;
};

/// Thread: one at a time.  Cost: 64 bytes a note, at most 65,536 notes of 15 minutes.
class DoorNotes {
public:
    /// Returns the note's number, from 1.
    std::uint64_t add(const Event& event, const TieHashes& hashes, std::uint64_t attempt, Time now);
    /// As many notes, at most `wanted`, as the front line `event` stands for; marks them claimed and
    /// returns the numbers of their attempts. None, unless one is of the line's account.
    [[nodiscard]] std::vector<std::uint64_t> claim(const Event& event, const TieHashes& hashes,
                                                   std::uint32_t wanted, Time now);
    /// The front line of this note's attempt was found otherwise.
    void settle(std::uint64_t note);

private:
    [[nodiscard]] static bool can_be_of(const DoorNote& note, const Event& event, std::uint64_t session,
                                        Time now);
    void forget(Time now);

    std::uint64_t first_ = 1;  // number of the oldest note
    std::deque<DoorNote> notes_;
    boost::unordered_flat_map<std::uint64_t, std::vector<std::uint64_t>> by_address_;
};

}  // namespace tidegate::observe
