#include "net/loop.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>

#include "base/check.h"
#include "net/loop_state.h"

namespace tidegate::net {
namespace {

using namespace std::chrono_literals;

constexpr auto between_probes = 2ms;
// Requests send probes: where none came back for so long there were no requests, so nothing waits.
constexpr auto stale_probe = 50ms;

asio::awaitable<void> wait_for_signals(asio::signal_set& signals, std::move_only_function<void(int)>& task) {
    while (true) {
        const auto [error, number] = co_await signals.async_wait(as_values);
        if (error) co_return;
        task(number);
    }
}

}  // namespace

std::chrono::steady_clock::time_point coarse_now() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return std::chrono::steady_clock::time_point(std::chrono::seconds(now.tv_sec) +
                                                 std::chrono::nanoseconds(now.tv_nsec));
}

LagProbe::LagProbe(asio::io_context& context) : event_(context) {
    const int event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    CHECK(event >= 0);
    event_.assign(event);
}

void LagProbe::send() {
    if (under_way_ || coarse_now() - back_ < between_probes) return;
    if (sent_ == Clock::time_point()) receive();
    under_way_ = true;
    sent_ = Clock::now();
    const std::uint64_t one = 1;
    CHECK(::write(event_.native_handle(), &one, sizeof one) == sizeof one);
}

void LagProbe::receive() {
    event_.async_read_some(asio::buffer(&count_, sizeof count_), [this](const Failure& error, std::size_t) {
        if (error) return;
        back_ = Clock::now();
        last_ = back_ - sent_;
        under_way_ = false;
        receive();
    });
}

std::chrono::microseconds LagProbe::lag() const {
    Clock::duration out = last_;
    if (under_way_)
        out = std::max(out, Clock::now() - sent_);
    else if (coarse_now() - back_ > stale_probe)
        out = {};
    return std::chrono::duration_cast<std::chrono::microseconds>(out);
}

/// Shared with what waits in the loop, so that it finds out that nobody wants it any more.
struct TimerState {
    struct Clockwork {
        asio::steady_timer timer;
        std::chrono::milliseconds interval;  // 0: once
        Task task;
        bool alive = true;
    };
    std::shared_ptr<Clockwork> clockwork;

    static asio::awaitable<void> run(std::shared_ptr<Clockwork> self) {
        do {
            const auto [error] = co_await self->timer.async_wait(as_values);
            if (error || !self->alive) co_return;
            self->task();
            self->timer.expires_after(self->interval);
        } while (self->interval != 0ms && self->alive);
    }

    static Timer start(LoopState& loop, std::chrono::milliseconds delay, std::chrono::milliseconds interval,
                       Task task) {
        auto clockwork =
            std::make_shared<Clockwork>(asio::steady_timer(loop.context, delay), interval, std::move(task));
        asio::co_spawn(loop.context, run(clockwork), asio::detached);
        return Timer(std::make_unique<TimerState>(std::move(clockwork)));
    }
};

Timer::Timer() noexcept = default;
Timer::Timer(std::unique_ptr<TimerState> state) noexcept : state_(std::move(state)) {}
Timer::~Timer() {
    if (!state_) return;
    state_->clockwork->alive = false;
    state_->clockwork->timer.cancel();
}
Timer::Timer(Timer&&) noexcept = default;
Timer& Timer::operator=(Timer&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
}

Loop::Loop() : state_(std::make_unique<LoopState>()) {}
Loop::~Loop() = default;

void Loop::run() noexcept {
    const auto work = asio::make_work_guard(state_->context);
    state_->context.run();
}

void Loop::stop() {
    state_->context.stop();
}

void Loop::post(Task task) {
    asio::post(state_->context, std::move(task));
}

Timer Loop::after(std::chrono::milliseconds delay, Task task) {
    return TimerState::start(*state_, delay, 0ms, std::move(task));
}

Timer Loop::every(std::chrono::milliseconds interval, Task task) {
    CHECK(interval > 0ms);
    return TimerState::start(*state_, interval, interval, std::move(task));
}

void Loop::on_signals(std::span<const int> signals, std::move_only_function<void(int)> task) {
    CHECK(!state_->signals);
    state_->on_signal = std::move(task);
    auto& set = state_->signals.emplace(state_->context);
    for (const int number : signals) set.add(number);
    asio::co_spawn(state_->context, wait_for_signals(set, state_->on_signal), asio::detached);
}

std::chrono::microseconds Loop::lag() const {
    return state_->probe.lag();
}

void Loop::sample_lag() {
    state_->probe.send();
}

}  // namespace tidegate::net
