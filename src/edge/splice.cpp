#include "edge/splice.h"

#include <string>
#include <utility>

namespace tidegate::edge {
namespace {

namespace asio = net::asio;

/// Both ways of a pair, and who waits for them.
struct Pair {
    Pair(asio::io_context& context, Scratch& shared, OnBytes with)
        : scratch(shared), on_bytes(std::move(with)), done(context, asio::steady_timer::time_point::max()) {}

    Scratch& scratch;
    OnBytes on_bytes;
    asio::steady_timer done;  // cancelled when both ways have ended
    unsigned under_way = 2;
};

// Whether it went on to the end of what was given.
asio::awaitable<End> pass_on(std::string_view bytes, Link& to) {
    const auto now = to.write(bytes);
    if (now.end != End::none || now.bytes == bytes.size()) co_return now.end;
    // The scratch is others' while we wait.
    const std::string rest(bytes.substr(now.bytes));
    co_return co_await to.write_all(rest);
}

struct Way {
    std::uint64_t bytes = 0;
    End from = End::none, to = End::none;
};

asio::awaitable<Way> carry(Link& from, Link& to, bool from_client, const Pair& pair) {
    Way way;
    for (bool waits = from.must_wait();;) {
        if (waits) {
            way.from = co_await from.readable();
            if (way.from != End::none) co_return way;
        }
        const auto now = from.read(pair.scratch);
        way.from = now.end;
        if (now.end != End::none) co_return way;
        waits = now.bytes == 0 || from.must_wait();
        if (now.bytes == 0) continue;
        way.bytes += now.bytes;
        const std::string_view bytes(pair.scratch.data(), now.bytes);
        pair.on_bytes(from_client, bytes);
        way.to = co_await pass_on(bytes, to);
        if (way.to != End::none) co_return way;
    }
}

asio::awaitable<void> run(Link& from, Link& to, bool from_client, Way& way, Pair& pair) {
    way = co_await carry(from, to, from_client, pair);
    if (way.from == End::closed) {
        to.finish();
    } else {
        from.close();
        to.close();
    }
    if (--pair.under_way == 0) pair.done.cancel();
}

}  // namespace

asio::awaitable<Carried> splice(Link& client, Link& server, Scratch& scratch, OnBytes on_bytes) {
    auto& context = static_cast<asio::io_context&>((co_await asio::this_coro::executor).context());
    Pair pair(context, scratch, std::move(on_bytes));
    Way up, down;
    asio::co_spawn(context, run(client, server, true, up, pair), asio::detached);
    asio::co_spawn(context, run(server, client, false, down, pair), asio::detached);
    while (pair.under_way != 0) co_await pair.done.async_wait(net::as_values);
    co_return Carried{up.bytes, down.bytes, up.from != End::none ? up.from : down.to,
                      down.from != End::none ? down.from : up.to};
}

}  // namespace tidegate::edge
