#pragma once
// The server that takes one client's mail; for this folder alone.

#include <string>
#include <string_view>

#include "edge/server_link.h"
#include "wire/mail/mx_back.h"

namespace tidegate::edge {

/// One connection to it, made for one client as it named itself last.
/// Thread: its context's.  Fails: by false, for good, and trouble() says why.
class MxServer {
public:
    /// `client.words` and `client.extended` are its EHLO or HELO, `helo` our own name.
    MxServer(net::asio::io_context& context, ServerPlace place, wire::ForwardedClient client,
             std::string_view helo);

    /// Up to where it waits for MAIL.
    [[nodiscard]] net::asio::awaitable<bool> open();
    /// Whether it is still there and has said nothing since, as far as can be seen without asking.
    [[nodiscard]] bool is_quiet();
    /// True: code() and reply() are its answer to `line` (without CR LF).
    [[nodiscard]] net::asio::awaitable<bool> command(std::string_view line);
    /// After 354: a part of the message, as it came. Waits while the server takes none; false where it has
    /// something to say before it has heard all.
    [[nodiscard]] net::asio::awaitable<bool> content(std::string_view bytes);
    /// The message is sent to its end: true, code() and reply() are what it says of it.
    [[nodiscard]] net::asio::awaitable<bool> verdict();
    /// Goes, with QUIT; not amid a command or a message: then it is simply destroyed, and the server forgets
    /// both.
    void part();

    [[nodiscard]] unsigned code() const { return back_.code(); }
    [[nodiscard]] std::string_view reply() const { return back_.bytes(); }
    [[nodiscard]] Reason refusal() const { return back_.refusal(); }
    [[nodiscard]] const std::string& trouble() const { return link_.trouble(); }
    /// Where it was not reached: for want of descriptors or ports here.
    [[nodiscard]] bool failed_here() const { return link_.failed_here(); }
    [[nodiscard]] const ServerPlace& place() const { return link_.place(); }
    /// Its time is over.
    void expire() { link_.expire(); }

private:
    [[nodiscard]] net::asio::awaitable<bool> hear(wire::MxBack::Turn until);
    [[nodiscard]] net::asio::awaitable<bool> start_tls();

    ServerLink link_;
    wire::ForwardedClient client_;
    wire::MxBack back_;
    std::string in_, out_;
};

}  // namespace tidegate::edge
