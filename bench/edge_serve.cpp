// The edge alone, before one server, with a judge in the same process: what a log-in costs the proxy.
//
// usage: edge_serve PORT SERVER-PORT [THREADS [TLS-PORT CERTIFICATE KEY [LISTED]]]
// IMAP on loopback; LISTED has addresses, one a line, that are not answered.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <span>

#include "edge/edge.h"
#include "edge/servers/shared_servers.h"
#include "judge/judge.h"
#include "judge/knock.h"
#include "observe/live_lists.h"

namespace {

using namespace tidegate;

/// As the daemon has it: one judge behind one lock.
class Judging {
public:
    std::optional<edge::Decision> ask(const Event& event) {
        const judge::Knock knock = judge::make_knock(event, *policy_);
        const std::scoped_lock lock(mutex_);
        static_cast<void>(judge_.consider(knock));
        return edge::Decision{};
    }
    void report(const Event& event) {
        const judge::Knock knock = judge::make_knock(event, *policy_);
        const std::scoped_lock lock(mutex_);
        Verdict verdict = judge_.consider(knock);
        verdict.measure = Measure::pass;
        judge_.learn(knock, verdict);
    }

private:
    std::shared_ptr<const judge::Policy> policy_ = std::make_shared<judge::Policy>();
    std::mutex mutex_;
    judge::Judge judge_{policy_};
};

edge::Hooks hooks_of(Judging& judging) {
    edge::Hooks hooks;
    hooks.clock = [] { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); };
    hooks.ask = [&judging](const edge::EntranceRules&, const Event& event, const net::Waker*) {
        return judging.ask(event);
    };
    hooks.report = [&judging](const Event& event) { judging.report(event); };
    return hooks;
}

void put_behind(edge::EntranceRules& rules, std::uint16_t port) {
    edge::ServerPlace place;
    place.name = "server";
    place.endpoint = {Address::v4(0x7f00'0001), port, {}};
    rules.servers = std::make_shared<edge::SharedServers>(edge::ChoiceRules{}, [] {
        return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    });
    const edge::ServerRules server{.name = place.name};
    rules.servers->with([&](edge::ServerChoice& choice, Time now) { choice.configure({&server, 1}, now); });
    rules.places = {{place.name, place}};
}

void listen_at(edge::Edge& edge, std::uint16_t port, std::size_t threads, const edge::EntranceRules& rules) {
    auto listener = net::Listener::open({Address::v4(0x7f00'0001), port, {}}, static_cast<unsigned>(threads));
    if (!listener) {
        std::fprintf(stderr, "%s\n", listener.error().text().c_str());
        std::exit(1);
    }
    edge.listen(std::move(*listener), std::make_shared<edge::EntranceRules>(rules));
}

std::shared_ptr<const net::TlsServer> tls_of(const char* certificate, const char* key) {
    auto tls =
        net::TlsServer::load({.identities = {{certificate, key}}, .ciphers = {}}, net::make_ticket_keys());
    if (tls) return *tls;
    std::fprintf(stderr, "%s\n", tls.error().text().c_str());
    std::exit(1);
}

// As the daemon does, at the moment of the accept.
void keep_out(edge::Hooks& hooks, const std::string& file) {
    auto lists = observe::LiveLists::load({{.name = "listed", .path = file}});
    if (!lists) {
        std::fprintf(stderr, "%s\n", lists.error().front().text().c_str());
        std::exit(1);
    }
    hooks.meet = [lists = *lists](const edge::EntranceRules&, const Address& address) {
        return lists->look(address) != 0 ? std::nullopt : std::optional(edge::ClientClass::fresh);
    };
}

}  // namespace

int main(int count, char** words) {
    const std::span arguments(words, static_cast<std::size_t>(count));
    if (arguments.size() < 3)
        return std::fputs(
                   "usage: edge_serve PORT SERVER-PORT [THREADS [TLS-PORT CERTIFICATE KEY [LISTED]]]\n",
                   stderr),
               2;
    const auto number = [&](std::size_t i) { return static_cast<unsigned>(std::atoi(arguments[i])); };
    const auto port = [&](std::size_t i) { return static_cast<std::uint16_t>(number(i)); };
    net::Threads threads(arguments.size() > 3 ? number(3) : 1);
    Judging judging;
    edge::Hooks hooks = hooks_of(judging);
    if (arguments.size() > 7) keep_out(hooks, arguments[7]);
    edge::Edge edge(threads, std::move(hooks));
    edge::EntranceRules rules;
    put_behind(rules, port(2));
    rules.security = edge::Security::none;
    rules.offer.host = "mail.example.org";
    rules.offer.capabilities = {"IMAP4rev1", "LITERAL+", "ID"};
    rules.offer.mechanisms = {"PLAIN"};
    rules.offer.plain_without_tls = true;
    listen_at(edge, port(1), threads.size(), rules);
    if (arguments.size() > 6) {
        rules.security = edge::Security::implicit;
        rules.tls = tls_of(arguments[5], arguments[6]);
        listen_at(edge, port(4), threads.size(), rules);
    }
    ::pause();
}
