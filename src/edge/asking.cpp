#include "edge/asking.h"

#include <memory>

namespace tidegate::edge {

namespace asio = net::asio;
using Step = wire::Answer::Step;

void Asking::expire() {
    expired_ = true;
    if (bell_) bell_->cancel();
}

asio::awaitable<std::optional<Decision>> Asking::ask(Event& event) {
    event.time = event.received = stage_.hooks().clock();
    bell_.emplace(stage_.context(), Steady::time_point::max());
    // Called in any thread, perhaps when this session is gone: the loop finds the bell by its own word.
    const auto rung = std::make_shared<bool>(false);
    const std::weak_ptr<bool> alive = rung;
    const net::Waker waker = [this, alive, &loop = stage_.loop()] {
        loop.post([this, alive] {
            const auto still = alive.lock();
            if (!still) return;
            *still = true;
            if (bell_) bell_->cancel();
        });
    };
    auto decision = stage_.hooks().ask(event, &waker);
    while (!decision && !*rung && !expired_) co_await bell_->async_wait(net::as_values);
    if (!decision && !expired_) decision = stage_.hooks().ask(event, nullptr);
    if (decision && decision->step == Step::wait && !expired_) {
        bell_->expires_after(decision->wait);
        co_await bell_->async_wait(net::as_values);
    }
    bell_.reset();
    if (expired_) co_return std::nullopt;
    co_return decision;
}

}  // namespace tidegate::edge
