#include "app/interrupt.h"

#include <atomic>
#include <csignal>

namespace tidegate::app {
namespace {

std::atomic<bool> asked = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void ask(int /*signal*/) {
    asked.store(true, std::memory_order_relaxed);
}

}  // namespace

void watch_for_interrupts() {
    struct sigaction action{};
    action.sa_handler = ask;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() {
    return asked.load(std::memory_order_relaxed);
}

}  // namespace tidegate::app
