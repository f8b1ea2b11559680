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

    /// Those bound to `endpoint`, or named with its text (FileDescriptorName=); most often none or one.
    [[nodiscard]] std::vector<Descriptor> take(const Endpoint& endpoint);
    /// What nobody took: the unit file and our configuration disagree.
    [[nodiscard]] std::vector<std::string> names() const;

private:
    struct Socket {
        std::string name;
        std::optional<Endpoint> bound;
        Descriptor descriptor;
    };
    std::vector<Socket> sockets_;
};

}  // namespace tidegate::net
