#include "net/gate.h"

#include "base/check.h"

namespace tidegate::net {

Gate::Pass Gate::Pass::another() const {
    CHECK(gate_ != nullptr);
    const std::lock_guard lock(gate_->mutex_);
    ++gate_->inside_;
    return Pass(*gate_);
}

Gate::~Gate() {
    const std::lock_guard lock(mutex_);
    CHECK(inside_ == 0);
}

std::optional<Gate::Pass> Gate::enter() {
    const std::lock_guard lock(mutex_);
    if (closed_) return std::nullopt;
    ++inside_;
    return Pass(*this);
}

void Gate::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    if (inside_ == 0) empty_.notify_all();
}

bool Gate::is_closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
}

std::uint64_t Gate::inside() const {
    const std::lock_guard lock(mutex_);
    return inside_;
}

bool Gate::wait_until(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return empty_.wait_until(lock, deadline, [this] { return closed_ && inside_ == 0; });
}

void Gate::wait() {
    std::unique_lock lock(mutex_);
    empty_.wait(lock, [this] { return closed_ && inside_ == 0; });
}

void Gate::leave() {
    // Under the lock to the end: whoever waits may destroy the gate as soon as it is given back.
    const std::lock_guard lock(mutex_);
    if (--inside_ == 0 && closed_) empty_.notify_all();
}

}  // namespace tidegate::net
