#include "keep/writer.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/check.h"

namespace tidegate::keep {
namespace {

// So often it looks whether something is to be tried again or has grown too old.
constexpr std::chrono::seconds idle_time{1};
// In one transaction: a bound for the WAL.
constexpr std::size_t runs_at_once = 2;
constexpr Duration prune_every = std::chrono::minutes(1);

}  // namespace

std::string_view name(Condition condition) {
    constexpr std::array<std::string_view, 3> names{"ok", "full", "failed"};
    return names.at(static_cast<std::size_t>(condition));
}

Writer::Writer(std::unique_ptr<Store> store, WriterOptions options)
    : store_(std::move(store)),
      options_(std::move(options)),
      waiting_(store_->last() + 1, options_.most_waiting_bytes),
      bounds_(options_.bounds) {
    CHECK(options_.clock != nullptr);
    standing_.written = store_->last();
    standing_.size_bytes = store_->size_bytes().value_or(0);
    thread_ = std::thread([this] { loop(); });
}

Writer::~Writer() {
    [[maybe_unused]] const Result<void> closed = close();
}

std::uint64_t Writer::append(const Entry& entry) {
    const std::unique_lock lock(mutex_);
    if (stopping_) return 0;
    const bool first = waiting_.empty();
    const bool was_full = waiting_.has_full_run();
    if (first) waiting_since_ = Clock::now();
    const std::uint64_t sequence = waiting_.add(entry);
    if (first || (!was_full && waiting_.has_full_run())) wake_.notify_one();
    return sequence;
}

Result<void> Writer::flush() {
    return post(Queued([](Store&, const Result<void>& written) { return written; }));
}

Result<void> Writer::run(Task task) {
    return post(Queued([task = std::move(task)](Store& store, const Result<void>&) { return task(store); }));
}

Result<void> Writer::run_if_written(Task task) {
    return post(Queued([task = std::move(task)](Store& store, const Result<void>& written) {
        return written ? task(store) : written;
    }));
}

Result<void> Writer::post(Queued task) {
    auto result = task.get_future();
    {
        const std::unique_lock lock(mutex_);
        if (stopping_) return std::unexpected(Error{"", 0, "the journal is closed", ""});
        tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
    return result.get();
}

Standing Writer::standing() const {
    const std::unique_lock lock(mutex_);
    Standing now = standing_;
    now.last = waiting_.last();
    now.lost = waiting_.lost();
    now.waiting_bytes += waiting_.bytes();
    return now;
}

void Writer::set_bounds(const Bounds& bounds) {
    const std::unique_lock lock(mutex_);
    bounds_ = bounds;
}

Result<void> Writer::close() {
    {
        const std::unique_lock lock(mutex_);
        if (std::exchange(stopping_, true)) return {};
    }
    wake_.notify_one();
    thread_.join();
    store_.reset();
    const std::unique_lock lock(mutex_);
    if (standing_.error) return std::unexpected(*standing_.error);
    return {};
}

void Writer::loop() {
    for (bool stopping = false; !stopping;) {
        std::vector<Queued> tasks = wait_for_work(stopping);
        // The last chance is taken whenever the next one would have been.
        if (stopping) retry_at_ = Time{};
        const Result<void> written = write_waiting();
        for (Queued& task : tasks) task(*store_, written);
        if (written && !stopping) prune();
    }
}

std::vector<Writer::Queued> Writer::wait_for_work(bool& stopping) {
    std::unique_lock lock(mutex_);
    const auto has_work = [&] {
        const bool batch = standing_.condition == Condition::ok && waiting_.has_full_run();
        return stopping_ || !tasks_.empty() || batch || Clock::now() >= due();
    };
    const auto idle_until = Clock::now() + idle_time;
    while (!has_work() && Clock::now() < idle_until && !prune_more_)
        wake_.wait_until(lock, std::min(due(), idle_until));
    stopping = stopping_;
    return std::exchange(tasks_, {});
}

Writer::Clock::time_point Writer::due() const {
    const bool writes = !waiting_.empty() && standing_.condition == Condition::ok;
    return writes ? waiting_since_ + options_.commit_every : Clock::time_point::max();
}

Result<void> Writer::write_waiting() {
    if (standing_.condition != Condition::ok && options_.clock() < retry_at_)
        return std::unexpected(*standing_.error);
    for (;;) {
        if (held_.empty()) {
            const std::unique_lock lock(mutex_);
            held_ = waiting_.take();
            for (const Run& run : held_) standing_.waiting_bytes += run.bytes.size();
        }
        if (held_.empty()) return {};
        if (auto written = write_held(); !written) return written;
    }
}

Result<void> Writer::write_held() {
    const Time now = options_.clock();
    const std::size_t some = std::min(held_.size(), runs_at_once);
    const Result<void> written = store_->write(std::span(held_).first(some), now);
    if (written)
        held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(some));
    else
        retry_at_ = now + options_.retry_after;
    prune_more_ = prune_more_ && written;
    set_standing(written);
    return written;
}

void Writer::set_standing(const Result<void>& result) {
    const auto condition = result                        ? Condition::ok
                           : store_->connection().full() ? Condition::full
                                                         : Condition::failed;
    const std::uint64_t size = store_->size_bytes().value_or(0);
    std::unique_lock lock(mutex_);
    const bool changed = condition != standing_.condition;
    standing_.condition = condition;
    standing_.error = result ? std::nullopt : std::optional(result.error());
    standing_.size_bytes = size;
    standing_.written = store_->last();
    standing_.waiting_bytes = 0;
    for (const Run& run : held_) standing_.waiting_bytes += run.bytes.size();
    if (!changed || !options_.notice) return;
    lock.unlock();
    options_.notice(standing());
}

void Writer::prune() {
    const Time now = options_.clock();
    if (!prune_more_ && now < prune_at_ && !store_->grown()) return;
    Bounds bounds;
    {
        const std::unique_lock lock(mutex_);
        bounds = bounds_;
    }
    const auto more = store_->prune(bounds, now);
    prune_at_ = now + prune_every;
    // What fails now is tried again in a minute; if the disk is at fault, the next write says so.
    prune_more_ = more.value_or(false);
}

}  // namespace tidegate::keep
