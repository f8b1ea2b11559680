#pragma once
// To whom a client of port 25 says its mail is, in bounded room.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tidegate::edge {

/// The first different domains and mailboxes of one session, in the order in which it named them.
/// Thread: one at a time.  Cost: linear in the command; nothing once both are full.  Fails: never.
class RecipientsHeard {
public:
    static constexpr std::size_t most = 8;  // of each

    /// `line` as MxFront::line() keeps it; whatever becomes of the command.
    void hear(std::string_view line);

    /// Once.
    [[nodiscard]] std::vector<std::string> take_domains() { return std::move(domains_); }
    [[nodiscard]] std::vector<std::string> take_mailboxes() { return std::move(mailboxes_); }

private:
    std::vector<std::string> domains_, mailboxes_;
};

}  // namespace tidegate::edge
