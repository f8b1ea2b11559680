#pragma once
// Who is taken in when there is no room for all: at accept, before a byte was read.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/address.h"
#include "edge/admission/client_class.h"
#include "edge/admission/keyed_slab.h"
#include "edge/admission/limit_log.h"

namespace tidegate::edge {

struct ReceptionRules {
    std::size_t most = 20'000;  // sessions: what descriptors and memory are there for
    /// A class is refused once this part of `most` is held by all; the last of it is the familiar's reserve.
    ByClass<double> refused_from{{1, 0.95, 0.9, 0.75, 0.6}};
    double slack = 0.02;  // and taken in again only so much below, or it would change with every session
    /// Sessions that one network (/24, /48) may hold, without pressure and at full; between them
    /// geometrically. The familiar and known senders are granted more: many customers share an address.
    ByClass<unsigned> network_calm{{2000, 1000, 200, 50, 20}};
    ByClass<unsigned> network_full{{500, 100, 8, 2, 1}};
    std::uint64_t seed = 0;      // random, and private
    std::uint32_t listener = 0;  // LimitChange::listener
};

enum class Welcome : std::uint8_t {
    taken,
    full,     // nothing is left, for nobody
    refused,  // its class, for now
    network,  // its network holds as many as it may
};
[[nodiscard]] std::string_view name(Welcome);

/// Counts the sessions held, by class and network, and says who is taken in.
/// Thread: one at a time, the log's too.  Cost: O(1), allocates at first and in resize() (about 48 bytes for
/// each of `most`).  Fails: never.  Owner: `log` outlives it.
class Reception {
public:
    Reception(const ReceptionRules& rules, LimitLog& log);

    /// `pressure` is Pressure::level(). Where taken, gone() must follow, with the same address.
    [[nodiscard]] Welcome arrive(Moment now, const Address& address, ClientClass which, double pressure);
    void gone(Moment now, const Address& address, ClientClass which);
    /// So many from now on. Who is there stays, and while there are more nobody is taken in.
    void resize(Moment now, std::size_t most);
    /// More is known about a session that was taken in. It stays.
    void moved(ClientClass from, ClientClass to);

    [[nodiscard]] std::size_t held() const { return held_; }
    [[nodiscard]] std::size_t held(ClientClass which) const { return by_class_[which]; }
    [[nodiscard]] std::size_t most() const { return rules_.most; }
    [[nodiscard]] bool refuses(ClientClass which) const { return refused_[which]; }
    /// Sessions that a network may hold at that pressure before one more of this class is refused.
    [[nodiscard]] unsigned network_most(ClientClass which, double pressure) const;

private:
    struct Network {
        std::uint32_t sessions = 0;
        std::uint32_t capped = 0;  // the limit that was last applied to it; 0: none
    };

    void settle(Moment now);
    void note_cap(Moment now, const Address& address, Network& network, unsigned most);

    ReceptionRules rules_;
    LimitLog& log_;
    KeyedSlab<Network> networks_;
    std::size_t held_ = 0;
    ByClass<std::size_t> by_class_;
    ByClass<bool> refused_;
};

}  // namespace tidegate::edge
