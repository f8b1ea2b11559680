#include "edge/server_turn.h"

#include <utility>

namespace tidegate::edge {

namespace asio = net::asio;

void ServerTurn::begin_attempt() {
    give_back();
    not_at_.reset();
}

asio::awaitable<const ServerPlace*> ServerTurn::take(const EntranceRules& rules, std::string_view account,
                                                     ClientClass client_class, const Address& address) {
    const Paced paced = rules.protocol == Protocol::smtp ? Paced::no : Paced::yes;
    auto answer = rules.servers->choose(account, not_at_, paced);
    while (answer.step == Choice::Step::go_on && answer.wait.count() > 0) {
        if (!co_await asking_.pause(answer.wait)) co_return nullptr;
        answer = rules.servers->due(std::move(answer.lease));
    }
    shed_ = answer.step == Choice::Step::later;
    if (answer.step != Choice::Step::go_on) co_return nullptr;
    // One that was added since the client came in is not in these rules; and who has just failed is not tried
    // again for the same attempt.
    const auto place = rules.places.find(answer.server);
    if (place == rules.places.end() || answer.lease.server() == not_at_) co_return nullptr;
    if (!co_await enter(answer.server, client_class, address)) co_return nullptr;
    lease_ = std::move(answer.lease);
    server_ = place->first;
    service_ = service_of(rules.protocol);
    co_return &place->second;
}

// Within the limit of what the server bears now.
asio::awaitable<bool> ServerTurn::enter(std::string_view server, ClientClass client_class,
                                        const Address& address) {
    const auto& admission = stage_.shields().admission;
    if (!admission) co_return true;
    entry_ = admission->enter(server, client_class, address, asking_.waker());
    co_await asking_.wait_until([this] { return entry_.ruling() != Ruling::queued; });
    shed_ = entry_.ruling() == Ruling::shed;
    const bool goes_on = entry_.ruling() == Ruling::admitted && !asking_.is_expired();
    if (!goes_on) entry_ = {};
    co_return goes_on;
}

void ServerTurn::begin_serving() {
    if (!std::exchange(serving_, true)) serving_since_ = Steady::now();
}

void ServerTurn::end_serving() {
    if (std::exchange(serving_, false)) served_ += Steady::now() - serving_since_;
}

void ServerTurn::leave(Served served) {
    end_serving();
    const auto& took = stage_.hooks().took;
    // Nobody logs in on port 25.
    if (took && served == Served::answered && service_ != Service::smtp)
        took(service_, std::chrono::floor<Duration>(served_));
    entry_.leave(std::exchange(served_, {}), served);
    entry_ = {};
}

void ServerTurn::answered(Served how) {
    leave(how);
    if (lease_) lease_.answered();
}

void ServerTurn::broken(std::string_view trouble) {
    leave(Served::failed);
    if (!lease_) return;
    not_at_ = lease_.server();
    lease_.failed(trouble);
    lease_ = {};
    if (stage_.hooks().server_failed) stage_.hooks().server_failed(server_);
}

void ServerTurn::give_back() {
    end_serving();
    served_ = {};
    entry_ = {};
    lease_ = {};
}

}  // namespace tidegate::edge
