#pragma once
// The door for Postfix: policy delegation (SMTPD_POLICY_README). Lines "name=value", an empty line, and as
// many requests on a connection as Postfix likes.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "wire/door/question.h"

namespace tidegate::wire {

/// Postfix takes SMTP lines of 2048 bytes (line_length_limit); a certificate's subject may be longer.
inline constexpr std::size_t max_policy_line_bytes = 4 * 1024;
inline constexpr std::size_t max_policy_request_bytes = 16 * 1024;
/// Each pause holds one of Postfix's processes.
inline constexpr std::chrono::seconds max_policy_pause{30};

/// How far the client got.
enum class PolicyState : std::uint8_t {
    unknown,
    connect,
    helo,
    mail,
    rcpt,
    data,
    end_of_message,
    vrfy,
    etrn
};

/// One request. The question's texts, `sender` and `recipient` are views: PolicyReader says how long.
struct PolicyRequest {
    PolicyState state = PolicyState::unknown;
    std::uint16_t server_port = 0;
    std::string_view sender{};
    std::string_view recipient{};
    std::string_view queue_id{};
    Question question{};
};

/// Cuts requests out of what arrives, in whatever pieces: any split of the same bytes gives the same
/// requests. Thread: one at a time.  Cost: one look at each byte; a request that arrives whole is not copied.
/// Keeps up to max_policy_request_bytes.  Fails: once, and then for good.
class PolicyReader {
public:
    /// Takes bytes from the front of `bytes` up to the end of a request, and returns it; nothing where more
    /// is needed (all bytes are taken then). The views live until the next call, and as long as the bytes.
    /// Fails: a line or request too long, a line without a name or "=", NUL or CR, a field twice, something
    /// that is no smtpd_access_policy. Whoever asked is then hung up on without an answer (Postfix tries once
    /// more and goes on as its default_action says).
    [[nodiscard]] Result<std::optional<PolicyRequest>> next(std::string_view& bytes);

private:
    [[nodiscard]] Result<bool> scan(std::string_view bytes, std::size_t& used);

    std::string kept_;      // the beginning of a request whose end has not come
    std::size_t line_ = 0;  // bytes of the current line so far
    std::size_t size_ = 0;  // bytes of the current request so far
    bool clear_ = false;    // `kept_` is of a request that was handed out
    bool broken_ = false;
};

/// Reads one request without its empty line.
[[nodiscard]] Result<PolicyRequest> read_policy_request(std::string_view lines);

/// Appends the answer: "action=DUNNO\n\n" (never OK: that would end the list and may make an open relay),
/// "421 4.7.0 ...", "450 4.7.1 ..." or "521 5.7.1 ...". What may be said depends on the state:
///
///     before AUTH (CONNECT, EHLO)   defer: 421, refuse: 521 for submission; 421 on port 25, where 5xx
///     bounces mail somebody logged in            450 at most: his password was right, and his mail client
///     keeps the mail a stranger's MAIL, RCPT       450 at most: a server tries again other states DUNNO
///
/// `wait` is "sleep N", Postfix's own restriction: it pauses and goes on with the next one, as after DUNNO.
void write_policy(const Answer& answer, const PolicyRequest& request, std::string& out);

}  // namespace tidegate::wire
