#pragma once
// How many TLS handshakes are begun, for whom: refused before they cost anything.
//
// A full handshake takes a core some tenth of a millisecond and the client next to nothing, so a flood of
// them needs no password to drown a proxy. Three bounds, of which each newcomer has to keep all: what his
// host (an address, an IPv6 /64) begins a second and has under way, the same of his network (/24, /48), and
// what all together may cost. Familiar clients do not count for their network and are not held to it, and of
// what all may cost, a part is theirs alone: they are let in where strangers no longer are.
//
// A handshake is charged in full when it begins, for nobody knows before the client's first message whether
// it resumes a session. What it did not cost is given back when it is done: TLS 1.3 resumption saves the
// signature and not the key exchange (RFC 8446 4.2.9, psk_dhe_ke).
//
// Memory is fixed and nothing is ever evicted: hosts and networks have a counter in each of two rows, found
// by keyed hashes, and the lower one counts (Cormode and Muthukrishnan, "An improved data stream summary: the
// count-min sketch", 2005); each counter is the time until which it is paid (ITU-T I.371, GCRA). Only what
// was let in is charged, which the common bound keeps small beside the number of counters: so a flood from
// any number of sources does not fill them, and the innocent do not share a full one by chance.

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <utility>

#include "base/address.h"

namespace tidegate::edge {

struct HandshakeRules {
    struct Bound {
        double per_second;
        double burst;  // at once, after a pause
        std::uint32_t under_way;
    };
    Bound host{.per_second = 5, .burst = 30, .under_way = 30};
    Bound network{.per_second = 25, .burst = 150, .under_way = 150};
    Bound all{.per_second = 2000, .burst = 2000, .under_way = 4000};  // full ones
    double reserved = 0.25;                                           // of `all`, for familiar clients
    double resumed_cost = 0.5;                                        // beside a full one's
};

enum class HandshakeRefusal : std::uint8_t { host, network, all };

/// Since the start, but for `under_way`.
struct HandshakeCounts {
    std::uint64_t full = 0;     // done, or broken off when it had cost what it costs
    std::uint64_t resumed = 0;  // done
    std::uint64_t left = 0;     // the client went before it said anything
    std::uint64_t refused_host = 0, refused_network = 0, refused_all = 0;
    std::uint64_t under_way = 0;
};

/// Thread: any.  Cost: a lock and four cache lines; 2 MB.  Fails: never.
class HandshakeLimits {
    struct Tables;

public:
    using Moment = std::chrono::steady_clock::time_point;

    /// One handshake under way; destroyed without a word, it cost what a full one costs. Never outlives the
    /// limits.  Thread: one at a time.
    class Pass {
    public:
        Pass(Pass&& other) noexcept : tables_(std::exchange(other.tables_, nullptr)), whose_(other.whose_) {}
        Pass& operator=(Pass&& other) noexcept;
        Pass(const Pass&) = delete;
        Pass& operator=(const Pass&) = delete;
        ~Pass();

        void done(bool resumed);
        /// The client went away, or its time was over, before its first message came.
        void left();

    private:
        friend class HandshakeLimits;
        struct Whose {
            std::uint64_t host = 0, network = 0;
            bool is_stranger = true;  // and so counts for its network
        };
        Pass(Tables& tables, Whose whose) : tables_(&tables), whose_(whose) {}
        void end(std::uint64_t HandshakeCounts::* as, double given_back);

        Tables* tables_;
        Whose whose_;
    };

    explicit HandshakeLimits(const HandshakeRules& rules);
    ~HandshakeLimits();
    HandshakeLimits(const HandshakeLimits&) = delete;
    HandshakeLimits& operator=(const HandshakeLimits&) = delete;

    /// `familiar`: a client that somebody logged in from lately, as the judge knows it.
    [[nodiscard]] std::expected<Pass, HandshakeRefusal> begin(const Address& client, bool familiar,
                                                              Moment now);
    [[nodiscard]] HandshakeCounts counts() const;

private:
    std::unique_ptr<Tables> tables_;
};

}  // namespace tidegate::edge
