#pragma once
// Servers with something to serve.

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "net/http_server.h"
#include "net/server.h"
#include "wire_client.h"

namespace tidegate::net {

/// Answers each line that ends in '\n' with "ANSWER n LINE\n"; "quit" closes, "throw" throws, "big" is
/// answered with 8 MiB, "bad" closes without a word.
class Echo final : public Conversation {
public:
    Heard hear(std::string_view bytes, std::string& reply, bool) override {
        const auto end = bytes.find('\n');
        if (end == std::string_view::npos) return {};
        const std::string_view line = bytes.substr(0, end);
        if (line == "throw") throw std::runtime_error("of a conversation");
        if (line == "bad") return {end + 1, Heard::Next::close};
        reply.append("ANSWER ").append(std::to_string(++count_)).append(" ").append(line).append("\n");
        if (line == "big") reply.append(std::size_t{8} << 20, 'x').append("\n");
        return {end + 1, line == "quit" ? Heard::Next::close : Heard::Next::again};
    }
    bool is_amid_request() const override { return false; }

private:
    int count_ = 0;
};

inline std::unique_ptr<Conversation> make_echo(const Peer&, Loop&) {
    return std::make_unique<Echo>();
}

/// Listens on a port of its own; returns where.
template <class AnyServer>
Endpoint listen(AnyServer& server, Threads& threads, const Endpoint& endpoint = loopback()) {
    auto listener = Listener::open(endpoint, static_cast<unsigned>(threads.size()));
    EXPECT_TRUE(listener) << (listener ? "" : listener.error().text());
    const Endpoint bound = listener->endpoint();
    server.listen(std::move(*listener));
    return bound;
}

}  // namespace tidegate::net
