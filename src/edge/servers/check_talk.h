#pragma once
// One health check's conversation; for this folder alone.

#include <memory>
#include <string>
#include <string_view>

#include "edge/server_link.h"
#include "edge/servers/health.h"
#include "wire/mail/probe.h"

namespace tidegate::edge {

[[nodiscard]] wire::OfferWords words_of(Protocol protocol);
/// What clients are offered where servers offer that: passwords in whatever form they come, since we bring
/// them in the servers' own.
[[nodiscard]] wire::FrontOffer front_offer(Protocol protocol, const wire::ServerOffer& offer);

/// What a place offers to clients who came with TLS. One that is told of it by a PROXY header hides passwords
/// from a check, whose LOCAL header can't tell it (proxy-protocol.txt 2.2: what follows LOCAL is skipped).
[[nodiscard]] wire::ServerOffer offer_to_clients(const ServerPlace& place, wire::ServerOffer offer);

/// Thread: its context's.  Fails: trouble().
class CheckTalk {
public:
    CheckTalk(net::asio::io_context& context, const CheckedPlace& checked, const HealthRules& rules);

    /// From connect to goodbye. True: all went well, and offer() is what it offers.
    [[nodiscard]] net::asio::awaitable<bool> run();
    [[nodiscard]] const wire::ServerOffer& offer() const { return probe_->offer(); }
    [[nodiscard]] const std::string& trouble() const { return server_.trouble(); }
    /// It could not be looked at for want of descriptors or ports here.
    [[nodiscard]] bool failed_here() const { return server_.failed_here(); }
    /// Its time is over.
    void expire() { server_.expire(); }

private:
    [[nodiscard]] net::asio::awaitable<bool> talk();
    [[nodiscard]] net::asio::awaitable<bool> send();

    ServerLink server_;
    std::unique_ptr<wire::Probe> probe_;
    std::string in_, out_;
};

}  // namespace tidegate::edge
