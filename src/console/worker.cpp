#include "console/worker.h"

#include <sys/resource.h>

#include <csignal>
#include <utility>

namespace tidegate::console {

Worker::Worker() {
    // Signals are for other threads.
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { run(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Worker::~Worker() {
    stop();
}

void Worker::stop() {
    {
        const std::scoped_lock lock(mutex_);
        ends_ = true;
    }
    something_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool Worker::start(Work work, bool is_known) {
    {
        const std::scoped_lock lock(mutex_);
        if (ends_ || line_.size() >= (is_known ? most : most - reserved)) return false;
        line_.push_back(std::move(work));
    }
    something_.notify_one();
    return true;
}

void Worker::run() {
    // At 19 nobody could sign in while others want all of the machine, as they do in a flood.
    constexpr int low = 10;
    // Of this thread alone (Linux). Where it is not allowed, the bound on the line is what is left.
    static_cast<void>(::setpriority(PRIO_PROCESS, 0, low));
    std::unique_lock lock(mutex_);
    while (true) {
        something_.wait(lock, [this] { return ends_ || !line_.empty(); });
        if (ends_) return;
        Work work = std::move(line_.front());
        line_.pop_front();
        lock.unlock();
        work();
        work = nullptr;
        lock.lock();
    }
}

}  // namespace tidegate::console
