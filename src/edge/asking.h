#pragma once
// A session's question to whoever judges, and the wait for the answer; for this folder alone.

#include <optional>

#include "edge/stage.h"

namespace tidegate::edge {

/// One question at a time. What has to be found out first (a block list's answer) is waited for, and so is
/// what the answer says to wait.
/// Thread: its stage's.
class Asking {
public:
    explicit Asking(Stage& stage) : stage_(stage) {}

    /// `event` gets its time, and stays as it is until this returns. Nothing: expire() was called.
    [[nodiscard]] net::asio::awaitable<std::optional<Decision>> ask(Event& event);
    void expire();
    [[nodiscard]] bool is_expired() const { return expired_; }

private:
    Stage& stage_;
    std::optional<net::asio::steady_timer> bell_;  // rings with the answer
    bool expired_ = false;
};

}  // namespace tidegate::edge
