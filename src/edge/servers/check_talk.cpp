#include "edge/servers/check_talk.h"

#include <algorithm>
#include <array>
#include <utility>

#include "edge/reach.h"
#include "wire/mail/proxy_protocol.h"

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
    : context_(context),
      place_(checked.place),
      probe_(make_probe(checked.protocol, {.starttls = checked.place.security == Security::starttls,
                                           .helo = rules.helo,
                                           .most_bytes = rules.most_bytes})) {}

bool CheckTalk::broken(std::string_view what, End end) {
    trouble_ = what;
    const std::string_view why = words_of(end, link_.get());
    if (!why.empty()) trouble_.append(trouble_.empty() ? "" : ": ").append(why);
    return false;
}

void CheckTalk::expire() {
    expired_ = true;
    if (link_) link_->expire();
}

asio::awaitable<bool> CheckTalk::run() {
    if (!co_await open()) co_return false;
    const bool well = co_await talk();
    link_->finish();
    link_->close();
    co_return well;
}

asio::awaitable<bool> CheckTalk::open() {
    trouble_ = co_await reach(context_, place_.endpoint, link_, Until::connected);
    if (!trouble_.empty()) co_return false;
    if (place_.proxy_header) {
        wire::ProxyHeader header;
        header.local = true;
        wire::write_proxy_header(header, out_);
        if (!co_await send()) co_return false;
    }
    co_return place_.security != Security::implicit || co_await encrypt();
}

asio::awaitable<bool> CheckTalk::encrypt() {
    const End end = co_await link_->connect_tls(place_.tls, place_.tls_name);
    co_return end == End::none || broken("no TLS", end);
}

asio::awaitable<bool> CheckTalk::send() {
    const End end = co_await link_->write_all(out_);
    out_.clear();
    co_return end == End::none || probe_->is_leaving() || broken("", end);
}

asio::awaitable<bool> CheckTalk::receive() {
    std::array<char, 4096> bytes;
    for (;;) {
        // One that never stops talking never lets us wait either.
        if (expired_) co_return broken("", End::late);
        const auto now = link_->read(bytes);
        if (now.end != End::none) co_return broken("", now.end);
        in_.append(bytes.data(), now.bytes);
        if (now.bytes != 0) co_return true;
        if (const End end = co_await link_->readable(); end != End::none) co_return broken("", end);
    }
}

asio::awaitable<bool> CheckTalk::talk() {
    for (;;) {
        const auto heard = probe_->hear(in_, out_);
        in_.erase(0, heard.used);
        if (!out_.empty() && !co_await send()) co_return false;
        switch (heard.turn) {
            case wire::Probe::Turn::done:
                co_return true;
            case wire::Probe::Turn::broken:
                co_return broken(probe_->trouble(), End::none);
            case wire::Probe::Turn::start_tls:
                if (!co_await encrypt()) co_return false;
                probe_->secured(out_);
                if (!out_.empty() && !co_await send()) co_return false;
                break;
            case wire::Probe::Turn::more:
                if (co_await receive()) break;
                // Who goes without a word when there are only goodbyes left has said all that matters; but
                // who stays and says nothing is not well.
                co_return probe_->is_leaving() && !expired_;
        }
    }
}

}  // namespace tidegate::edge
