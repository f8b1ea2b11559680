#pragma once
// A process whose descriptors are used up.

namespace tidegate::edge {

/// While it lives nobody in this process makes or accepts a socket (EMFILE); those that are open go on. One
/// at a time, in a binary that `tidegate_may_lack_sockets` was called for.
///
/// It is played where the sockets are made, not by RLIMIT_NOFILE: UndefinedBehaviorSanitizer wants a pipe to
/// look at a type that it meets for the first time. tests/e2e/servers_edge_limits.py has the limit itself.
class NoSockets {
public:
    NoSockets();
    ~NoSockets();
    NoSockets(const NoSockets&) = delete;
    NoSockets& operator=(const NoSockets&) = delete;
};

}  // namespace tidegate::edge
