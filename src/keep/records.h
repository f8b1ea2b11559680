#pragma once
// What people did by hand: small rows that stay until somebody takes them away.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "keep/sqlite.h"

namespace tidegate::keep {

// The numbers of both are part of the database: never reuse one.
enum class Effect : std::uint8_t { allow = 1, deny = 2 };
enum class SubjectKind : std::uint8_t { address = 1, network = 2, as = 3, account = 4 };

/// An exception by hand. It holds from `created` until it expires or is lifted.
struct Exemption {
    std::uint64_t id = 0;  // given by the database
    Effect effect = Effect::allow;
    SubjectKind kind = SubjectKind::address;
    std::string subject{};  // "192.0.2.7", "2001:db8::/48", "AS64500", "bob@example.org"
    std::string reason{};
    std::string author{};
    Time created{};
    std::optional<Time> expires{};
    std::optional<Time> lifted{};
    std::string lifted_by{};

    [[nodiscard]] bool holds(Time now) const {
        return !lifted && created <= now && (!expires || now < *expires);
    }
    friend bool operator==(const Exemption&, const Exemption&) = default;
};

/// A line of the audit log.
struct Deed {
    std::uint64_t id = 0;  // given by the database
    Time time{};
    std::string author{};
    std::string action{};   // "allow", "deny", "lift", "mode", "reload", "forget", "drain", ...
    std::string subject{};  // whom or what; may be empty
    std::string reason{};
    std::string detail = "{}";  // JSON

    friend bool operator==(const Deed&, const Deed&) = default;
};

/// Which deeds; a text that is empty asks for any.
struct DeedQuery {
    Time from{};
    Time to = time_of_unix(253'402'300'799);
    std::string author{}, action{}, subject{};
    std::string without{};     // an action whose deeds are left out, but for those who ask for it
    std::uint64_t before = 0;  // only ids below it, for the next page; 0: all
    std::size_t most = 1000;
};

/// In a transaction of the caller's. The id is filled in.
[[nodiscard]] Result<void> insert_exemption(Connection& connection, Exemption& exemption);
[[nodiscard]] Result<void> insert_deed(Connection& connection, Deed& deed);
/// Fails: there is none of this number, or it is lifted already.
[[nodiscard]] Result<Exemption> mark_lifted(Connection& connection, std::uint64_t id, Time now,
                                            const std::string& author);

/// All, the oldest first.
[[nodiscard]] Result<std::vector<Exemption>> select_exemptions(Connection& connection);
/// The latest first.
[[nodiscard]] Result<std::vector<Deed>> select_deeds(Connection& connection, const DeedQuery& query);

}  // namespace tidegate::keep
