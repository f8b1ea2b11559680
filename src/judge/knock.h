#pragma once
// An attempt as the judge sees it: the event's names and addresses made into keys. Made outside the fold (any
// thread, any order), so that the fold itself touches only its tables.

#include <cstdint>
#include <string_view>

#include "event/event.h"
#include "judge/policy.h"

namespace tidegate::judge {

/// A value of 96 bytes. 0 in a key means "not known".
struct Knock {
    std::int64_t seconds = 0;   // Unix time
    std::uint64_t address = 0;  // Address::host_key(), mixed
    std::uint64_t network = 0;  // /24 or /48
    std::uint64_t region = 0;   // AS where known, else /16 or /32
    std::uint64_t account = 0;  // normalised name
    std::uint64_t client = 0;   // fingerprint, else EHLO name
    std::uint64_t guess = 0;    // hash of the password, where has_guess
    std::uint32_t lists = 0;
    std::uint32_t attempts = 1;
    std::int32_t exception = -1;  // index into Policy::exceptions, -1: none fits
    Service service = Service::unknown;
    Outcome outcome = Outcome::none;
    Reason reason = Reason::none;
    std::uint8_t shape = 0;  // service, SASL mechanism and TLS together, below 168
    bool is_attempt =
        false;  // only attempts that are somebody's doing are judged (not infrastructure faults)
    bool has_guess = false;
    bool has_tag = false;
    std::uint8_t tag = 0;  // of the password, where has_tag
};

/// Index into Policy::exceptions of the operator's word that holds for it, -1: none. `account` is normalised.
[[nodiscard]] std::int32_t exception_for(const Event& event, std::string_view account, const Policy& policy);

/// Thread: any.  Cost: a few hashes, the exceptions that could fit.
[[nodiscard]] Knock make_knock(const Event& event, const Policy& policy);

}  // namespace tidegate::judge
