#include "keep/waiting.h"

namespace tidegate::keep {

std::uint64_t Waiting::add(const Entry& entry) {
    scratch_.clear();
    if (bytes_ < most_bytes_) append_entry(entry, scratch_);
    if (scratch_.empty() || scratch_.size() > most_entry_bytes) {
        if (lost_here_++ == 0) lost_from_ = time_of(entry);
        ++lost_;
        return 0;
    }
    if (lost_here_ != 0) put_lost();
    return put(scratch_, time_of(entry));
}

std::vector<Run> Waiting::take() {
    if (lost_here_ != 0) put_lost();
    bytes_ = 0;
    return std::exchange(runs_, {});
}

std::uint64_t Waiting::put(std::string_view bytes, Time time) {
    if (runs_.empty() || runs_.back().full()) runs_.push_back(Run{.first = next_});
    runs_.back().add(bytes, time);
    bytes_ += bytes.size();
    return next_++;
}

void Waiting::put_lost() {
    std::string bytes;
    append_entry({.kind = EntryKind::lost,
                  .time = lost_from_,
                  .value = static_cast<std::int64_t>(std::exchange(lost_here_, 0))},
                 bytes);
    put(bytes, lost_from_);
}

}  // namespace tidegate::keep
