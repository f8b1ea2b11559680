#pragma once
// What is remembered of those who bring mail: how it ended, for an address, a network and a name.

#include <cstddef>
#include <cstdint>

#include "judge/decay.h"
#include "judge/table.h"

namespace tidegate::judge {

/// Counts of one client (an IPv4 address or an IPv6 /64), one network (/24, /48) or one EHLO name.
struct PastSlot {
    static constexpr unsigned id_bits = 48;
    std::uint64_t id : 48;
    std::uint64_t place : 16;  // of a name: the network that was refused last, low bits
    std::uint32_t last;        // quarter of an hour of the last change, since 1970
    float taken;               // mails that a server took
    float refused;             // ... refused, unknown recipients aside
    float unknown;             // recipients that do not exist
    float early;               // spoke too early
    float spread;              // of a name: how often the refused network was another than before
};
static_assert(sizeof(PastSlot) == 32);

/// The same, faded to a moment. A value.
struct Past {
    float taken = 0, refused = 0, unknown = 0, early = 0, spread = 0;
};

/// Deliveries fade by half in 14 days, refusals in two, the rest in one.
/// Thread: any.  Cost: table look-ups.
[[nodiscard]] Past faded(const PastSlot& slot, std::uint32_t quarter);
/// As above, nothing where there is none.
[[nodiscard]] Past faded(const PastSlot* slot, std::uint32_t quarter);
/// Brings the slot to that moment.
void fade(PastSlot& slot, std::uint32_t quarter);

/// Who was asked to come again: a network and the family of an EHLO name (judge/mail/ehlo_name.h).
struct AskedSlot {
    static constexpr unsigned id_bits = 48;
    std::uint64_t id : 48;
    std::uint64_t level : 8;  // how often what came then was refused by the server
    std::uint64_t times : 8;  // asked since `asked`, at most 255
    std::uint32_t asked;      // Unix time of the first time since, 0: not waiting
    std::uint32_t passed;     // ... when it last came again as it should, 0: never
};
static_assert(sizeof(AskedSlot) == 16);

/// The tables, sized for a number of bytes together. Those whose mail was taken are the last to be forgotten.
struct MailMemory {
    explicit MailMemory(std::size_t most_bytes);

    [[nodiscard]] PastSlot& address(std::uint64_t key);
    [[nodiscard]] PastSlot& network(std::uint64_t key);
    [[nodiscard]] PastSlot& name(std::uint64_t key);
    [[nodiscard]] AskedSlot& pair(std::uint64_t key);
    [[nodiscard]] std::size_t bytes() const;

    Table<PastSlot> addresses;
    Table<PastSlot> networks;
    Table<PastSlot> names;
    Table<AskedSlot> asked;
};

}  // namespace tidegate::judge
