#pragma once
// Who is signed in, or which program asks.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "console/book.h"
#include "console/caller.h"
#include "console/secrets.h"

namespace tidegate::console {

struct Identity {
    enum class By : std::uint8_t { session, token };
    By by = By::session;
    std::string name;
    Role role = Role::look;
    std::string csrf;                  // of a session
    Digest digest{};                   // of what was shown: the session's or the token's
    Digest stamp{};                    // of a session: what it stands on
    std::vector<std::string> calls{};  // of a token: what it may at most; none: all that its role may
    std::optional<Time> expires{};     // nothing: a token that does not
};

/// A call as it is handed to who answers it.
struct Call {
    const net::Request& request;
    const Caller& caller;
    const Identity& who;
};

/// What a session stands on: another password, secret or role is another stamp.
[[nodiscard]] Digest stamp_of(const User& user);
/// The cookie's name: that of a secure one can't be set by anybody else (RFC 6265bis 4.1.3).
[[nodiscard]] std::string_view cookie_name(const Caller& caller);

}  // namespace tidegate::console
