#pragma once
// Who brings mail, as the mail judge sees him: names and addresses made into keys.

#include <cstdint>

#include "event/event.h"
#include "judge/mail/ehlo_name.h"
#include "judge/mail/mail_policy.h"

namespace tidegate::judge {

/// A value. 0 in a key means "not known".
struct MailKnock {
    std::int64_t seconds = 0;   // Unix time
    std::uint64_t address = 0;  // IPv4 address or IPv6 /64
    std::uint64_t network = 0;  // /24 or /48
    std::uint64_t name = 0;     // what it calls itself
    std::uint64_t pair = 0;     // network and family of that name
    std::uint32_t lists = 0;
    std::int32_t exception = -1;  // index into Policy::exceptions, -1: none
    EhloKind ehlo = EhloKind::absent;
    bool early = false;

    [[nodiscard]] std::uint32_t quarter() const { return static_cast<std::uint32_t>(seconds / 900); }
};

/// An own machine that forwards mail is nobody: its keys are 0.
/// Thread: any.  Cost: a few hashes, the exceptions that could fit.
[[nodiscard]] MailKnock make_mail_knock(const Event& event, const MailPolicy& policy);

/// Of one client's address alone: its own key, and its network's.
[[nodiscard]] std::uint64_t sender_key(const Address& address);
[[nodiscard]] std::uint64_t sender_network_key(const Address& address);

}  // namespace tidegate::judge
