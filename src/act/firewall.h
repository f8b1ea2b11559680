#pragma once
// Bans, carried out and kept: the one who tells the kernel, and sees to it that it stays so.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "act/ban.h"
#include "act/enforcer.h"
#include "act/orders.h"

namespace tidegate::act {

struct FirewallOptions {
    TableSpec table;
    std::size_t batch = 1000;            // hosts in a transaction
    std::size_t most = 6U << 20;         // hosts and /64s that are remembered
    bool end_sessions = true;            // live connections of the banned are reset
    std::chrono::milliseconds pause{2};  // between two transactions; meanwhile orders gather
    std::chrono::milliseconds look_every{3000};
    std::chrono::milliseconds retry_after{1000};  // doubled each time, up to a minute
    std::chrono::seconds surroundings_every{30};
    /// Who is never banned, beside those of spare(); find_surroundings() unless given.
    std::function<std::expected<std::vector<Prefix>, Refusal>()> surroundings;
    std::uint64_t seed = 0;  // of the hash; 0: by chance
};

/// Something that people should hear of.
struct FirewallNotice {
    enum class Kind : std::uint8_t {
        established,  // our table is in force; `count`: who was in it already, as far as it was read
        taken_over,   // all that was in it was read; `count`
        repaired,     // somebody had removed the table, some of it or bans in it; it is made anew
        spared,       // a ban of `address` was refused, or lifted: one of those that are never banned
        full,         // no room: `count` of those that would have ended soonest were lifted, or not banned
        refused,      // the kernel would not have `address`, nor say why to mend it
        trouble,      // nothing can be done at the moment; orders wait
        well,         // that is over
        sessions,     // live connections can't be reset; told once
    };
    Kind kind = Kind::established;
    std::size_t count = 0;
    Address address;
    std::optional<Error> error;
};

/// How it stands.
struct FirewallStanding {
    std::size_t wanted = 0;    // hosts and /64s that are to be banned
    std::size_t in_force = 0;  // of them in the kernel; up to a minute of those that expired
    std::size_t waiting = 0;   // orders not carried out
    std::size_t nets = 0;      // ranges in force, without what is spared in them
    std::uint64_t spared = 0, evicted = 0, refused = 0, repaired = 0, sessions_ended = 0;  // since the start
    Dropped hosts_dropped, nets_dropped, syns_dropped;  // by the kernel, as of the last look
    bool reading_back = false;
    std::size_t shadow_bytes = 0;
    std::optional<Error> error;  // while in trouble
    Time since{};                // when that began; else when the table was established
};

class Reconciler;

/// Keeps what is wanted and what the kernel has alike, on a thread of its own, whatever others do to our
/// table. When it closes, or is killed, the table stays and the next one takes it over. Thread: any, but for
/// `notice`, which is called on its thread and must not come back and wait. Cost: an order takes a lock for
/// less than a microsecond; 14 to 18 bytes for each host that is banned. Fails: never; trouble is in
/// standing().  Owner: outlives nobody.
class Firewall {
public:
    Firewall(FirewallOptions options, std::unique_ptr<Enforcer> enforcer,
             std::function<void(const FirewallNotice&)> notice, std::function<Time()> clock);
    ~Firewall();
    Firewall(const Firewall&) = delete;
    Firewall& operator=(const Firewall&) = delete;

    /// The IPv4 host, or the /64. The last word counts.
    void ban(const Address& address, Time until);
    void lift(const Address& address);
    /// All hosts and /64s; networks stay.
    void lift_all();
    /// Instead of those before. What is spared in them is left out.
    void set_nets(const std::vector<Prefix>& nets);
    /// Exceptions, forwarders, peers, instead of those before. A /64 with one of them in it is spared as a
    /// whole.
    void spare(const std::vector<Prefix>& spared);

    [[nodiscard]] FirewallStanding standing() const;
    [[nodiscard]] bool is_banned(const Address& address) const;
    /// Some of them, or one 64th, for whoever wants all.
    [[nodiscard]] std::vector<Ban> bans(std::size_t most) const;
    static constexpr std::size_t parts = Shadow::shards;
    [[nodiscard]] std::vector<Ban> bans_in_part(std::size_t part) const;

    /// Carries out what waits, once, and ends the thread. The table stays.
    void close();
    /// Ends the thread and removes the table, and with it every ban and limit.  Fails: what the kernel says.
    [[nodiscard]] Outcome dismantle();

private:
    void run();

    const FirewallOptions options_;
    std::function<Time()> clock_;
    Orders orders_;
    std::unique_ptr<Reconciler> reconciler_;
    std::atomic<bool> dismantling_ = false;
    std::thread thread_;
};

}  // namespace tidegate::act
