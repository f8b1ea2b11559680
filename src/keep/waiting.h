#pragma once
// What was handed in and is not on its way to the disk yet.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "keep/run.h"

namespace tidegate::keep {

/// Gives sequence numbers and keeps entries as bytes, up to a bound. What finds no room is counted, and an
/// entry of the kind `lost` stands in its place, so that the sequence has no holes and says where something
/// is missing. Thread: under the writer's lock.  Cost: below a microsecond, no allocation but when a run
/// begins or grows.
class Waiting {
public:
    Waiting(std::uint64_t next, std::size_t most_bytes) : next_(next), most_bytes_(most_bytes) {}

    /// The entry's sequence; 0: there was no room.
    std::uint64_t add(const Entry& entry);
    /// Everything, the oldest first; the sequence goes on.
    [[nodiscard]] std::vector<Run> take();

    [[nodiscard]] bool empty() const { return runs_.empty() && lost_here_ == 0; }
    [[nodiscard]] bool has_full_run() const {
        return runs_.size() > 1 || (!runs_.empty() && runs_[0].full());
    }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    /// The sequence given last.
    [[nodiscard]] std::uint64_t last() const { return next_ - 1; }
    /// Since the start.
    [[nodiscard]] std::uint64_t lost() const { return lost_; }

private:
    std::uint64_t put(std::string_view bytes, Time time);
    void put_lost();

    std::vector<Run> runs_;
    std::uint64_t next_;
    std::size_t bytes_ = 0, most_bytes_;
    std::uint64_t lost_ = 0, lost_here_ = 0;  // here: since the last entry
    Time lost_from_{};
    std::string scratch_;
};

}  // namespace tidegate::keep
