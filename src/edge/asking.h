#pragma once
// A session's waits for others: a judge's answer, a server's turn, a pause; for this folder alone.

#include <functional>
#include <memory>
#include <optional>

#include "edge/stage.h"

namespace tidegate::edge {

/// One wait at a time.
/// Thread: its stage's.
class Asking {
public:
    explicit Asking(Stage& stage) : stage_(stage) {}

    /// May it be tried? What has to be found out first (a block list's answer) is waited for, and so is what
    /// the answer says to wait. `event` gets its time, and stays as it is until this returns. Nothing:
    /// expire() was called.
    [[nodiscard]] net::asio::awaitable<std::optional<Decision>> ask(const EntranceRules& rules, Event& event);
    /// False: expire() was called.
    [[nodiscard]] net::asio::awaitable<bool> pause(std::chrono::milliseconds time);

    /// For somebody else's word, in any thread, perhaps when the session is gone. Before wait_until().
    [[nodiscard]] net::Waker waker();
    /// Looks again with each word, or until expire() is called.
    [[nodiscard]] net::asio::awaitable<void> wait_until(std::function<bool()> is_so);

    void expire();
    [[nodiscard]] bool is_expired() const { return expired_; }

private:
    Stage& stage_;
    std::optional<net::asio::steady_timer> bell_;
    std::shared_ptr<Asking*> here_ = std::make_shared<Asking*>(this);  // for wakers: gone with us
    bool expired_ = false;
};

}  // namespace tidegate::edge
