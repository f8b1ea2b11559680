#pragma once
// A client's end of a connection to the edge, line by line; for coroutines of this folder.

#include <cstdint>
#include <string>
#include <string_view>

#include "net/asio_library.h"
#include "net/endpoint.h"

namespace tidegate::rehearse {

/// In the clear.  Thread: its context's; one coroutine at a time, poke() and close() from outside it.
/// Fails: whatever ends the connection looks like its end.
class ClientLine {
public:
    explicit ClientLine(net::asio::io_context& context) : socket_(context) {}

    /// From one of this machine's own addresses. 0, or an errno.
    [[nodiscard]] net::asio::awaitable<int> connect(Address from, net::Endpoint to);
    /// False: it has ended.
    [[nodiscard]] net::asio::awaitable<bool> say(std::string bytes);
    /// Without its end. Empty: it has ended, or somebody sends what is no line.
    [[nodiscard]] net::asio::awaitable<std::string> line();
    /// An SMTP reply's code, the first digits of its last line (RFC 5321 4.2.1). 0: it has ended.
    [[nodiscard]] net::asio::awaitable<unsigned> reply();

    /// Until something comes, or the end, or somebody pokes. False: it was poked.
    [[nodiscard]] net::asio::awaitable<bool> stir();
    /// Takes what has come and forgets it. False: it has ended.
    [[nodiscard]] bool drain();
    /// Whoever waits in stir() goes on.
    void poke();
    /// One byte, if there is room for it.
    void drip(char byte);
    void close();

    [[nodiscard]] bool is_open() const { return socket_.is_open(); }
    /// Any byte has ever come.
    [[nodiscard]] bool was_spoken_to() const { return spoken_to_; }
    /// The last words that came, for who wants to know why.
    [[nodiscard]] const std::string& heard() const { return heard_; }

private:
    /// What is there now. False: nothing more will come.
    [[nodiscard]] bool read_some();
    [[nodiscard]] net::asio::awaitable<bool> wait(net::asio::posix::descriptor_base::wait_type what);

    net::asio::posix::stream_descriptor socket_;
    std::string in_, heard_;
    bool spoken_to_ = false, poked_ = false, waiting_ = false;
};

}  // namespace tidegate::rehearse
