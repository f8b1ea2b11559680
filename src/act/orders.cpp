#include "act/orders.h"

#include <algorithm>
#include <utility>

namespace tidegate::act {

// The lock is held; the thread that waits looks at the queue again whenever it wakes.
void Orders::wake() {
    if (std::exchange(sleeping_, false)) wake_.notify_one();
}

void Orders::enqueue(Row row) {
    if (!std::exchange(row.queued, true)) queue_.push_back(row.key);
    shadow_.put(row);
    wake();
}

Orders::Taken Orders::ban(std::uint64_t key, Time until) {
    const std::unique_lock lock(mutex_);
    if (!is_client_key(key) || is_spared(key)) return Taken::spared;
    Row row = shadow_.find(key).value_or(Row{.key = key});
    if (!row.wanted() && shadow_.size() >= most_) return Taken::no_room;
    // Seconds are what is kept; who says the same again need not trouble the kernel.
    const Time was = std::exchange(row.until, shadow_.kept(std::max(until, start_)));
    if (row.in_kernel && was == row.until) return Taken::yes;
    enqueue(row);
    return Taken::yes;
}

void Orders::lift(std::uint64_t key) {
    const std::unique_lock lock(mutex_);
    auto row = shadow_.find(key);
    if (!row && merging_ && is_client_key(key)) row = Row{.key = key};
    if (!row) return;
    row->until = Time{};
    enqueue(*row);
}

void Orders::lift_all() {
    const std::unique_lock lock(mutex_);
    shadow_ = Shadow(start_, seed_);
    queue_.clear();
    again_.clear();
    flush_ = true;
    void_merge_ = merging_;
    wake();
}

void Orders::set_nets(Ranges nets) {
    const std::unique_lock lock(mutex_);
    if (nets_ == nets) return;
    nets_ = std::move(nets);
    nets_changed_ = true;
    wake();
}

void Orders::spare(Ranges spared) {
    const std::unique_lock lock(mutex_);
    if (extra_ == spared) return;
    extra_ = std::move(spared);
    nets_changed_ = true;
    wake();
}

void Orders::set_surroundings(Ranges around) {
    const std::unique_lock lock(mutex_);
    if (around_ == around) return;
    around_ = std::move(around);
    nets_changed_ = true;
}

std::optional<Orders::Row> Orders::find(std::uint64_t key) const {
    const std::unique_lock lock(mutex_);
    return shadow_.find(key);
}

std::vector<Orders::Row> Orders::rows(std::size_t shard) const {
    const std::unique_lock lock(mutex_);
    return shadow_.rows(shard);
}

Orders::Counts Orders::counts() const {
    const std::unique_lock lock(mutex_);
    return {shadow_.wanted(), shadow_.in_kernel(), queue_.size() + again_.size(), shadow_.bytes()};
}

Orders::Wishes Orders::take_wishes(bool all) {
    const std::unique_lock lock(mutex_);
    Wishes out;
    out.flush = std::exchange(flush_, false);
    if (!std::exchange(nets_changed_, false) && !all) return out;
    out.nets = Nets{nets_.without(extra_).without(around_), extra_.with(around_)};
    return out;
}

void Orders::put_back(const Wishes& wishes) {
    const std::unique_lock lock(mutex_);
    flush_ = flush_ || wishes.flush;
    nets_changed_ = nets_changed_ || wishes.nets.has_value();
}

std::vector<Orders::Row> Orders::take(std::size_t most) {
    const std::unique_lock lock(mutex_);
    std::vector<Row> out;
    // What was ordered after everything was lifted must come after it in the kernel too.
    while (!flush_ && out.size() < most) {
        auto& queue = queue_.empty() ? again_ : queue_;
        if (queue.empty()) break;
        auto row = shadow_.find(queue.front());
        queue.pop_front();
        if (!row || !row->queued) continue;
        row->queued = false;
        shadow_.put(*row);
        out.push_back(*row);
    }
    return out;
}

void Orders::mark(std::span<const Row> rows, bool in_kernel) {
    const std::unique_lock lock(mutex_);
    for (const Row& done : rows) {
        auto row = shadow_.find(done.key);
        if (!row) continue;
        row->in_kernel = in_kernel;
        if (!in_kernel && !row->wanted() && !row->queued && !merging_)
            shadow_.erase(row->key);
        else
            shadow_.put(*row);
    }
}

void Orders::put_back(std::span<const Row> rows) {
    const std::unique_lock lock(mutex_);
    for (const Row& row : rows)
        if (auto now = shadow_.find(row.key)) enqueue(*now);
}

void Orders::forget(std::span<const Row> rows) {
    const std::unique_lock lock(mutex_);
    for (const Row& gone : rows) {
        auto row = shadow_.find(gone.key);
        if (!row) continue;
        row->in_kernel = false;
        if (row->queued)
            shadow_.put(*row);
        else
            shadow_.erase(row->key);
    }
}

void Orders::requeue(std::size_t shard) {
    const std::unique_lock lock(mutex_);
    for (Row row : shadow_.rows(shard)) {
        row.in_kernel = false;
        if (!row.wanted() && !row.queued && !merging_) {
            shadow_.erase(row.key);
            continue;
        }
        if (!std::exchange(row.queued, true)) again_.push_back(row.key);
        shadow_.put(row);
    }
}

std::size_t Orders::lift_spared(std::size_t shard) {
    const std::unique_lock lock(mutex_);
    std::size_t count = 0;
    for (Row row : shadow_.rows(shard)) {
        if (!row.wanted() || !is_spared(row.key)) continue;
        row.until = Time{};
        enqueue(row);
        ++count;
    }
    return count;
}

void Orders::sweep(std::size_t shard, Time now) {
    const std::unique_lock lock(mutex_);
    for (const Row& row : shadow_.rows(shard))
        if (row.wanted() && row.until <= now && !row.queued) shadow_.erase(row.key);
}

void Orders::begin_merging() {
    const std::unique_lock lock(mutex_);
    merging_ = true;
    void_merge_ = false;
}

void Orders::end_merging() {
    const std::unique_lock lock(mutex_);
    if (!std::exchange(merging_, false)) return;
    for (std::size_t shard = 0; shard < Shadow::shards; ++shard)
        for (const Row& row : shadow_.rows(shard))
            if (!row.wanted() && !row.in_kernel && !row.queued) shadow_.erase(row.key);
}

bool Orders::is_merging() const {
    const std::unique_lock lock(mutex_);
    return merging_;
}

std::size_t Orders::merge(std::span<const Ban> bans) {
    const std::unique_lock lock(mutex_);
    if (void_merge_) return 0;
    std::size_t count = 0;
    for (const Ban& ban : bans) {
        const std::uint64_t key = ban.address.host_key();
        if (!is_client_key(key)) continue;
        auto row = shadow_.find(key);
        if (row && row->in_kernel) continue;
        const bool fresh = !row;
        if (fresh) row = Row{.key = key, .until = is_spared(key) ? Time{} : ban.until};
        row->in_kernel = true;
        if (row->wanted() && fresh) ++count;
        if (row->wanted())
            shadow_.put(*row);
        else
            enqueue(*row);
    }
    return count;
}

bool Orders::has_work() const {
    return !queue_.empty() || !again_.empty() || flush_ || nets_changed_;
}

bool Orders::wait(Clock::time_point earliest, Clock::time_point latest) {
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, earliest, [&] { return closed_; });
    if (!closed_ && !has_work()) {
        sleeping_ = true;
        wake_.wait_until(lock, latest, [&] { return !sleeping_ || closed_; });
        sleeping_ = false;
    }
    return !closed_;
}

void Orders::nudge() {
    const std::unique_lock lock(mutex_);
    wake();
}

void Orders::close() {
    const std::unique_lock lock(mutex_);
    closed_ = true;
    wake_.notify_all();
}

}  // namespace tidegate::act
