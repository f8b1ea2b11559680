#pragma once
// Sockets that systemd holds for us, so that a restart leaves no question unanswered.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/descriptor.h"
#include "net/endpoint.h"

namespace tidegate::net {

/// Listening sockets passed by whoever started this process (LISTEN_FDS, sd_listen_fds(3)).
/// Thread: the one that starts the program.
class Inherited {
public:
    Inherited() = default;
    /// Takes them all and clears the variables, so that a second call, and no child, finds any. Anything that
    /// is not a listening stream socket is closed.
    [[nodiscard]] static Inherited from_environment();

    /// Those bound to `endpoint`, or named after it (FileDescriptorName=): one, or one for each thread.
    [[nodiscard]] std::vector<Descriptor> take(const Endpoint& endpoint);
    /// What nobody took: the unit file and our configuration disagree, or a door is gone.
    [[nodiscard]] std::vector<std::string> names() const;
    /// Closes what nobody took, and has systemd forget what we lent it: or its connections would wait for
    /// ever.
    void drop();

    /// `endpoint` as a name for a kept socket: its text, without the colons that systemd forbids.
    [[nodiscard]] static std::string name_for(const Endpoint& endpoint);

private:
    struct Socket {
        std::string name;
        std::optional<Endpoint> bound;
        Descriptor descriptor;
    };
    std::vector<Socket> sockets_;
};

}  // namespace tidegate::net
