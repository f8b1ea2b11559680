#pragma once
// What doors were told of attempts that they let through, until somebody tells the outcome.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "event/event.h"

namespace tidegate::app {

/// A door that hears of no outcome (nginx's auth_http) leaves it to the servers' logs, which know neither our
/// hash of the password nor how the client spoke. Both must be learned with the outcome, or what is asked can
/// never be compared with what was.
/// Thread: one at a time.  Cost: some 0.2 us; of the last minute, at most 65,536 questions (some 16 MiB).
class Questions {
public:
    struct Asked {
        Time time{};
        std::optional<std::uint64_t> guess;
        std::optional<std::uint8_t> tag;
        std::string method, client, ehlo;
        /// Says the same of another event, whose texts it owns then.
        void tell(Event& event) const;
    };

    /// The attempt goes on to the password database.
    void note(const Event& event);
    /// The oldest question of this address and account that has no outcome yet: it has one now.
    [[nodiscard]] std::optional<Asked> take(const Event& outcome);
    [[nodiscard]] std::size_t count() const { return count_; }

private:
    void forget(Time now);

    std::unordered_map<std::uint64_t, std::deque<Asked>> asked_;  // by address and account
    std::deque<std::pair<std::uint64_t, Time>> order_;
    std::size_t count_ = 0;
};

}  // namespace tidegate::app
