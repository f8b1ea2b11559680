#include "edge/splice.h"

#include <optional>
#include <string>
#include <utility>

namespace tidegate::edge {
namespace {

namespace asio = net::asio;

/// Of both ways of a pair.
struct Pair {
    using Handler = asio::async_result<asio::use_awaitable_t<>, void()>::handler_type;

    Scratch& scratch;
    OnBytes on_bytes;
    std::optional<Handler>* waits_for_second = nullptr;  // null: the second way has ended

    [[nodiscard]] asio::awaitable<void> second_ended() {
        return asio::async_initiate<const asio::use_awaitable_t<>, void()>(
            [this](Handler handler) { waits_for_second->emplace(std::move(handler)); }, asio::use_awaitable);
    }
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

void end(Link& from, Link& to, const Way& way) {
    if (way.from == End::closed) {
        to.finish();
    } else {
        from.close();
        to.close();
    }
}

asio::awaitable<void> run_second(Link& from, Link& to, Way& way, Pair& pair) {
    // Here, for whoever is never told goes with whom he waits for.
    std::optional<Pair::Handler> waiting;
    pair.waits_for_second = &waiting;
    way = co_await carry(from, to, false, pair);
    pair.waits_for_second = nullptr;
    end(from, to, way);
    if (!waiting) co_return;
    Pair::Handler handler = std::move(*waiting);
    std::move(handler)();
}

}  // namespace

asio::awaitable<Carried> splice(Link& client, Link& server, Scratch& scratch, OnBytes on_bytes) {
    Pair pair{.scratch = scratch, .on_bytes = std::move(on_bytes)};
    Way up, down;
    asio::co_spawn(co_await asio::this_coro::executor, run_second(server, client, down, pair),
                   asio::detached);
    up = co_await carry(client, server, true, pair);
    end(client, server, up);
    if (pair.waits_for_second != nullptr) co_await pair.second_ended();
    co_return Carried{up.bytes, down.bytes, up.from != End::none ? up.from : down.to,
                      down.from != End::none ? down.from : up.to};
}

}  // namespace tidegate::edge
