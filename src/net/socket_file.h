#pragma once
// The file of a Unix socket: made whole before anybody sees it, never taken from a daemon that lives.

#include <sys/types.h>

#include <memory>

#include "base/error.h"
#include "net/descriptor.h"
#include "net/listener.h"

namespace tidegate::net {

/// A listening Unix socket at its path. PATH.lock beside it is locked as long as this lives, so that of two
/// daemons that start at once only one can find the other's file stale. The socket is bound to PATH.new, gets
/// its owner and mode, listens, and is then renamed: whoever can see it may connect and is answered.
/// Thread: one at a time.  Fails: somebody listens at the path, or it is something else than a socket.
class SocketFile {
public:
    [[nodiscard]] static Result<std::unique_ptr<SocketFile>> create(const Endpoint& endpoint,
                                                                    const Access& access);
    ~SocketFile();
    SocketFile(const SocketFile&) = delete;
    SocketFile& operator=(const SocketFile&) = delete;

    [[nodiscard]] Descriptor take_socket() { return std::move(socket_); }
    /// The file stays when this is destroyed: somebody else holds its socket.
    void leave() { placed_ = false; }

private:
    explicit SocketFile(std::string path) : path_(std::move(path)) {}

    [[nodiscard]] Result<void> lock();
    [[nodiscard]] Result<void> expect_stale() const;
    [[nodiscard]] Result<void> place(const Access& access);

    std::string path_;
    Descriptor lock_;
    Descriptor socket_;
    dev_t device_ = 0;  // of the file that we placed
    ino_t inode_ = 0;
    bool placed_ = false;
};

}  // namespace tidegate::net
