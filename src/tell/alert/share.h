#pragma once
// How many messages one way may carry.

#include <array>
#include <cstdint>
#include <deque>

#include "tell/alert/gathering.h"

namespace tidegate::tell {

/// So many within an hour, and half of them of one kind, so that a flood of one kind leaves room for the
/// others.  Thread: one at a time.
class Share {
public:
    enum class Answer : std::uint8_t { go, go_as_last, hold };

    explicit Share(unsigned most_an_hour) : most_(most_an_hour) {}
    /// Whether a message may go now; it then counts. The last before something is held back says so.
    [[nodiscard]] Answer ask(AlertKind kind, Moment now);
    /// Held back since a message went last.
    [[nodiscard]] std::uint64_t held() const { return held_; }
    void clear_held() { held_ = 0; }

private:
    [[nodiscard]] bool has_room(AlertKind kind, Moment now);

    unsigned most_;
    std::deque<Moment> all_;
    std::array<std::deque<Moment>, alert_kinds.size()> of_kind_;
    std::uint64_t held_ = 0;
};

}  // namespace tidegate::tell
