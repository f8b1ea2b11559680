#include "observe/conveyor.h"

#include <algorithm>
#include <string>
#include <thread>
#include <utility>

namespace tidegate::observe {
namespace {

constexpr auto progress_interval = std::chrono::milliseconds(200);
constexpr std::size_t line_errors_shown = 20;
/// Items on their way for each worker: enough that none waits for another who is held up for a moment.
constexpr std::size_t items_for_each = 6;
/// So many items in front of a step are a reason to do it for the worker whose it is.
constexpr std::size_t behind = 5;
constexpr unsigned home_of_fold = 0;

template <class Step>
void call(const Step& step, Work& work) {
    if (step) step(work);
}

template <class T>
T take_front(std::deque<T>& queue) {
    T front = std::move(queue.front());
    queue.pop_front();
    return front;
}

}  // namespace

Conveyor::Conveyor(const Input& input, const Steps& steps, std::vector<Lane> lanes,
                   std::shared_ptr<Pool> pool)
    : input_(input), steps_(steps), pool_(std::move(pool)), merger_(*pool_) {
    for (Lane& lane : lanes) {
        merger_.add_lane(lane.first);
        Track& track = tracks_.emplace_back();
        track.open = !lane.first;
        track.lane = std::move(lane);
    }
    // Events in their text form may come from several logs.
    if (input.join) joiner_.emplace(steps.prepare, input.event_text);
}

void Conveyor::run() {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < input_.threads; ++i) others.emplace_back([this, i] { work(i); });
    work(0);
}

void Conveyor::work(unsigned worker) {
    Lock lock(mutex_);
    while (!finished_) {
        if (worker == 0) show_progress(lock);
        if (do_something(lock, worker)) {
            if (idle_ != 0) changed_.notify_all();
            continue;
        }
        ++idle_;
        changed_.wait_for(lock, progress_interval);
        --idle_;
    }
    changed_.notify_all();
}

bool Conveyor::can_tally(unsigned worker) const {
    if (tallying_ || to_tally_.empty()) return false;
    const unsigned home = input_.threads > 1 ? 1 : 0;
    return worker == home || to_tally_.size() >= behind || reader_ == home;
}

bool Conveyor::can_fold(unsigned worker) const {
    if (folding_ || to_fold_.empty()) return false;
    return worker == home_of_fold || to_fold_.size() >= behind || reader_ == home_of_fold;
}

bool Conveyor::do_something(Lock& lock, unsigned worker) {
    if (can_tally(worker)) {
        tally(lock);
    } else if (can_fold(worker)) {
        fold(lock);
    } else if (can_merge()) {
        merge(lock);
    } else if (!to_parse_.empty()) {
        parse(lock);
    } else if (must_stop()) {
        stop();
    } else if (Track* track = next_to_read(); track != nullptr) {
        read(*track, lock, worker);
    } else {
        const bool busy = folding_ || tallying_;
        finished_ = merged_out_ && !busy && to_fold_.empty() && to_tally_.empty();
        return finished_;
    }
    return true;
}

void Conveyor::tally(Lock& lock) {
    tallying_ = true;
    ItemPtr item = take_front(to_tally_);
    lock.unlock();
    call(steps_.tally, item->work);
    pool_->give(std::move(item));
    lock.lock();
    tallying_ = false;
}

void Conveyor::fold(Lock& lock) {
    folding_ = true;
    ItemPtr item = take_front(to_fold_);
    lock.unlock();
    call(steps_.fold, item->work);
    lock.lock();
    to_tally_.push_back(std::move(item));
    folding_ = false;
}

bool Conveyor::can_merge() const {
    if (merging_ || merged_out_) return false;
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        const Track& track = tracks_[i];
        const bool ready = track.queue.empty() ? track.read_out : track.queue.front().parsed;
        if (merger_.wants(i) && !ready) return false;
    }
    return true;
}

void Conveyor::merge(Lock& lock) {
    merging_ = true;
    feed_merger();
    lock.unlock();
    merger_.advance(merged_);
    for (ItemPtr& item : merged_) {
        events_ += item->work.batch.events.size();
        if (joiner_)
            joiner_->push(std::move(item), joined_);
        else
            joined_.push_back(std::move(item));
    }
    merged_.clear();
    const bool done = merger_.done();
    if (done && joiner_) joiner_->finish(joined_);
    lock.lock();
    std::ranges::move(joined_, std::back_inserter(to_fold_));
    joined_.clear();
    for (std::size_t i = 0; i < tracks_.size(); ++i) tracks_[i].open = tracks_[i].open || merger_.is_open(i);
    merged_out_ = done;
    merging_ = false;
}

void Conveyor::feed_merger() {
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        Track& track = tracks_[i];
        if (track.open) merger_.open(i);
        while (merger_.wants(i) && !track.queue.empty() && track.queue.front().parsed) {
            Slot slot = take_front(track.queue);
            --queued_;
            collect(track, *slot.item);
            merger_.give(i, std::move(slot.item));
        }
        if (merger_.wants(i) && track.queue.empty() && track.read_out) merger_.end(i);
    }
}

