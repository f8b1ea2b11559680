#pragma once
// Listening sockets: opened, taken over, and cleared away.

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "net/descriptor.h"
#include "net/endpoint.h"
#include "net/inherited.h"

namespace tidegate::net {

/// Connections that wait in the queue of one listening socket to be accepted, at most; the kernel cuts it to
/// net.core.somaxconn.
inline constexpr int listen_backlog = 4096;

/// Who may connect to a Unix socket.
struct Access {
    mode_t mode = 0660;
    std::string owner = {};  // name; empty: whoever we are
    std::string group = {};
};

/// The file of a Unix socket, ours until it is destroyed: then it is removed, unless another took its place.
class SocketFile;

/// One place to listen on: for TCP a socket a thread (SO_REUSEPORT), so that the kernel deals out
/// connections; for a Unix socket, and for what was passed on to us, what there is. Fails: a place that
/// another process listens on, a missing folder, no such user; says which.
class Listener {
public:
    [[nodiscard]] static Result<Listener> open(const Endpoint& endpoint, unsigned threads,
                                               const Access& access = {}, Inherited* passed = nullptr);
    ~Listener();
    Listener(Listener&&) noexcept;
    Listener& operator=(Listener&&) noexcept;

    /// With the port that the kernel chose, where it was asked to.
    [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }
    /// Passed on to us: threads share what there is.
    [[nodiscard]] bool is_inherited() const { return inherited_; }
    /// Somebody else holds the sockets too: what waits to be accepted when we go is answered by who comes
    /// next.
    [[nodiscard]] bool is_shared() const { return inherited_ || lent_; }
    /// Has systemd keep the sockets for our next start, so that who asks in between waits in their queue; the
    /// file of a Unix socket stays. Nothing happens where nobody keeps them.
    void lend();
    /// To be taken by the server.
    [[nodiscard]] std::vector<Descriptor>& sockets() { return sockets_; }

private:
    Listener();

    Endpoint endpoint_;
    std::vector<Descriptor> sockets_;
    std::unique_ptr<SocketFile> file_;
    bool inherited_ = false;
    bool lent_ = false;
};

/// Takes back what a listener on `endpoint` lent: the door is gone for good.
void take_back(const Endpoint& endpoint);

}  // namespace tidegate::net
