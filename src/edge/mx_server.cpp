#include "edge/mx_server.h"

#include <utility>

namespace tidegate::edge {
namespace {

namespace asio = net::asio;
using Turn = wire::MxBack::Turn;

wire::BackRules rules_of(const ServerPlace& place, std::string_view helo) {
    // PROXY and XCLIENT never together: trust would be judged by the wrong address.
    const bool is_told = place.proxy_header || place.forward != wire::Forward::xclient;
    return {.starttls = place.security == Security::starttls,
            .forward = is_told ? wire::Forward::nothing : wire::Forward::xclient,
            .helo = std::string(helo)};
}

}  // namespace

MxServer::MxServer(asio::io_context& context, ServerPlace place, wire::ForwardedClient client,
                   std::string_view helo)
    : link_(context, std::move(place)),
      client_(std::move(client)),
      back_(rules_of(link_.place(), helo), client_) {}

asio::awaitable<bool> MxServer::open() {
    co_return co_await link_.open(client_) && co_await hear(Turn::ready);
}

asio::awaitable<bool> MxServer::start_tls() {
    if (!co_await link_.start_tls(in_)) co_return false;
    back_.secured(out_);
    co_return co_await link_.flush(out_);
}

// Where the server speaks unasked, that is what it says next, whatever it was to be asked.
asio::awaitable<bool> MxServer::hear(Turn until) {
    for (;;) {
        const auto heard = back_.hear(in_, out_);
        in_.erase(0, heard.used);
        if (!out_.empty() && !co_await link_.flush(out_)) co_return false;
        if (heard.turn == until) co_return true;
        if (heard.turn == Turn::broken) co_return link_.broken(back_.trouble(), End::none);
        if (heard.turn == Turn::start_tls && !co_await start_tls()) co_return false;
        if (heard.turn == Turn::more && !co_await link_.receive(in_)) co_return false;
    }
}

bool MxServer::is_quiet() {
    return in_.empty() && link_.receive_now(in_) && in_.empty();
}

asio::awaitable<bool> MxServer::command(std::string_view line) {
    if (in_.empty() && !link_.receive_now(in_)) co_return false;
    if (!in_.empty()) co_return co_await hear(Turn::reply);
    back_.say(line, out_);
    co_return co_await hear(Turn::reply);
}

asio::awaitable<bool> MxServer::content(std::string_view bytes) {
    // What it says now is no word on the message, and must not be taken for one.
    if (!link_.receive_now(in_)) co_return false;
    if (!in_.empty()) co_return link_.broken("it speaks amid the message", End::none);
    co_return co_await link_.send(bytes);
}

asio::awaitable<bool> MxServer::verdict() {
    back_.ended();
    co_return co_await hear(Turn::reply);
}

void MxServer::part() {
    if (!link_.is_open() || !back_.is_idle()) return;
    back_.say("QUIT", out_);
    // Whatever of it is taken at once: the end of the stream says the same.
    static_cast<void>(link_.link().write(out_));
    link_.link().finish();
}

}  // namespace tidegate::edge
