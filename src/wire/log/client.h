#pragma once
// Clients in brackets, and lines in which attacker text stands on both sides of the daemon's own.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/address.h"
#include "event/event.h"
#include "wire/log/scan.h"

namespace tidegate::wire {

/// "[ADDRESS]" or "[ADDRESS]:PORT".
struct Bracketed {
    Address address;
    std::uint16_t port = 0;
};

/// Steps over a bracketed address at the front of `scan`; a port only where digits follow the colon.
[[nodiscard]] std::optional<Bracketed> bracketed(Scan& scan);

/// Where a client's text may stand before and after the daemon's own words, a line can be read in two ways,
/// and no parser can know which is right. Every place that reads as an address is offered to `saw`; an
/// address counts only if all places agree. Who sends such text gains nothing: it stands in the account or
/// the envelope, so that the attempt was bound to fail, and it frames nobody. Thread: a value.  Cost: O(1).
class OneReading {
public:
    void saw(const Bracketed& client) {
        if (count_++ == 0) {
            first_ = client;
        } else if (client.address != first_.address) {
            first_ = {};
        } else if (client.port != first_.port) {
            first_.port = 0;
        }
    }
    [[nodiscard]] unsigned count() const { return count_; }
    /// No address where there was none or where the places disagree.
    [[nodiscard]] const Bracketed& client() const { return first_; }

private:
    Bracketed first_;
    unsigned count_ = 0;
};

/// The service that listens on a port of ours by custom (RFC 6335's registry); unknown for any other.
[[nodiscard]] Service service_of_port(std::uint16_t port);
/// Whether the port speaks TLS from the first byte (RFC 8314); unknown where it may start later.
[[nodiscard]] std::optional<bool> tls_of_port(std::uint16_t port);

}  // namespace tidegate::wire
