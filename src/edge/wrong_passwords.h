#pragma once
// Wrong passwords that the servers need not hear again: of the phones that nobody told of the new password.
//
// SECURITY: no password is kept, but 64 bits of a keyed hash (SipHash-2-4; Aumasson, Bernstein, "SipHash: a
// fast short-input PRF", 2012) over account, source, service and password, whose key never leaves the
// process; nothing of it is written anywhere. What memory answers is only what a server has answered to the
// same words from the same place, so nobody learns from it what he has not been told before.
//
// When memory answers. A server has said "wrong" to this very password of this account, from this source at
// this service, `proofs` times over at least `proving`, and last said it less than `life` ago. Of so many
// `repeats` one goes to the server all the same. `life` is `first_life` when memory begins to answer, and
// doubles each time that the server says it again, up to `most_life`.
//
// A right password is never answered from memory, and a changed one works at once:
// * what the server has not called wrong is not known here, so a new password goes through unless it was
//   tried before it was valid;
// * where it was (the phone was told first, the server afterwards), the first success of the account,
//   whoever has it, from anywhere and with any password, forgets all that is known of the account; so does
//   forget(), for the script that changes passwords;
// * where neither happens, the server is asked again after `repeats` tries or `most_life`, whichever comes
//   first, and its word counts.
//
// Memory is bounded. Places are by account, so that forgetting one is exact. What answers keeps its place
// from what does not yet, what was said twice from what was said once, and one account, one source, one
// network may take but a part: a flood of guesses, which are not repeated for minutes, pushes out each other.
// Who shares his source with a flood finds its part taken; his tries go to the servers, as without memory.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/address.h"
#include "base/time.h"
#include "event/event.h"

namespace tidegate::edge {

struct WrongPasswordRules {
    std::size_t capacity = std::size_t{1} << 18;  // passwords, rounded up; 32 bytes each
    unsigned proofs = 3;
    std::chrono::seconds proving{120};
    std::chrono::seconds first_life{60};
    std::chrono::seconds most_life{600};
    unsigned repeats = 16;
    std::chrono::seconds kept{1800};       // since the server last said so
    std::uint16_t most_of_source = 128;    // passwords
    std::uint16_t most_of_network = 4096;  // of a /24 or /48
};

/// One try. `account`: normalised by the caller, and the one that the client acts for. `source` counts as
/// Address::host_key(): IPv6 by /64.
struct PasswordTry {
    std::string_view account;
    Address source;
    Service service = Service::unknown;  // what one service refuses another may allow
    std::string_view password;
};

/// A try without its password, to be kept until the server has decided: keyed hashes.
struct PasswordMark {
    std::uint64_t account = 0, attempt = 0;
    std::uint16_t source = 0, network = 0;
};

/// Since the start, but for `kept`.
struct WrongPasswordCounts {
    std::uint64_t answered = 0;     // from memory
    std::uint64_t asked_again = 0;  // would have been, but it was time to look
    std::uint64_t said = 0;         // by a server: wrong
    std::uint64_t crowded_out = 0;  // said, and no place for it
    std::uint64_t forgotten = 0;    // for a success of the account, or by forget()
    std::uint64_t kept = 0;
};

/// Thread: any.  Cost: four short hashes, a lock shared with few, a cache line or eight; 9 MB with the rules
/// as they stand.  Fails: never; where a time is more than a minute before another of the
/// same password, that one does not count.
class WrongPasswords {
public:
    explicit WrongPasswords(const WrongPasswordRules& rules);
    ~WrongPasswords();  // the keys are overwritten
    WrongPasswords(const WrongPasswords&) = delete;
    WrongPasswords& operator=(const WrongPasswords&) = delete;

    [[nodiscard]] PasswordMark mark(const PasswordTry& attempt) const;
    /// What a server would say: bad_password or unknown_account. Nothing: it is to be asked.
    [[nodiscard]] std::optional<Reason> look(const PasswordMark& attempt, Time now);
    [[nodiscard]] std::optional<Reason> look(const PasswordTry& attempt, Time now) {
        return look(mark(attempt), now);
    }
    /// A server said so. Other reasons than those two are not kept: they are not the password's.
    void wrong(const PasswordMark& attempt, Reason why, Time now);
    void wrong(const PasswordTry& attempt, Reason why, Time now) { wrong(mark(attempt), why, now); }
    /// A server let the account in.
    void right(std::string_view account);
    /// Its password may have changed.
    void forget(std::string_view account) { right(account); }
    /// Gives back the parts of those that were heard last too long ago; to be called every minute or so.
    /// Cost: reads the whole table, in pieces of some ten microseconds.
    void sweep(Time now);

    [[nodiscard]] WrongPasswordCounts counts() const;

private:
    struct Table;
    std::unique_ptr<Table> table_;
};

}  // namespace tidegate::edge
