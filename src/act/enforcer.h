#pragma once
// Who carries orders out: the kernel, or a dry run that only says what it would do.

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "act/ban.h"
#include "act/ranges.h"
#include "base/error.h"

namespace tidegate::act {

/// New TCP connections to these ports above so many a second, for each /24 or /64, are dropped.
struct SynLimit {
    std::vector<std::uint16_t> ports;
    std::uint32_t per_second = 0;
    std::uint32_t burst = 0;
    friend bool operator==(const SynLimit&, const SynLimit&) = default;
};

/// What our table looks like.
struct TableSpec {
    std::string name = "tidegate";     // of the family inet
    std::int32_t priority = -310;      // of the chain at prerouting: before conntrack (-200) and raw (-300)
    std::vector<std::uint16_t> ports;  // the banned are kept from these; empty: from the whole machine
    std::vector<SynLimit> syn_limits;
    /// Most hosts, and most /64s. The kernel takes 8 bytes for each 3/4 of it in advance, rounded up to a
    /// power of two: 3 Mi costs 32 MiB, 4 Mi costs 64.
    std::uint32_t set_size = 3U << 20;
    std::chrono::milliseconds gc_interval{30'000};  // between two walks of the kernel for what has expired
    friend bool operator==(const TableSpec&, const TableSpec&) = default;
};

/// Why the kernel would not, as far as it matters for what to do next.
struct Refusal {
    enum class Why : std::uint8_t {
        full,     // the set has no room
        absent,   // no such table or set: somebody took it away
        element,  // something in this transaction is wrong; smaller ones may pass
        denied,   // we may not
        later,    // no memory, busy: the same may pass in a while
    };
    Why why = Why::later;
    Error error;
};
using Outcome = std::expected<void, Refusal>;

/// What establish() found.
enum class Established : std::uint8_t {
    kept,     // whole already; whoever was banned still is
    renewed,  // other rules than before; whoever was banned still is
    made,     // new and empty
};

/// Packets that a rule dropped.
struct Dropped {
    std::uint64_t packets = 0, bytes = 0;
    friend bool operator==(const Dropped&, const Dropped&) = default;
};

/// What is in the kernel.
struct Seen {
    bool present = false;     // a table of our name
    bool sets_ours = false;   // and its sets are as the spec says
    bool rules_ours = false;  // and its chains and rules
    bool touched = false;     // somebody else changed any table since the last look
    Dropped hosts, nets, syns;
    /// Hosts and /64s in the sets, where the kernel says so (since 6.16); those that expired a moment ago
    /// count.
    std::optional<std::uint64_t> count;
    [[nodiscard]] bool whole() const { return present && sets_ours && rules_ours; }
};

/// Puts wishes into force.
/// Thread: one, but read_back(), which may run beside the others.
/// Fails: with a Refusal; then nothing of that call has happened.
class Enforcer {
public:
    virtual ~Enforcer() = default;

    /// Table, sets, chains and rules, in one transaction. Those that are as they should be stay.
    [[nodiscard]] virtual std::expected<Established, Refusal> establish(const TableSpec& spec) = 0;
    /// The rest is about the table that was established, each in one transaction.
    /// New ones; for those that are banned already nothing changes.
    [[nodiscard]] virtual Outcome add(std::span<const Ban> bans, Time now) = 0;
    /// Another end for those that are banned; whoever is not is banned.
    [[nodiscard]] virtual Outcome renew(std::span<const Ban> bans, Time now) = 0;
    /// Those that aren't banned are passed over.
    [[nodiscard]] virtual Outcome remove(std::span<const Address> addresses) = 0;
    /// All hosts and /64s.
    [[nodiscard]] virtual Outcome remove_hosts() = 0;
    /// Instead of all networks that were banned or spared before.
    [[nodiscard]] virtual Outcome replace_nets(const Ranges& banned, const Ranges& spared) = 0;
    /// Cheap, however many are banned.
    [[nodiscard]] virtual std::expected<Seen, Refusal> look() = 0;
    /// Whether all of these are in the sets. A few.
    [[nodiscard]] virtual std::expected<bool, Refusal> has(std::span<const Address> addresses) = 0;
    /// Everyone who is banned, in pieces. Cost: see docs/firewall.md; seconds where there are a million.
    [[nodiscard]] virtual Outcome read_back(Time now,
                                            const std::function<bool(std::span<const Ban>)>& take) = 0;
    using IsBanned = std::function<bool(const Address&)>;
    /// Established TCP connections of these to the ports of the spec are reset. How many. All connections are
    /// looked at, once: it costs as much for one of the banned as for a million.
    [[nodiscard]] virtual std::expected<std::size_t, Refusal> end_sessions(const IsBanned& is_banned) = 0;
    /// The table goes, and everything in it.
    [[nodiscard]] virtual Outcome remove_all() = 0;
};

}  // namespace tidegate::act
