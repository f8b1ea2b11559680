#include "net/threads.h"

#include <pthread.h>

#include <algorithm>
#include <csignal>
#include <string>

#include "base/check.h"

namespace tidegate::net {

Threads::Threads(unsigned count) {
    CHECK(count > 0);
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    for (unsigned i = 0; i < count; ++i) {
        loops_.push_back(std::make_unique<Loop>());
        threads_.emplace_back([loop = loops_.back().get()] { loop->run(); });
        ::pthread_setname_np(threads_.back().native_handle(), ("net " + std::to_string(i)).c_str());
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Threads::~Threads() {
    for (const auto& loop : loops_) loop->stop();
    for (std::thread& thread : threads_) thread.join();
}

bool Threads::are_here() const {
    return std::ranges::any_of(
        threads_, [](const std::thread& thread) { return thread.get_id() == std::this_thread::get_id(); });
}

}  // namespace tidegate::net
