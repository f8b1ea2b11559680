// The edge alone, before one server, with a judge in the same process: what a log-in costs the proxy.
//
// usage: edge_serve PORT SERVER-PORT [THREADS]   (IMAP in the clear, on loopback)
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <span>

#include "edge/edge.h"
#include "judge/judge.h"
#include "judge/knock.h"

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

edge::Hooks hooks_of(Judging& judging, std::uint16_t server_port) {
    edge::Hooks hooks;
    hooks.clock = [] { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); };
    hooks.ask = [&judging](const edge::EntranceRules&, const Event& event, const net::Waker*) {
        return judging.ask(event);
    };
    hooks.report = [&judging](const Event& event) { judging.report(event); };
    edge::ServerPlace place;
    place.endpoint = {Address::v4(0x7f00'0001), server_port, {}};
    hooks.choose = [place](const edge::EntranceRules&, std::string_view) { return std::optional(place); };
    hooks.server = [](const edge::ServerPlace&, std::string_view trouble) {
        if (!trouble.empty())
            std::fprintf(stderr, "%.*s\n", static_cast<int>(trouble.size()), trouble.data());
    };
    return hooks;
}

}  // namespace

int main(int count, char** words) {
    const std::span arguments(words, static_cast<std::size_t>(count));
    if (arguments.size() < 3) return std::fputs("usage: edge_serve PORT SERVER-PORT [THREADS]\n", stderr), 2;
    const auto number = [&](std::size_t i) { return static_cast<unsigned>(std::atoi(arguments[i])); };
    net::Threads threads(arguments.size() > 3 ? number(3) : 1);
    Judging judging;
    edge::Edge edge(threads, hooks_of(judging, static_cast<std::uint16_t>(number(2))));
    auto rules = std::make_shared<edge::EntranceRules>();
    rules->security = edge::Security::none;
    rules->offer.host = "mail.example.org";
    rules->offer.capabilities = {"IMAP4rev1", "LITERAL+", "ID"};
    rules->offer.mechanisms = {"PLAIN"};
    rules->offer.plain_without_tls = true;
    auto listener = net::Listener::open({Address::v4(0x7f00'0001), static_cast<std::uint16_t>(number(1)), {}},
                                        static_cast<unsigned>(threads.size()));
    if (!listener) return std::fprintf(stderr, "%s\n", listener.error().text().c_str()), 1;
    edge.listen(std::move(*listener), rules);
    ::pause();
}
