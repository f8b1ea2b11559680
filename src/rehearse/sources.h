#pragma once
// Where callers come from when a drill is played over real sockets: 127.0.0.0/8, which is all this machine's.

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "drill/crowd/calls.h"

namespace tidegate::rehearse {

/// Gives each simulated address one of 127.1.0.0 to 127.254.255.255, so that who shared a /24 shares one
/// here, and writes down for the daemon which AS that is and which lists name it. 127.0.0.0/16 and
/// 127.255.0.0/16 stay free for servers. Thread: one at a time.  Cost: a look-up.  Fails: never; beyond
/// 65,024 networks they are used again.
class Sources {
public:
    /// The guest's address here; the same for the same one.
    Address give(const drill::Guest& guest);

    [[nodiscard]] std::size_t networks() const { return networks_.size(); }
    [[nodiscard]] std::size_t addresses() const { return addresses_.size(); }

    /// In iptoasn's format (docs/formats.md).
    [[nodiscard]] std::string as_table() const;
    /// The addresses that this list names, a line each.
    [[nodiscard]] std::string named_by(unsigned list) const;

private:
    struct Network {
        std::uint32_t base = 0;  // the /24 here
        std::uint32_t as_number = 0;
    };

    boost::unordered_flat_map<std::uint64_t, Network> networks_;         // by Address::network_key()
    boost::unordered_flat_map<std::uint32_t, std::uint32_t> addresses_;  // here -> lists that name it
};

}  // namespace tidegate::rehearse
