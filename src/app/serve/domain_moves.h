#pragma once
// What operators ordered about domains that are attacked, and how it is kept over a restart.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace tidegate::app {

/// A domain's mail is taken at one listener alone, until it is moved back or the time is over. The last order
/// about a domain is the one that holds.
struct DomainMove {
    std::string domain, listener;
    std::string author{}, reason{};
    Time since{};
    std::optional<Time> until{};  // nothing: until it is moved back

    [[nodiscard]] bool is_over(Time now) const { return until && *until <= now; }
    friend bool operator==(const DomainMove&, const DomainMove&) = default;
};

/// So many at once; each session looks them up, and the file of them has to be written with each order.
inline constexpr std::size_t most_domain_moves = 10'000;

/// A domain as wire::recipient_domain() has it. Empty: it is none.
[[nodiscard]] std::string domain_named(std::string_view written);

/// For the state folder: app/serve/order_file.h.
[[nodiscard]] std::string domain_moves_text(std::span<const DomainMove> moves);
/// Reads domain_moves_text().  Fails: anything else, and a domain that is none.
[[nodiscard]] Result<std::vector<DomainMove>> read_domain_moves(std::string_view text);

}  // namespace tidegate::app
