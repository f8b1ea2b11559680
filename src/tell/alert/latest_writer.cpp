#include "tell/alert/latest_writer.h"

#include <utility>

namespace tidegate::tell {

LatestWriter::LatestWriter(std::function<void(std::string_view)> write)
    : write_(std::move(write)), thread_([this] { run(); }) {}

LatestWriter::~LatestWriter() {
    stop();
}

void LatestWriter::put(std::string text) {
    const std::unique_lock lock(mutex_);
    latest_ = std::move(text);
    wake_.notify_one();
}

void LatestWriter::stop() {
    {
        const std::unique_lock lock(mutex_);
        stopping_ = true;
        wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
}

void LatestWriter::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || latest_; });
        const auto text = std::exchange(latest_, std::nullopt);
        if (!text) return;
        lock.unlock();
        write_(*text);
        lock.lock();
    }
}

}  // namespace tidegate::tell
