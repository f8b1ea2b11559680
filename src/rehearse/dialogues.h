#pragma once
// What clients say: a mail brought, a log-in, and what bots do instead.

#include <string>
#include <vector>

#include "drill/crowd/calls.h"
#include "rehearse/client_line.h"

namespace tidegate::rehearse {

/// An account that is there for tests.
struct Account {
    std::string user, password;
};

/// What mails of a drill look like. They go to these recipients and to nobody else.
struct Post {
    std::vector<std::string> recipients;  // one at least, of the operator's own
    std::string sender;                   // of the envelope; empty: the null sender, to whom nothing bounces
};

/// One mail and how it is brought.
struct Letter {
    std::string ehlo, sender, recipient, text;
    bool early = false;  // does not wait for its turn
    drill::Deserves deserves = drill::Deserves::taking;
};

/// The `number`-th of a drill. Who deserves no taking writes to a name that there is not, in the domain of a
/// recipient, or brings what content filters take for spam (GTUBE).
[[nodiscard]] Letter letter(const Post& post, std::uint64_t number, const drill::Words& words,
                            drill::Deserves deserves);

/// After the greeting, up to the server's last word. Answer: taken, put_off, refused (though it deserved to
/// be taken), rejected (as it deserved), closed.
[[nodiscard]] net::asio::awaitable<drill::Answer> bring(ClientLine& line, Letter letter);
/// EHLO, STARTTLS, and the first bytes of a handshake that never goes on.
[[nodiscard]] net::asio::awaitable<void> begin_tls(ClientLine& line, std::string ehlo);
/// After the greeting. Answer: taken (and the session is there), put_off, rejected, closed.
[[nodiscard]] net::asio::awaitable<drill::Answer> log_in(ClientLine& line, Account account);

}  // namespace tidegate::rehearse
