#pragma once
// What the judge remembers: one table for each kind of thing, all bounded.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "judge/decay.h"
#include "judge/table.h"

namespace tidegate::judge {

/// A number from 0 to 255, kept as its square root: fine where it is small, so that little counts and fading
/// reaches down to nearly nothing.
class Small {
public:
    [[nodiscard]] float value() const {
        const float root = static_cast<float>(raw_) * (1.0F / steps);
        return root * root;
    }
    void set(float value) {
        const float raw = std::sqrt(value) * steps + 0.5F;
        raw_ = raw >= 65535.0F ? std::uint16_t{65535} : static_cast<std::uint16_t>(raw);
    }

private:
    static constexpr float steps = 4096;
    std::uint16_t raw_ = 0;
};

/// A share, from 0 to 1.
class Part {
public:
    [[nodiscard]] float value() const { return static_cast<float>(raw_) * (1.0F / 65535); }
    /// As one more of so many: `weight` is its share of all that were counted, itself among them.
    void mix(bool with, float weight) {
        const float now = value();
        const float raw = (now + ((with ? 1.0F : 0.0F) - now) * weight) * 65535 + 0.5F;
        raw_ = static_cast<std::uint16_t>(raw);
    }

private:
    std::uint16_t raw_ = 0;
};

/// One client: an IPv4 address or an IPv6 /64.
struct AddressSlot {
    static constexpr unsigned id_bits = 48;
    std::uint64_t id : 48;
    std::uint64_t last : 16;  // Quarter of the last change
    Small failures;           // weighed by how likely they were an attacker's
    Small log_ins;  // accounts that came new here and succeeded, and a little for those that came again
    std::uint16_t account;  // of the last failure, low bits
    Small own;              // failures on that account in a row
};
static_assert(sizeof(AddressSlot) == 16);

/// A network (/24, /48), a client fingerprint or a guess: the same two counts.
struct GroupSlot {
    static constexpr unsigned id_bits = 48;
    std::uint64_t id : 48;
    std::uint64_t last : 16;
    float failures;
    float log_ins;
};
static_assert(sizeof(GroupSlot) == 16);

/// An AS, or what stands in for one.
struct RegionSlot {
    static constexpr unsigned id_bits = 48;
    std::uint64_t id : 48;
    std::uint64_t last : 16;
    float failures;
    float log_ins;         // from places beyond the account's own regions
    float clean, visited;  // log-ins of its own customers whose network attackers left alone, or did not
    float spare[2];
};
static_assert(sizeof(RegionSlot) == 32);

/// An account, known or invented.
struct AccountSlot {
    static constexpr unsigned id_bits = 48;
    std::uint64_t id : 48;
    std::uint64_t last : 16;
    float failures;            // weighed, fading in half a day
    float log_ins;             // fading in a week
    Small new_places;          // log-ins from a network new to it, fading in a week
    Part nearby;               // of its failures: from one of its own regions, yet from no place of its own
    Part imitated;             // of its failures: with a program of its own, from no place of its own
    Quarter first;             // of the first log-in; nobody: none known, settled: over six hours ago
    std::uint32_t last_login;  // Unix time
    std::uint32_t unknown_at;  // when the servers last said that it does not exist, 0: never

    static constexpr Quarter nobody = 0, settled = 1;
};
static_assert(sizeof(AccountSlot) == 32);

/// What is remembered of an account's right passwords, of several where it has several (one for each
/// program): tags of eight bits, and when each was last right. Lies in memory alone: no checkpoint has it.
struct TagSlot {
    static constexpr unsigned id_bits = 48;
    static constexpr std::size_t most = 4;
    std::uint64_t id : 48;
    std::uint64_t last : 16;
    std::array<std::uint8_t, most> tag;
    std::array<std::uint8_t, most> used;  // 0: no tag yet
    std::array<Quarter, most> when;
    std::array<std::uint8_t, 8> spare;
};
static_assert(sizeof(TagSlot) == 32);

/// A pair that was seen: account and place where it logged in, account and guess, client and account refused.
struct PairSlot {
    static constexpr unsigned id_bits = 40;
    std::uint64_t id : 40;
    std::uint64_t when : 16;  // what it counts in is its table's business
    std::uint64_t count : 8;
};
static_assert(sizeof(PairSlot) == 8);

/// The tables, sized for a number of bytes together.
struct Memory {
    explicit Memory(std::size_t most_bytes);

    Table<AddressSlot> addresses;
    Table<GroupSlot> networks;
    Table<RegionSlot> regions;
    Table<GroupSlot> clients;
    Table<GroupSlot> guesses;
    Table<AccountSlot> accounts;
    Table<PairSlot> familiar;  // account and address, network, region or client
    Table<PairSlot> guessed;   // account and guess; account, address and guess
    Table<PairSlot> refused;   // account and address
    Table<TagSlot> tags;       // not in checkpoints

    [[nodiscard]] std::size_t bytes() const;
};

}  // namespace tidegate::judge
