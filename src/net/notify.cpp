#include "net/notify.h"

#include <systemd/sd-daemon.h>

#include <atomic>
#include <cstdint>
#include <ctime>
#include <string>

namespace tidegate::net {
namespace {

// A line end would begin a field of its own.
std::string status_field(std::string_view status) {
    std::string out = "STATUS=";
    for (const char c : status) out += c == '\n' ? ' ' : c;
    return out;
}

void send(const std::string& text) {
    static_cast<void>(::sd_notify(0, text.c_str()));
}

}  // namespace

void notify_ready(std::string_view status) {
    send("READY=1\n" + status_field(status));
}

void notify_reloading() {
    // Type=notify-reload asks for the time, so that it knows an answer from a late one.
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto microseconds = static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
    send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void notify_stopping(std::string_view status) {
    send("STOPPING=1\n" + status_field(status));
}

void notify_status(std::string_view status) {
    send(status_field(status));
}

bool notify_keep(std::string_view name, std::span<const int> sockets) {
    const std::string text = "FDSTORE=1\nFDPOLL=0\nFDNAME=" + std::string(name);
    return ::sd_pid_notify_with_fds(0, 0, text.c_str(), sockets.data(),
                                    static_cast<unsigned>(sockets.size())) > 0;
}

void notify_drop(std::string_view name) {
    send("FDSTOREREMOVE=1\nFDNAME=" + std::string(name));
}

std::optional<std::chrono::microseconds> watchdog_interval() {
    std::uint64_t microseconds = 0;
    if (::sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
    return std::chrono::microseconds(microseconds);
}

/// Outlives the pulse where a loop answers late.
struct Pulse::Answers {
    std::atomic<std::size_t> missing{0};
};

Pulse::Pulse(Threads& threads) : threads_(threads), answers_(std::make_shared<Answers>()) {}

bool Pulse::beat() {
    if (answers_->missing.load(std::memory_order_acquire) != 0) return false;
    answers_->missing.store(threads_.size(), std::memory_order_relaxed);
    for (std::size_t i = 0; i < threads_.size(); ++i)
        threads_[i].post([answers = answers_] { answers->missing.fetch_sub(1, std::memory_order_release); });
    return true;
}

Watchdog::Watchdog(Loop& main, Threads& threads) : pulse_(threads) {
    const auto interval = watchdog_interval();
    if (!interval) return;
    // Four times an interval: a beat is answered with the next one, and that must still be soon enough.
    const auto often = std::max(std::chrono::duration_cast<std::chrono::milliseconds>(*interval) / 4,
                                std::chrono::milliseconds(1));
    timer_ = main.every(often, [this] {
        if (pulse_.beat()) send("WATCHDOG=1");
    });
}

}  // namespace tidegate::net