void Conveyor::collect(Track& track, Item& item) {
    track.counts += item.counts;
    track.bytes += item.lines.bytes;
    track.bad_lines += item.bad_lines;
    for (Error& error : item.errors)
        if (track.errors.size() < line_errors_shown) track.errors.push_back(std::move(error));
}

void Conveyor::parse(Lock& lock) {
    Slot* slot = to_parse_.front();
    to_parse_.pop_front();
    Item& item = *slot->item;
    lock.unlock();
    item.source->decode(item);
    call(steps_.prepare, item.work);
    item.survey();
    lines_.fetch_add(item.lines.count, std::memory_order_relaxed);
    lock.lock();
    slot->parsed = true;
}

bool Conveyor::must_stop() const {
    if (reader_ || !steps_.goes_on) return false;
    const bool unread = std::ranges::any_of(tracks_, [](const Track& track) { return !track.read_out; });
    return unread && !steps_.goes_on();
}

/// As if every file ended here; what was read goes its way.
void Conveyor::stop() {
    stopped_ = true;
    for (Track& track : tracks_) track.read_out = true;
}

/// The track that the merge waits for, or the one with the least in store; a file whose turn comes next is
/// opened when all others are read out.
Conveyor::Track* Conveyor::next_to_read() {
    if (reader_) return nullptr;
    Track* least = nullptr;
    Track* waiting = nullptr;
    for (Track& track : tracks_) {
        if (track.read_out) continue;
        if (!track.open) {
            waiting = waiting == nullptr ? &track : waiting;
        } else if (least == nullptr || track.queue.size() < least->queue.size()) {
            least = &track;
        }
    }
    if (least == nullptr) least = waiting;
    return least != nullptr && has_room(*least) ? least : nullptr;
}

bool Conveyor::has_room(const Track& track) const {
    const std::size_t below = to_fold_.size() + to_tally_.size() + (folding_ ? 1 : 0) + (tallying_ ? 1 : 0);
    if (below == 0 && track.queue.empty()) return true;  // everybody waits for it
    const auto open = static_cast<std::size_t>(
        std::ranges::count_if(tracks_, [](const Track& it) { return it.open && !it.read_out; }));
    return queued_ + below < items_for_each * std::size_t{input_.threads} + open;
}

void Conveyor::read(Track& track, Lock& lock, unsigned worker) {
    reader_ = worker;
    track.open = true;
    lock.unlock();
    ItemPtr item = pool_->take();
    const bool more = track.lane.source->read(*item);
    item->source = track.lane.source.get();
    if (!more) pool_->give(std::move(item));
    lock.lock();
    reader_.reset();
    if (!more) {
        track.read_out = true;
        return;
    }
    track.queue.push_back({std::move(item)});
    to_parse_.push_back(&track.queue.back());
    ++queued_;
}

void Conveyor::show_progress(Lock& lock) {
    const auto now = std::chrono::steady_clock::now();
    if (!steps_.progress || now - shown_ < progress_interval) return;
    shown_ = now;
    lock.unlock();
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    bool known = true;
    for (const Track& track : tracks_) {
        done += track.lane.source->used();
        total += track.lane.source->size().value_or(0);
        known = known && track.lane.source->size();
    }
    steps_.progress(done, known ? total : 0, lines_.load(std::memory_order_relaxed));
    lock.lock();
}

void Conveyor::append_errors(const Track& track, std::size_t& line_errors, std::vector<Error>& out) const {
    const std::string name = shown_name(track.lane.source->name());
    std::uint64_t shown = 0;
    for (const Error& error : track.errors) {
        if (line_errors == line_errors_shown) break;
        out.push_back(error);
        ++line_errors;
        ++shown;
    }
    if (track.bad_lines > shown)
        out.push_back(
            Error{name, 0, std::to_string(track.bad_lines - shown) + " more lines are no events", {}});
    if (const auto& error = track.lane.source->error()) out.push_back(*error);
}

ReadReport Conveyor::report() const {
    ReadReport report;
    report.files.resize(tracks_.size());
    std::vector<const Track*> by_file(tracks_.size());
    for (const Track& track : tracks_) by_file[track.lane.file] = &track;
    std::size_t line_errors = 0;
    for (std::size_t i = 0; i < by_file.size(); ++i) {
        const Track& track = *by_file[i];
        report.files[i] = {track.lane.source->name(), track.counts, track.bytes};
        report.lines += track.counts;
        append_errors(track, line_errors, report.errors);
    }
    report.events = events_;
    report.joined = joiner_ ? joiner_->joined() : 0;
    report.backwards = merger_.backwards();
    report.stopped = stopped_;
    return report;
}

}  // namespace tidegate::observe
