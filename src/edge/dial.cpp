#include "edge/dial.h"

#include <utility>

namespace tidegate::edge {
namespace {

namespace asio = net::asio;

}  // namespace

Dial::Dial(asio::io_context& context, ServerPlace place, Protocol protocol)
    : server_(context, std::move(place)), protocol_(protocol) {}

asio::awaitable<Dial::Turn> Dial::log_in(wire::ForwardedClient client, wire::Login login,
                                         const std::string& helo) {
    const bool names = !place().proxy_header;
    const wire::BackRules rules{.starttls = place().security == Security::starttls,
                                .forward = names ? place().forward : wire::Forward::nothing,
                                .helo = helo};
    back_ = make_back(protocol_, rules, std::move(client), std::move(login));
    co_return co_await go_on();
}

asio::awaitable<bool> Dial::start_tls() {
    if (!co_await server_.start_tls(in_)) co_return false;
    back_->secured(out_);
    co_return true;
}

asio::awaitable<Dial::Turn> Dial::go_on() {
    for (;;) {
        const auto heard = back_->hear(in_, out_);
        in_.erase(0, heard.used);
        if (!out_.empty() && !co_await server_.flush(out_)) co_return Turn::broken;
        switch (heard.turn) {
            case wire::Back::Turn::challenge:
                co_return Turn::challenge;
            case wire::Back::Turn::decided:
                co_return Turn::decided;
            case wire::Back::Turn::broken:
                server_.broken(back_->trouble(), End::none);
                co_return Turn::broken;
            case wire::Back::Turn::start_tls:
                if (!co_await start_tls()) co_return Turn::broken;
                if (!out_.empty() && !co_await server_.flush(out_)) co_return Turn::broken;
                break;
            case wire::Back::Turn::more:
                if (!co_await server_.receive(in_)) co_return Turn::broken;
                break;
        }
    }
}

}  // namespace tidegate::edge
