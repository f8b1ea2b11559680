#pragma once
// A message as an e-mail, handed to a server of choice.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "tell/alert/route.h"

namespace tidegate::tell {

enum class MailSecurity : std::uint8_t { none, starttls, implicit };

struct MailTarget {
    std::string host;   // a name or an address
    unsigned port = 0;  // 0: 25, 587 or 465, as `security` has it
    MailSecurity security = MailSecurity::starttls;
    std::string user, password_file;  // empty: does not log in
    std::string from;
    std::vector<std::string> to;
    std::string ca_file;  // empty: the system's
    std::chrono::milliseconds time_out = std::chrono::seconds(20);
};

/// Hands a whole mail (RFC 5322, CRLF) to the target's server, for its sender and recipients.
/// Thread: any.  Cost: blocks, `time_out` at most.  Fails: as MailRoute::send().
[[nodiscard]] Sent send_mail(const MailTarget& target, std::string mail, const GivenUp& given_up);
/// "mail to ops@example.org by smtp.example.org port 587".
[[nodiscard]] std::string name_of(const MailTarget& target);

/// SMTP (RFC 5321). Some recipients that are refused don't keep it from the others, which `said` tells; 5xx
/// is final. Where encryption is asked for nothing is sent without it.
class MailRoute final : public Route {
public:
    explicit MailRoute(MailTarget target);
    [[nodiscard]] const std::string& name() const override { return name_; }
    [[nodiscard]] Sent send(const Message& message, const GivenUp& given_up) override;

private:
    MailTarget target_;
    std::string name_;
};

}  // namespace tidegate::tell
