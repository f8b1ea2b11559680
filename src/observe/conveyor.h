#pragma once
// The scheduler of a replay: who does what next, on however many threads.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "observe/item.h"
#include "observe/joiner.h"
#include "observe/merger.h"
#include "observe/pipeline.h"
#include "observe/source.h"

namespace tidegate::observe {

/// Moves items through the steps: read (one at a time), parse and prepare (any number at once), merge and
/// join, fold, tally (one at a time each, in order). A free worker takes the step furthest down that can run,
/// so that little lies around and what does is still in a cache; with one worker every item goes through
/// alone. Fold and tally have a worker each as their home, for they keep large tables in its caches; another
/// steps in only when they fall behind.
/// Thread: run() starts and ends its own.  Cost: a lock and a few branches a step, that is a chunk.
class Conveyor {
public:
    struct Lane {
        std::unique_ptr<Source> source;
        std::size_t file = 0;       // its place in the input
        std::optional<Time> first;  // of its first event; nothing: its turn is at once
    };

    /// `lanes` in the order in which they shall come where times are equal. `input` and `steps` outlive it.
    Conveyor(const Input& input, const Steps& steps, std::vector<Lane> lanes, std::shared_ptr<Pool> pool);

    /// Everything, on the calling thread and `input.threads - 1` others.
    void run();
    /// What came of it, files in the order of the input.
    [[nodiscard]] ReadReport report() const;

private:
    struct Slot {
        ItemPtr item;
        bool parsed = false;
    };
    struct Track {
        Lane lane;
        std::deque<Slot> queue;  // in order; a parser has a pointer into it
        bool open = false;       // its turn has come, or it is read ahead
        bool read_out = false;
        wire::LineCounts counts;
        std::uint64_t bytes = 0;
        std::uint64_t bad_lines = 0;
        std::vector<Error> errors;
    };
    using Lock = std::unique_lock<std::mutex>;

    void work(unsigned worker);
    [[nodiscard]] bool do_something(Lock& lock, unsigned worker);
    [[nodiscard]] bool can_tally(unsigned worker) const;
    [[nodiscard]] bool can_fold(unsigned worker) const;
    void tally(Lock& lock);
    void fold(Lock& lock);
    [[nodiscard]] bool can_merge() const;
    void merge(Lock& lock);
    void feed_merger();
    void collect(Track& track, Item& item);
    void parse(Lock& lock);
    [[nodiscard]] bool must_stop() const;
    void stop();
    [[nodiscard]] Track* next_to_read();
    [[nodiscard]] bool has_room(const Track& track) const;
    void read(Track& track, Lock& lock, unsigned worker);
    void show_progress(Lock& lock);
    void append_errors(const Track& track, std::size_t& line_errors, std::vector<Error>& out) const;

    const Input& input_;
    const Steps& steps_;
    std::shared_ptr<Pool> pool_;

    // The lock is held for choosing a step and for handing over items; each step that is busy owns what it
    // works on (the merger and the joiner belong to whoever set merging_).
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Track> tracks_;
    std::deque<Slot*> to_parse_;
    std::deque<ItemPtr> to_fold_, to_tally_;
    std::size_t queued_ = 0;  // items read and not yet merged
    unsigned idle_ = 0;
    std::optional<unsigned> reader_;  // the worker who reads, perhaps for long
    bool merging_ = false, folding_ = false, tallying_ = false;
    bool merged_out_ = false, finished_ = false, stopped_ = false;

    Merger merger_;
    std::optional<Joiner> joiner_;
    std::vector<ItemPtr> merged_, joined_;
    std::uint64_t events_ = 0;

    std::atomic<std::uint64_t> lines_ = 0;
    std::chrono::steady_clock::time_point shown_;
};

}  // namespace tidegate::observe
