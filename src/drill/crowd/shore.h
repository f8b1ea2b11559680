#pragma once
// What all callers of a drill at the edge share.

#include <functional>

#include "drill/crowd/agenda.h"
#include "drill/crowd/calls.h"
#include "drill/crowd/doorway.h"
#include "drill/crowd/ledger.h"
#include "drill/crowd/moving.h"
#include "drill/crowd/recipients.h"

namespace tidegate::drill {

/// Thread: one at a time.  Owner: the scenario and the door outlive it.
struct Shore {
    Shore(const Scenario& s, std::uint64_t seed, Doorway& d);

    /// Whoever hears nothing sends his SYN again after 1, 2, 4 and 8 seconds (RFC 6298 has the second and the
    /// doubling, Linux the kernel's count, which connection timeouts of half a minute cut short); then
    /// nothing.
    [[nodiscard]] static std::optional<Moment> next_syn(Moment at, unsigned before) {
        constexpr unsigned most = 4;
        return before < most ? std::optional(at + (a_second << before)) : std::nullopt;
    }
    /// Somewhere in one of the world's `networks` ASes, the largest being the likeliest.
    [[nodiscard]] Place somewhere(const Weighted& shares, std::uint64_t key) const;
    [[nodiscard]] Guest guest_at(const Place& place, Port port, std::uint32_t lists) const;
    /// The lists that name an address, as bits, by chance.
    [[nodiscard]] std::uint32_t lists_for(const ListShares& shares, std::uint64_t key) const;

    /// What nodes bear from `at` on: log-ins a second.
    void capacity_is(Moment at, double log_ins_a_second) { capacity_.emplace_back(at, log_ins_a_second); }
    /// How long so many log-ins take at the least, from a moment on.
    [[nodiscard]] double seconds_to_log_in(Moment from, std::size_t log_ins) const;

    const Scenario& scenario;
    Moment first, begin, end;                      // when the quiet begins, the attack, and all is over
    Moment attack_from = never, attack_until = 0;  // while a flood or a storm of spam lasts
    Networks networks;
    Agenda agenda;
    Calls calls;
    Doorway& door;
    CrowdCounts counts;
    Recipients recipients;
    Moving moving;
    /// Where a guest really comes from; none: from where he is simulated.
    std::function<Address(const Guest&)> locate{};
    double pace = 1;  // hosts that were put off come again so many times as soon as they would

private:
    std::vector<std::pair<Moment, double>> capacity_;
};

}  // namespace tidegate::drill
