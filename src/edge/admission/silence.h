#pragma once
// Networks that flood get no answer for a while, then a chance to show that they gave up.
//
// A refusal costs a connection; to a flood from forty thousand addresses that is the flood. A packet that the
// kernel drops costs next to nothing, and whoever gets no answer retries ever more slowly (RFC 6298 5.5) or
// gives up. But silence is also what a customer behind the same network gets, and nothing is learned during
// it. So it comes in periods, each twice as long as the one before up to a bound, and after each one a
// *probe*: for a short time a few connections are answered. Who stays within them has given up, and forgiving
// begins.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/address.h"
#include "edge/admission/client_class.h"
#include "edge/admission/limit_log.h"
#include "judge/table.h"

namespace tidegate::edge {

struct SilenceRules {
    Span window = std::chrono::seconds(10);  // in which connections are counted
    /// Connections of one network (/24, /48) in a window that make a flood, without pressure and at full;
    /// between them geometrically. Those of doubtful and listed clients count when they come, and those that
    /// came to nothing when they end: what is both counts twice.
    unsigned flood_calm = 200, flood_full = 15;
    Span first = std::chrono::seconds(30);
    Span longest = std::chrono::hours(1);
    Span probe = std::chrono::seconds(10);
    unsigned probe_answered = 3;  // connections; one more, and the next period begins
    /// A network from which a familiar client logged in, or a known sender's mail was taken, is not silenced
    /// for so long.
    Span familiar_for = std::chrono::hours(24 * 30);
    /// So many of a network in a window that were sent elsewhere count for nothing; who hears it more often
    /// than that asks in order to ask, and is a flood as without room (`flood_full`).
    unsigned elsewhere_excused = 8;
    std::size_t table_bytes = std::size_t{1} << 20;           // 32 bytes a network
    std::size_t familiar_table_bytes = std::size_t{1} << 18;  // 16 bytes a network
    std::size_t orders_most = 4096;  // that wait to be drained; with as many, nobody is silenced anew
    std::uint64_t seed = 0;          // random, and private
};

/// For the kernel's firewall: drop what comes from there until then. `until` in the past or now: no longer.
/// A later order for the same network replaces an earlier one.
struct SilenceOrder {
    Prefix network{};
    Moment until{};

    friend bool operator==(const SilenceOrder&, const SilenceOrder&) = default;
};

/// Decides who gets no answer. Knows networks only while they are worth it: a fixed table, of which who was
/// least of a nuisance, and longest ago, is forgotten first. Familiar networks have a table of their own,
/// which only customers can fill. Thread: one at a time, the log's too.  Cost: O(1), a cache line or two.
/// Fails: never. Owner: `log` outlives it.
class Silence {
public:
    Silence(const SilenceRules& rules, LimitLog& log);

    /// A connection came. False: close it without a word (its network is silent, the kernel's order is
    /// perhaps under way). `pressure` is Pressure::level().
    [[nodiscard]] bool answers(Moment now, const Address& address, ClientClass which, double pressure);
    /// A connection that was answered has ended, and nobody had logged in and no mail was taken, which was no
    /// server's fault.
    void in_vain(Moment now, const Address& address, double pressure);
    /// A connection has ended, and all that it heard was that its mail is taken elsewhere, which it could not
    /// know: the first ones count for nothing, but who does not stop to come is silenced all the same. One of
    /// a doubtful or listed client came to nothing.
    void sent_elsewhere(Moment now, const Address& address, ClientClass which, double pressure);
    /// A familiar client logged in from there, or a known sender's mail was taken: its network is answered
    /// from now on.
    void familiar(Moment now, const Address& address);

    /// What to tell the kernel since the last call; `out` is emptied first.
    void drain(std::vector<SilenceOrder>& out);
    /// For a restart: whether a network is silent now, and until when. A moment not after `now`: it is not.
    [[nodiscard]] Moment silent_until(Moment now, const Address& address) const;

private:
    enum class State : std::uint8_t { watched, silent, probed };
    struct Slot {
        static constexpr unsigned id_bits = 48;
        std::uint64_t id : 48;
        std::uint64_t state : 8;    // State
        std::uint64_t periods : 8;  // silences in a row
        std::int64_t since;         // nanoseconds: of the window or the probe; of a silence its end
        std::uint32_t count;        // connections since
        std::uint32_t elsewhere;    // of the window: connections sent there
        std::int64_t seen;          // nanoseconds
    };
    struct FamiliarSlot {
        static constexpr unsigned id_bits = 64;
        std::uint64_t id;
        std::int64_t seen;  // nanoseconds
    };

    [[nodiscard]] std::uint64_t key_of(const Address& address) const;
    [[nodiscard]] bool is_familiar(std::int64_t now, std::uint64_t key) const;
    [[nodiscard]] Slot& slot_of(std::int64_t now, std::uint64_t key);
    void catch_up(std::int64_t now, const Address& address, Slot& slot);
    void forgive(std::int64_t idle, Slot& slot) const;
    [[nodiscard]] bool count(std::int64_t now, const Address& address, Slot& slot, double pressure);
    [[nodiscard]] bool hush(std::int64_t now, const Address& address, Slot& slot, LimitReason reason);
    void note(std::int64_t now, const Address& address, std::int64_t silent, std::int64_t before,
              LimitReason reason);
    [[nodiscard]] std::int64_t period(unsigned periods) const;
    [[nodiscard]] unsigned flood_from(double pressure) const;

    SilenceRules rules_;
    LimitLog& log_;
    judge::Table<Slot> networks_;
    judge::Table<FamiliarSlot> familiars_;
    std::vector<SilenceOrder> orders_;
};

}  // namespace tidegate::edge
