#include "edge/servers/check_talk.h"

#include <algorithm>

namespace tidegate::edge {
namespace {

namespace asio = net::asio;

std::unique_ptr<wire::Probe> make_probe(Protocol protocol, const wire::ProbeRules& rules) {
    switch (protocol) {
        case Protocol::pop3:
            return wire::make_pop3_probe(rules);
        case Protocol::managesieve:
            return wire::make_sieve_probe(rules);
        case Protocol::submission:
        case Protocol::smtp:
            return wire::make_submission_probe(rules);
        case Protocol::imap:
            break;
    }
    return wire::make_imap_probe(rules);
}

}  // namespace

wire::OfferWords words_of(Protocol protocol) {
    switch (protocol) {
        case Protocol::pop3:
            return wire::OfferWords::pop3;
        case Protocol::managesieve:
            return wire::OfferWords::managesieve;
        case Protocol::submission:
        case Protocol::smtp:
            return wire::OfferWords::submission;
        case Protocol::imap:
            break;
    }
    return wire::OfferWords::imap;
}

wire::FrontOffer front_offer(Protocol protocol, const wire::ServerOffer& offer) {
    wire::FrontOffer out;
    out.capabilities = offer.capabilities;
    out.mechanisms = offer.mechanisms;
    const bool has_plain = std::ranges::find(out.mechanisms, "PLAIN") != out.mechanisms.end();
    if (offer.passwords && !has_plain) out.mechanisms.insert(out.mechanisms.begin(), "PLAIN");
    if (!offer.passwords)
        std::erase_if(out.mechanisms, [](const auto& one) { return one == "PLAIN" || one == "LOGIN"; });
    if (!offer.passwords && protocol == Protocol::imap) out.capabilities.emplace_back("LOGINDISABLED");
    return out;
}

wire::ServerOffer offer_to_clients(const ServerPlace& place, wire::ServerOffer offer) {
    if (!place.proxy_header || place.security != Security::none || offer.passwords) return offer;
    offer.passwords = true;
    for (const std::string_view one : {"LOGIN", "PLAIN"})
        if (std::ranges::find(offer.mechanisms, one) == offer.mechanisms.end())
            offer.mechanisms.emplace(offer.mechanisms.begin(), one);
    return offer;
}

CheckTalk::CheckTalk(asio::io_context& context, const CheckedPlace& checked, const HealthRules& rules)
    : server_(context, checked.place),
      probe_(make_probe(checked.protocol, {.starttls = checked.place.security == Security::starttls,
                                           .helo = rules.helo,
                                           .most_bytes = rules.most_bytes})) {}

asio::awaitable<bool> CheckTalk::run() {
    if (!co_await server_.open()) co_return false;
    const bool well = co_await talk();
    server_.link().finish();
    server_.link().close();
    co_return well;
}

asio::awaitable<bool> CheckTalk::send() {
    co_return out_.empty() || co_await server_.flush(out_) || probe_->is_leaving();
}

asio::awaitable<bool> CheckTalk::talk() {
    for (;;) {
        const auto heard = probe_->hear(in_, out_);
        in_.erase(0, heard.used);
        if (!co_await send()) co_return false;
        switch (heard.turn) {
            case wire::Probe::Turn::done:
                co_return true;
            case wire::Probe::Turn::broken:
                co_return server_.broken(probe_->trouble(), End::none);
            case wire::Probe::Turn::start_tls:
                if (!co_await server_.start_tls(in_)) co_return false;
                probe_->secured(out_);
                if (!co_await send()) co_return false;
                break;
            case wire::Probe::Turn::more:
                if (co_await server_.receive(in_)) break;
                // Who goes without a word when there are only goodbyes left has said all that matters; but
                // who stays and says nothing is not well.
                co_return probe_->is_leaving() && !server_.is_expired();
        }
    }
}

}  // namespace tidegate::edge
