#include "edge/asking.h"

#include <atomic>
#include <memory>

namespace tidegate::edge {

namespace asio = net::asio;
using Step = wire::Answer::Step;

void Asking::expire() {
    expired_ = true;
    if (bell_) bell_->cancel();
}

net::Waker Asking::waker() {
    bell_.emplace(stage_.context(), Steady::time_point::max());
    const std::weak_ptr<Asking*> alive = here_;
    return [alive, &loop = stage_.loop()] {
        loop.post([alive] {
            const auto here = alive.lock();
            if (here && (*here)->bell_) (*here)->bell_->cancel();
        });
    };
}

asio::awaitable<void> Asking::wait_until(std::function<bool()> is_so) {
    while (bell_ && !expired_ && !is_so()) co_await bell_->async_wait(net::as_values);
    bell_.reset();
}

asio::awaitable<bool> Asking::pause(std::chrono::milliseconds time) {
    const auto until = Steady::now() + time;
    bell_.emplace(stage_.context(), until);
    // A word that comes too late for a wait before this one is none for this.
    while (!expired_ && Steady::now() < until) co_await bell_->async_wait(net::as_values);
    bell_.reset();
    co_return !expired_;
}

asio::awaitable<std::optional<Decision>> Asking::ask(const EntranceRules& rules, Event& event) {
    event.time = event.received = stage_.hooks().clock();
    auto rung = std::make_shared<std::atomic<bool>>(false);
    const net::Waker waker = [rung, ring = this->waker()] {
        rung->store(true);
        ring();
    };
    auto decision = stage_.hooks().ask(rules, event, &waker);
    if (!decision) {
        co_await wait_until([rung] { return rung->load(); });
        if (!expired_) decision = stage_.hooks().ask(rules, event, nullptr);
    }
    if (decision && decision->step == Step::wait && !expired_) co_await pause(decision->wait);
    bell_.reset();
    if (expired_) co_return std::nullopt;
    co_return decision;
}

}  // namespace tidegate::edge
