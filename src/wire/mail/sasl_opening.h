#pragma once
// How a client's SASL exchange begins, the same in POP3 and ManageSieve: what is offered, what is refused,
// and what the proxy asks itself until there is an attempt to judge.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/mail/front.h"
#include "wire/mail/login.h"

namespace tidegate::wire {

/// The mechanisms to be offered, with blanks between; those of which sends_secret() only where they may.
[[nodiscard]] std::string offered_mechanisms(const FrontOffer& offer, bool may_send_secrets);
/// Why `mechanism` may not be used now; nothing: it may.
[[nodiscard]] std::optional<Denial> refusal(const FrontOffer& offer, std::string_view mechanism,
                                            bool may_send_secrets);

/// From a mechanism's name to a Login.  Thread: one at a time.  Cost: linear in the responses.
class SaslOpening {
public:
    enum class Step : std::uint8_t {
        ask,        // question() is for the client; go on with answer()
        ready,      // login()
        malformed,  // nobody could read that
    };
    /// `most_bytes`: of an account, and of a password.
    explicit SaslOpening(std::size_t most_bytes) : most_bytes_(most_bytes) {}

    /// `mechanism` as mechanism_name() gives it. `initial`: base64; empty, like "=", is an empty response.
    [[nodiscard]] Step begin(std::string mechanism, std::optional<std::string_view> initial);
    [[nodiscard]] Step answer(std::string_view base64);
    /// Base64; empty where the client has the first word.
    [[nodiscard]] std::string_view question() const { return question_; }
    [[nodiscard]] Login& login() { return login_; }
    /// An attempt that came without SASL.
    [[nodiscard]] Step take(std::string account, std::string_view password);

private:
    [[nodiscard]] Step ask(std::string_view question);
    [[nodiscard]] Step ready() const;

    std::size_t most_bytes_;
    std::string mechanism_;
    std::string_view question_;
    Login login_;
};

}  // namespace tidegate::wire
