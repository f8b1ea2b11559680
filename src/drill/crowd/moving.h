#pragma once
// A domain that is moved to a second listener for mail, and who knows of it by when.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drill/crowd/agenda.h"
#include "drill/scenario.h"

namespace tidegate::drill {

/// Listeners for mail, as a guest knows them: the one that is always there, and one for what is moved.
inline constexpr std::uint8_t usual_listener = 0, second_listener = 1;

/// Names of ours are looked up, and kept for as long as the name says: a host that wants to bring mail goes
/// to the old address until what it knows is too old, each at a time of its own. Thread: any, once it is
/// made.  Cost: a comparison of names.
class Moving {
public:
    /// `begin`: of the attack. Without a change of the kind nothing is ever moved.
    Moving(const Scenario& scenario, Moment begin);

    [[nodiscard]] bool is_moved(std::string_view recipient) const;
    /// Where a host goes with mail. `key` is its own.
    [[nodiscard]] std::uint8_t listener_for(Moment at, std::string_view recipient, std::uint64_t key) const;
    [[nodiscard]] std::optional<Moment> moved_at() const { return at_; }
    /// From then on nobody who looks it up goes to the old address.
    [[nodiscard]] std::optional<Moment> known_from() const;

private:
    std::optional<Moment> at_;
    Moment lifetime_ = 0;
    std::string domain_;
};

}  // namespace tidegate::drill
