#pragma once
// What is measured of services, as the book of services takes it and wording uses it. A figure that nobody
// measures is not there.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "event/public_record.h"

namespace tidegate::tell {

/// One thing that a service's `watches` can name, in the last minute.
struct Sight {
    std::string name{};                              // "imap", "server:imap1", "queue:relay"
    std::optional<double> wait_s{}, usual_wait_s{};  // of a log-in
    /// Log-ins that came in, those to be expected at this hour, and the standard error of that.
    std::optional<double> log_ins{}, expected{}, error{};
    std::optional<double> faults{};  // log-ins that failed through a fault of ours
    std::optional<bool> is_out{};    // of a server: takes nobody
    std::optional<bool> is_late{};   // of a queue: mail waits in it far longer than usual
};

/// Mail that waits here, in queues that are backed up.
struct MailSight {
    std::uint64_t waiting = 0;
    std::optional<Duration> oldest{};     // of what this holds up
    std::optional<std::uint64_t> lost{};  // nothing: not known
};

/// A service as it stands, with the figures that say so.
struct ServiceStanding {
    std::string name{}, label{};
    ServiceState state = ServiceState::unknown;
    Time since{};
    std::optional<double> wait_s{}, usual_wait_s{};
    std::optional<double> log_in_share{};  // of those to be expected, where far fewer came
    std::optional<double> fault_share{};   // of log-ins, where many failed
    unsigned servers_out = 0, servers = 0;
    bool mail_is_late = false;  // that is why it is slow

    [[nodiscard]] bool is_hurt() const { return state > ServiceState::maintenance; }
};

struct Measured {
    std::vector<ServiceStanding> services{};
    std::optional<MailSight> mail{};
};

}  // namespace tidegate::tell
