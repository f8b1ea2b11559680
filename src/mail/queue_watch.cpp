#include "mail/queue_watch.h"

#include <sys/resource.h>

#include <algorithm>
#include <utility>

namespace tidegate::mail {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int tenth = 10;

}  // namespace

std::chrono::milliseconds reading_pause(std::chrono::milliseconds every, std::chrono::milliseconds took) {
    return std::max(every, tenth * took);
}

QueueWatch::QueueWatch(QueueOrder order, const QueueMemory& memory, World world)
    : order_(std::move(order)), world_(std::move(world)), account_(memory) {
    standing_.name = order_.name;
    standing_.program = order_.program;
    standing_.command = order_.command;
    standing_.is_part = !order_.lens.domains.empty();
    standing_.usual_late = memory.usual_late;
    standing_.since = memory.since;
    thread_ = std::thread([this] { run(); });
}

void QueueWatch::stop() {
    {
        const std::scoped_lock lock(mutex_);
        ending_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

bool QueueWatch::is_ending() const {
    const std::scoped_lock lock(mutex_);
    return ending_;
}

QueueStanding QueueWatch::standing() const {
    const std::scoped_lock lock(mutex_);
    QueueStanding out = standing_;
    if (out.is_readable()) out.lost = account_.lost(order_.rules, world_.clock());
    return out;
}

QueueMemory QueueWatch::memory() const {
    const std::scoped_lock lock(mutex_);
    return account_.memory();
}

void QueueWatch::run() {
    // Of the thread and of what it starts (setpriority(2)): a queue that is read shall not keep mail waiting.
    static_cast<void>(::setpriority(PRIO_PROCESS, 0, 10));
    while (!is_ending()) {
        const auto began = Clock::now();
        read();
        const auto took = std::chrono::ceil<std::chrono::milliseconds>(Clock::now() - began);
        std::unique_lock lock(mutex_);
        wake_.wait_until(lock, began + reading_pause(order_.every, took), [this] { return ending_; });
    }
}

void QueueWatch::read() {
    const Time moment = world_.clock();
    const auto began = Clock::now();
    Time came_from;
    {
        const std::scoped_lock lock(mutex_);
        came_from = account_.came_from(moment, order_.lens.late_after);
    }
    const auto figures = read_queue(order_, moment, came_from, [this] { return is_ending(); });
    if (is_ending()) return;
    {
        const std::scoped_lock lock(mutex_);
        standing_.took = std::chrono::floor<Duration>(Clock::now() - began);
    }
    if (figures)
        take(*figures, moment, came_from);
    else
        fail(figures.error().text());
}

void QueueWatch::take(const QueueFigures& figures, Time moment, Time came_from) {
    using Turn = QueueAccount::Turn;
    bool was_unread = false;
    Turn turn = Turn::none;
    {
        const std::scoped_lock lock(mutex_);
        was_unread = !std::exchange(standing_.trouble, {}).empty();
        turn = account_.take(figures, order_.rules, moment, came_from);
        standing_.read = moment;
        standing_.figures = figures;
        standing_.usual_late = account_.memory().usual_late;
        standing_.since = account_.memory().since;
        standing_.oldest = account_.is_backed_up() ? figures.oldest_of_recent : figures.oldest;
    }
    if (was_unread) tell(QueueNews::read);
    if (turn == Turn::backed_up) tell(QueueNews::backed_up);
    if (turn == Turn::well) tell(QueueNews::well);
}

void QueueWatch::fail(const std::string& why) {
    bool is_news = false;
    {
        const std::scoped_lock lock(mutex_);
        is_news = std::exchange(standing_.trouble, why).empty();
    }
    if (is_news) tell(QueueNews::unread);
}

void QueueWatch::tell(QueueNews news) const {
    world_.tell(news, standing());
}

}  // namespace tidegate::mail
