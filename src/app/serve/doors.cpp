#include "app/serve/doors.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "net/http_server.h"
#include "net/listener.h"
#include "net/server.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;

// Mail servers keep their connections; Postfix asks its policy servers for as long as a client stays.
constexpr std::chrono::milliseconds idle = 330s;
constexpr std::size_t most_body = 65'536;

net::HttpOptions options_of(const config::Door& door) {
    net::HttpOptions options;
    options.limits.body_bytes = most_body;
    options.rules.idle = idle;
    if (door.key.empty()) return options;
    options.keys.accept_field("X-API-Key", door.key);
    options.keys.accept_password(door.key);
    return options;
}

net::ServerRules policy_rules() {
    net::ServerRules rules;
    rules.idle = idle;
    return rules;
}

}  // namespace

/// One place to ask at.
class OpenDoor {
public:
    OpenDoor(net::Threads& threads, DoorWorld& world, config::Door door, net::Listener listener)
        : answers_(world, std::move(door)), endpoint_(listener.endpoint()) {
        const auto settings = answers_.door();
        if (settings->kind == config::DoorKind::postfix_policy) {
            policy_ = std::make_unique<net::Server>(
                threads, policy_rules(),
                [this](const net::Peer&, net::Loop& loop) { return answers_.converse(loop); });
            policy_->listen(std::move(listener));
            return;
        }
        http_ = std::make_unique<net::HttpServer>(
            threads, options_of(*settings), [this](const net::Request& request, net::Response& response) {
                answers_.answer(request, response);
            });
        http_->listen(std::move(listener));
    }

    /// The key belongs to the server: whoever changes it opens the door anew.
    [[nodiscard]] bool can_become(const config::Door& door) const {
        const auto now = answers_.door();
        return now->listen == door.listen && now->kind == door.kind && now->key == door.key;
    }
    [[nodiscard]] const net::Endpoint& endpoint() const { return endpoint_; }
    void adopt(config::Door door) { answers_.adopt(std::move(door)); }
    void stop(std::chrono::milliseconds grace) {
        if (policy_) policy_->stop(grace);
        if (http_) http_->stop(grace);
    }
    [[nodiscard]] DoorCounts counts() const {
        const auto settings = answers_.door();
        const auto& counts = answers_.counts();
        return {.listen = settings->listen,
                .kind = std::string(config::door_kinds[static_cast<std::size_t>(settings->kind)]),
                .questions = counts.questions,
                .unjudged = counts.unjudged,
                .broken = counts.broken,
                .connections = (policy_ ? policy_->counts() : http_->counts()).connections};
    }

private:
    DoorAnswers answers_;
    net::Endpoint endpoint_;
    std::unique_ptr<net::Server> policy_;
    std::unique_ptr<net::HttpServer> http_;
};

Doors::Doors(net::Threads& threads, DoorWorld world) : threads_(threads), world_(std::move(world)) {}

Doors::~Doors() {
    stop(0ms);
}

std::vector<Error> Doors::open(const std::vector<config::Door>& doors, net::Inherited* passed) {
    std::vector<Error> errors;
    std::vector<std::unique_ptr<OpenDoor>> before = std::exchange(open_, {});
    std::vector<config::Door> to_open;
    for (const config::Door& door : doors) {
        const auto same = std::ranges::find_if(
            before, [&](const auto& each) { return each != nullptr && each->can_become(door); });
        if (same == before.end()) {
            to_open.push_back(door);
            continue;
        }
        (*same)->adopt(door);
        open_.push_back(std::move(*same));
    }
    // What goes may be in the way of what comes.
    for (auto& each : before) {
        if (!each) continue;
        each->stop(5s);
        net::take_back(each->endpoint());
    }
    before.clear();
    for (config::Door& door : to_open) {
        const auto endpoint = net::Endpoint::parse(door.listen);
        if (!endpoint) {
            errors.push_back(endpoint.error());
            continue;
        }
        auto listener = net::Listener::open(*endpoint, static_cast<unsigned>(threads_.size()),
                                            {.mode = 0666, .owner = {}, .group = {}}, passed);
        if (!listener) {
            errors.push_back(std::move(listener.error()));
            continue;
        }
        listener->lend();
        open_.push_back(std::make_unique<OpenDoor>(threads_, world_, std::move(door), std::move(*listener)));
    }
    return errors;
}

void Doors::stop(std::chrono::milliseconds grace) {
    for (auto& each : open_) each->stop(grace);
    open_.clear();
}

std::vector<DoorCounts> Doors::counts() const {
    std::vector<DoorCounts> counts;
    for (const auto& each : open_) counts.push_back(each->counts());
    return counts;
}

std::chrono::microseconds Doors::lag() const {
    std::chrono::microseconds most{};
    for (std::size_t i = 0; i < threads_.size(); ++i) most = std::max(most, threads_[i].lag());
    return most;
}

}  // namespace tidegate::app
