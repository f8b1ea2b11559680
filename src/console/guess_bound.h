#pragma once
// How often somebody may guess, whatever the judge says of him.

#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/address.h"
#include "console/moment.h"

namespace tidegate::console {

/// So many tries an hour that were not right, from one network (/24, /48) and at one name, whether there is
/// such a user or not. From where a user has signed in before, only the network's bound holds for him: nobody
/// elsewhere can lock him out.
/// Thread: any.  Cost: a lock and two look-ups; bounded memory: where it is full of tries of the last hour,
/// who is new there has to wait, and nobody's tries are forgotten.
class GuessBound {
public:
    static constexpr std::size_t most_tries = 10, most_kept = 8192;
    static constexpr std::chrono::seconds window = std::chrono::hours(1);

    /// Takes a try, before it is known to be right or not. What is left of the time to wait, where there is
    /// none.
    [[nodiscard]] std::optional<std::chrono::seconds> take(const Address& address, std::string_view name,
                                                           bool is_known_place, Moment now);
    /// That try was right, or was not made after all.
    void give_back(const Address& address, std::string_view name);

private:
    using Tries = std::deque<Moment>;
    [[nodiscard]] std::optional<std::chrono::seconds> wait_of(const std::string& key, Moment now);
    void make_room(Moment now);

    std::mutex mutex_;  // guards all below
    std::unordered_map<std::string, Tries> tries_;
    Moment swept_{};
};

}  // namespace tidegate::console
