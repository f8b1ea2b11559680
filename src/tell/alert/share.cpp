#include "tell/alert/share.h"

namespace tidegate::tell {
namespace {

void drop_old(std::deque<Moment>& times, Moment now) {
    while (!times.empty() && times.front() + std::chrono::hours(1) <= now) times.pop_front();
}

}  // namespace

bool Share::has_room(AlertKind kind, Moment now) {
    auto& same = of_kind_[static_cast<std::size_t>(kind)];
    drop_old(all_, now);
    drop_old(same, now);
    return all_.size() < most_ && same.size() < (most_ + 1) / 2;
}

Share::Answer Share::ask(AlertKind kind, Moment now) {
    if (!has_room(kind, now)) {
        ++held_;
        return Answer::hold;
    }
    all_.push_back(now);
    of_kind_[static_cast<std::size_t>(kind)].push_back(now);
    return has_room(kind, now) ? Answer::go : Answer::go_as_last;
}

}  // namespace tidegate::tell
