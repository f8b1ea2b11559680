#include "app/serve/edge_plan.h"

#include <array>
#include <map>
#include <utility>

#include "base/check.h"
#include "tell/alert/alerts.h"

namespace tidegate::app {
namespace {

edge::Protocol protocol_of(Service service) {
    switch (service) {
        case Service::imap:
            return edge::Protocol::imap;
        case Service::pop3:
            return edge::Protocol::pop3;
        case Service::managesieve:
            return edge::Protocol::managesieve;
        case Service::smtp:
            return edge::Protocol::smtp;
        default:
            CHECK(service == Service::submission);
            return edge::Protocol::submission;
    }
}

edge::Security security_of(config::MailTls tls) {
    constexpr std::array all{edge::Security::none, edge::Security::starttls, edge::Security::implicit};
    return all.at(static_cast<std::size_t>(tls));
}

// Before the first server has said what it offers: what every server of the protocol does.
std::vector<std::string> least_capabilities(edge::Protocol protocol) {
    switch (protocol) {
        case edge::Protocol::imap:
            return {"IMAP4rev1"};
        case edge::Protocol::pop3:
            return {"USER"};
        case edge::Protocol::submission:
        case edge::Protocol::smtp:
            return {"8BITMIME"};
        case edge::Protocol::managesieve:
            break;
    }
    return {};
}

std::vector<std::string> upper(std::vector<std::string> words) {
    for (std::string& word : words)
        for (char& c : word)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return words;
}

wire::FrontOffer offer_of(const config::Entrance& from, edge::Protocol protocol) {
    wire::FrontOffer offer;
    offer.host = from.host.empty() ? tell::machine_name() : from.host;
    offer.capabilities = from.capabilities.empty() ? least_capabilities(protocol) : from.capabilities;
    offer.mechanisms =
        from.mechanisms.empty() ? std::vector<std::string>{"PLAIN", "LOGIN"} : upper(from.mechanisms);
    offer.starttls = from.tls == config::MailTls::starttls;
    offer.plain_without_tls = from.plain_without_tls;
    return offer;
}

EdgePlan::Entrance entrance_of(const config::Entrance& from, std::shared_ptr<const net::TlsServer> tls,
                               std::vector<Error>& errors) {
    EdgePlan::Entrance out;
    for (const std::string& place : from.listen) {
        if (auto endpoint = net::Endpoint::parse(place))
            out.places.push_back(std::move(*endpoint));
        else
            errors.push_back(std::move(endpoint.error()));
    }
    edge::EntranceRules& rules = out.rules;
    rules.name = from.called();
    rules.protocol = protocol_of(from.protocol);
    rules.security = security_of(from.tls);
    if (rules.security != edge::Security::none) rules.tls = std::move(tls);
    rules.balancers = from.balancers;
    rules.offer = offer_of(from, rules.protocol);
    rules.log_in = std::chrono::seconds(from.log_in_seconds);
    rules.idle = std::chrono::minutes(from.idle_minutes);
    rules.tries = from.tries;
    rules.fails_open = from.fails_open;
    rules.most_delay = std::chrono::seconds(from.most_delay);
    rules.mx.refuse_for_good = false;  // as Postfix's door: a sender that we misjudge keeps his mail
    rules.mx.greeting_delay = std::chrono::seconds(from.greeting_delay);
    rules.mx.limits.refuse_early = from.refuses_early_talk;
    rules.mx.hang_up_on_bare = from.hangs_up_on_bare_newlines;
    out.wanted = from.servers;
    out.own_sessions = from.own_sessions;
    out.learns_capabilities = from.capabilities.empty();
    out.learns_mechanisms = from.mechanisms.empty();
    return out;
}

/// Servers with the same authorities share what was read of them.
class Clients {
public:
    Result<std::shared_ptr<const net::TlsClient>> of(const config::Server& server) {
        const auto key = std::pair(server.ca_file, server.verify);
        if (const auto found = read_.find(key); found != read_.end()) return found->second;
        auto client = net::TlsClient::load({.ca_file = server.ca_file, .verify = server.verify});
        if (client) read_.emplace(key, *client);
        return client;
    }

private:
    std::map<std::pair<std::string, bool>, std::shared_ptr<const net::TlsClient>> read_;
};

Result<EdgePlan::Server> server_of(const config::Server& from, Clients& clients) {
    EdgePlan::Server out;
    out.protocol = protocol_of(from.protocol);
    out.weight = from.weight;
    out.most_sessions = from.most_sessions;
    out.most_log_ins_a_second = from.most_log_ins_a_second;
    edge::ServerPlace& place = out.place;
    place.name = from.name;
    auto endpoint = net::Endpoint::parse(from.address);
    if (!endpoint) return std::unexpected(std::move(endpoint.error()));
    place.endpoint = std::move(*endpoint);
    place.security = security_of(from.tls);
    place.tls_name = from.tls_name.empty() ? from.name : from.tls_name;
    place.proxy_header = from.forward == config::Forwarding::proxy;
    if (from.forward == config::Forwarding::xclient) place.forward = wire::Forward::xclient;
    if (from.forward == config::Forwarding::id) place.forward = wire::Forward::id;
    if (place.security == edge::Security::none) return out;
    auto client = clients.of(from);
    if (!client) return std::unexpected(std::move(client.error()));
    place.tls = std::move(*client);
    return out;
}

}  // namespace

EdgePlan plan_edge(const config::Settings& settings, const std::shared_ptr<net::TicketKeys>& keys) {
    EdgePlan plan;
    std::shared_ptr<const net::TlsServer> tls;
    if (!settings.certificates.empty()) {
        net::TlsServerRules rules;
        for (const config::Certificate& each : settings.certificates)
            rules.identities.push_back({.certificate_file = each.chain, .key_file = each.key});
        if (auto loaded = net::TlsServer::load(rules, keys))
            tls = std::move(*loaded);
        else
            plan.errors.push_back(std::move(loaded.error()));
    }
    for (const config::Entrance& each : settings.entrances)
        if (each.tls == config::MailTls::none || tls != nullptr)
            plan.entrances.push_back(entrance_of(each, tls, plan.errors));
    Clients clients;
    for (const config::Server& each : settings.servers) {
        if (auto server = server_of(each, clients))
            plan.servers.push_back(std::move(*server));
        else
            plan.errors.push_back(std::move(server.error()));
    }
    return plan;
}

}  // namespace tidegate::app
