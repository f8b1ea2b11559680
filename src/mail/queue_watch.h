#pragma once
// A queue that is read again and again.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/time.h"
#include "mail/queue_account.h"
#include "mail/queue_command.h"
#include "mail/queue_order.h"

namespace tidegate::mail {

/// How long after a reading has begun the next one may: so that reading takes a tenth of the time at most.
[[nodiscard]] std::chrono::milliseconds reading_pause(std::chrono::milliseconds every,
                                                      std::chrono::milliseconds took);

enum class QueueNews : std::uint8_t { backed_up, well, unread, read };

/// Has a thread of low priority of its own, for as long as it is there. While the queue can't be read, the
/// last figures stay.
/// Thread: any, but stop().  Cost: standing() and memory() wait for no reading.  Fails: tells.
class QueueWatch {
public:
    struct World {
        std::function<Time()> clock;
        /// On the watch's thread.
        std::function<void(QueueNews news, const QueueStanding& standing)> tell;
    };

    QueueWatch(QueueOrder order, const QueueMemory& memory, World world);
    ~QueueWatch() { stop(); }
    QueueWatch(const QueueWatch&) = delete;
    QueueWatch& operator=(const QueueWatch&) = delete;

    /// Nothing is read any more; what is known stays. A reading under way is given up.
    void stop();
    [[nodiscard]] const QueueOrder& order() const { return order_; }
    [[nodiscard]] QueueStanding standing() const;
    [[nodiscard]] QueueMemory memory() const;

private:
    void run();
    void read();
    void take(const QueueFigures& figures, Time moment, Time came_from);
    void fail(const std::string& why);
    void tell(QueueNews news) const;
    [[nodiscard]] bool is_ending() const;

    const QueueOrder order_;
    const World world_;
    mutable std::mutex mutex_;  // guards all below
    std::condition_variable wake_;
    bool ending_ = false;
    QueueAccount account_;
    QueueStanding standing_;
    std::thread thread_;  // last: it uses all of the others
};

}  // namespace tidegate::mail
