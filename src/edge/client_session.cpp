#include "edge/client_session.h"

#include <utility>

namespace tidegate::edge {

namespace asio = net::asio;

ClientSession::ClientSession(Stage& stage, Arrived arrived)
    : stage_(stage),
      rules_(std::move(arrived.rules)),
      link_(stage.context(), std::move(arrived.socket)),
      pass_(std::move(arrived.pass)),
      seat_(std::move(arrived.seat)),
      asking_(stage),
      turn_(stage, asking_),
      id_(next_session_id()),
      arrival_{arrived.peer.address, arrived.peer.port, arrived.met_at.address, arrived.met_at.port, {}} {
    event_.address = arrival_.from;
    event_.port = arrival_.port;
    event_.service = service_of(rules_->protocol);
    event_.layer = Layer::proxy;
    event_.tls = false;
    event_.listener = rules_->name;
    event_.session = id_;
    stage_.add(*this);
    stage_.counters().begun.add();
}

ClientSession::Act ClientSession::hear_header(std::string& in) {
    const Header header = co_await read_header(link_, stage_.scratch(), in, arrival_);
    if (header == Header::none) stage_.counters().refused_header.add();
    if (header != Header::whole) co_return Then::over;
    event_.address = arrival_.from;
    event_.port = arrival_.port;
    event_.tls = arrival_.had_tls();
    auto seat = stage_.seat(*rules_, event_.address);
    if (!seat) co_return Then::over;
    seat_ = std::move(*seat);
    co_return Then::on;
}

ClientSession::Act ClientSession::encrypt() {
    const bool is_familiar = seat_.client_class() == ClientClass::familiar;
    if (!co_await shake_hands(link_, stage_, *rules_, event_.address, is_familiar)) co_return Then::over;
    event_.tls = true;
    fingerprint_ = take_fingerprint(link_);
    event_.client = fingerprint_;
    co_return Then::on;
}

asio::awaitable<std::optional<Decision>> ClientSession::ask() {
    auto decision = co_await asking_.ask(*rules_, event_);
    if (decision && decision->known_as) seat_.move(*decision->known_as);
    co_return decision;
}

void ClientSession::report(Outcome outcome, Reason reason) {
    event_.outcome = outcome;
    event_.reason = reason;
    event_.time = event_.received = stage_.hooks().clock();
    stage_.hooks().report(event_);
}

wire::ForwardedClient ClientSession::forwarded(std::string_view words) const {
    wire::ForwardedClient out{.address = event_.address,
                              .port = event_.port,
                              .met_at = arrival_.met_at,
                              .met_at_port = arrival_.met_at_port,
                              .session = id_,
                              .words = std::string(words),
                              .tls = event_.tls.value_or(false)};
    tell_tls(link_, arrival_, out);
    return out;
}

}  // namespace tidegate::edge
