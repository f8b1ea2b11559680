#pragma once
// What each sensor sees of a try, on Debian 12 (Dovecot 2.3.19, Postfix 3.7).
//
// logs:   address, account, service; SASL mechanism and TLS for IMAP and POP3 (dovecot's log-in lines), the
// mechanism
//         alone for submission (smtpd's lines). No password, no fingerprint, no EHLO name.
// policy: Dovecot's policy with the attribute of the password's 16-bit hash; mechanism, TLS. No fingerprint.
// edge:   everything: a 16-bit hash of the password on every try, the TLS hello's JA4, the EHLO name.
//
// Whether the account or the password was wrong is told where the servers' auth_verbose is on. The right
// password's tag is there for policy and edge, where the scenario says so.

#include "drill/world.h"

namespace tidegate::drill {

/// Thread: any.  Cost: no allocation; the event's texts live as long as the world.
class View {
public:
    View(const World& world, Sensor sensor, std::uint64_t seed);
    [[nodiscard]] Event of(const Move& move) const;

private:
    void show_password(const Move& move, Event& event) const;

    const World& world_;
    Sensor sensor_;
    std::uint64_t guess_key_, tag_key_;
};

}  // namespace tidegate::drill
