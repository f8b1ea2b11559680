#pragma once
// What an operator decides about the judge; everything else it learns. Plain data, sealed before use.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/address.h"
#include "base/time.h"
#include "event/verdict.h"

namespace tidegate::judge {

/// An operator's word about an address, a network, an AS or an account. The first whose subject fits and that
/// has not expired decides; `allow` wins over `deny` where both fit.
struct Exception {
    enum class Effect : std::uint8_t { allow, deny };
    Effect effect = Effect::allow;
    std::optional<Prefix> prefix;  // exactly one of these three is set
    std::optional<std::uint32_t> as_number;
    std::string account;  // as an operator writes it; normalised when the policy is sealed
    std::string reason;
    std::string author;
    std::optional<Time> expires;  // compared with the events' time
};

inline constexpr std::size_t most_lists = 32;  // bits of Event::lists

/// What is known beforehand about a block list; its weight is then learned here.
struct ListPrior {
    std::string name;
    Decibans weight = Decibans::of(10);  // prior weight of being named by it
};

struct Policy {
    // Account names (normalise.h).
    std::string default_realm;                             // added to names without one; empty: none
    bool strip_plus_tag = true;                            // user+tag@domain is user@domain
    std::unordered_map<std::string, std::string> aliases;  // normalised name to normalised name

    std::vector<Exception> exceptions;
    // Our own machines that log in for others (webmail, proxies): their addresses say nothing of a client.
    std::vector<Prefix> forwarders;
    [[nodiscard]] bool is_forwarder(Address address) const;
    std::vector<ListPrior> lists;  // index = bit in Event::lists

    // Thresholds of the sum, by measure. Nothing: they follow from what the sensors can see
    // (judge/thresholds.h).
    std::optional<Decibans> slow_at, defer_at, refuse_at;
    bool as_table = false;  // events carry AS numbers from a table
    // Kinds of evidence to leave out, a bit for each EvidenceKind: to see what each is worth.
    std::uint64_t without = 0;

    std::size_t memory_bytes = std::size_t{256} << 20;  // for all tables together

    /// Normalises the account names in exceptions and aliases. Call once before use.
    void seal();
};

}  // namespace tidegate::judge
