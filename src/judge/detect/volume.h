#pragma once
// What is counted about the traffic, each in total and by service.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "event/event.h"

namespace tidegate::judge {

enum class Volume : std::uint8_t {
    attempts,          // to log in, whatever became of them (our own servers' faults are not among them)
    failures,          // of these, those that failed or were stopped
    successes,         // and those that succeeded
    stopped,           // kept from the password database
    unknown_accounts,  // at accounts that do not exist, as the servers said now or before
    new_addresses,     // from addresses (IPv6: /64) not seen for weeks
    connections,       // opened
    faults,            // attempts that failed through our own servers
};
inline constexpr std::size_t volumes = 8, services = 7;

/// One volume at one service; `Service::unknown` stands for all services together.
struct Series {
    Volume volume = Volume::attempts;
    Service service = Service::unknown;

    friend bool operator==(const Series&, const Series&) = default;
};
inline constexpr std::size_t series_count = volumes * services;
[[nodiscard]] constexpr std::size_t index_of(Series series) {
    return static_cast<std::size_t>(series.volume) * services + static_cast<std::size_t>(series.service);
}
[[nodiscard]] constexpr Series series_at(std::size_t index) {
    return {static_cast<Volume>(index / services), static_cast<Service>(index % services)};
}

/// "failures", "new addresses".
[[nodiscard]] std::string_view name(Volume);

}  // namespace tidegate::judge
