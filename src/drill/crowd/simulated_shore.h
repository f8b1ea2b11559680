#pragma once
// The shore of a drill in simulated time: with the edge and the servers behind it.

#include "drill/crowd/behind.h"
#include "drill/crowd/door.h"
#include "drill/crowd/shore.h"

namespace tidegate::drill {

/// Thread: one at a time.  Owner: the scenario outlives it.
struct SimulatedShore : Shore {
    static constexpr std::uint32_t first_mail_server = 1'000'000;  // of numbers in Agenda::Kind::done

    SimulatedShore(const Scenario& s, std::uint64_t seed)
        : Shore(s, seed, edge),
          log_ins(s.servers, "node", 0, calls, agenda, Dice(draw(seed, 2))),
          mail(s.mail_servers, "mx", first_mail_server, calls, agenda, Dice(draw(seed, 3))),
          edge(s, agenda, log_ins, mail, draw(seed, 4)) {}

    Behind log_ins, mail;
    Door edge;
};

}  // namespace tidegate::drill
