#include "observe/merger.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace tidegate::observe {
namespace {

constexpr std::size_t events_of_merged_item = 2048;

}  // namespace

Merger::~Merger() = default;

std::size_t Merger::add_lane(std::optional<Time> first) {
    Lane lane;
    lane.state = first ? State::waiting : State::open;
    lane.first = first.value_or(Time{});
    lanes_.push_back(std::move(lane));
    return lanes_.size() - 1;
}

bool Merger::wants(std::size_t lane) const {
    const Lane& it = lanes_[lane];
    return it.state == State::open && !it.front && !it.opened;
}

void Merger::open(std::size_t lane) {
    if (lanes_[lane].state == State::waiting) lanes_[lane].state = State::open;
}

void Merger::give(std::size_t lane, ItemPtr item) {
    CHECK(wants(lane));
    if (item->work.batch.events.empty()) {
        pool_.give(std::move(item));
        return;
    }
    count_backwards(lanes_[lane], *item);
    lanes_[lane].front = std::move(item);
}

void Merger::end(std::size_t lane) {
    CHECK(wants(lane));
    lanes_[lane].state = State::ended;
}

bool Merger::done() const {
    return !building_ && std::ranges::all_of(lanes_, [](const Lane& it) { return it.state == State::ended; });
}

void Merger::advance(std::vector<ItemPtr>& out) {
    for (;;) {
        const Key next = lowest(no_event);
        if (next.lane == no_event) return flush(out);
        open(next.lane);
        for (std::size_t i = 0; i < lanes_.size(); ++i)
            if (wants(i)) return;
        const Key limit = lowest(next.lane);
        const Lane& lane = lanes_[next.lane];
        const bool whole = lane.front && (limit.lane == no_event ||
                                          Key{std::max(lane.clock, lane.front->last), next.lane} < limit);
        if (whole) {
            flush(out);
            pass(next.lane, out);
        } else {
            copy(next.lane, limit, out);
        }
    }
}

Merger::Key Merger::key(std::size_t number) const {
    const Lane& lane = lanes_[number];
    if (lane.state == State::waiting) return {lane.first, number};
    if (lane.front) return {std::max(lane.clock, lane.front->first), number};
    if (lane.opened) return {std::max(lane.clock, lane.opened->work.batch.events[lane.at].time), number};
    return {lane.clock, number};  // its next event is not known yet: can't be before
}

Merger::Key Merger::lowest(std::size_t except) const {
    Key least;
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
        if (i == except || lanes_[i].state == State::ended) continue;
        const Key here = key(i);
        if (least.lane == no_event || here < least) least = here;
    }
    return least;
}

bool Merger::overlapped(std::size_t lane) const {
    for (std::size_t i = 0; i < lanes_.size(); ++i)
        if (i != lane && lanes_[i].started && lanes_[i].state != State::ended) return true;
    return false;
}

void Merger::count_backwards(Lane& lane, const Item& item) {
    constexpr Duration tolerance = std::chrono::hours(1);
    if (!item.sorted || item.first + tolerance < lane.seen)
        for (Time latest = lane.seen; const Event& event : item.work.batch.events) {
            if (event.time != Time{} && event.time + tolerance < latest) ++backwards_;
            latest = std::max(latest, event.time);
        }
    lane.seen = std::max(lane.seen, item.last);
}

void Merger::pass(std::size_t number, std::vector<ItemPtr>& out) {
    Lane& lane = lanes_[number];
    lane.clock = std::max(lane.clock, lane.front->last);
    lane.started = true;
    if (overlapped(number)) lane.front->overlaps = 0;
    out.push_back(std::move(lane.front));
}

void Merger::copy(std::size_t number, Key limit, std::vector<ItemPtr>& out) {
    Lane& lane = lanes_[number];
    if (lane.front) {
        lane.opened = pool_.share(std::move(lane.front));
        lane.at = 0;
    }
    const bool overlaps = overlapped(number);
    const std::size_t size = lane.opened->work.batch.events.size();
    while (lane.at < size && (limit.lane == no_event || key(number) < limit)) {
        copy_event(lane, overlaps);
        if (building_->work.batch.events.size() >= events_of_merged_item) flush(out);
    }
    if (lane.at == size) lane.opened.reset();
}

void Merger::copy_event(Lane& lane, bool overlaps) {
    if (!building_) building_ = pool_.take();
    Item& to = *building_;
    const Work& from = lane.opened->work;
    if (std::ranges::find(to.keeps, lane.opened) == to.keeps.end()) to.keeps.push_back(lane.opened);
    if (overlaps) to.overlaps = std::min(to.overlaps, to.work.batch.events.size());
    to.work.batch.events.push_back(from.batch.events[lane.at]);
    if (from.knocks.size() == from.batch.events.size()) to.work.knocks.push_back(from.knocks[lane.at]);
    lane.clock = std::max(lane.clock, from.batch.events[lane.at].time);
    lane.started = true;
    ++lane.at;
}

void Merger::flush(std::vector<ItemPtr>& out) {
    if (!building_) return;
    building_->survey();
    auto owners = std::make_shared<std::vector<std::shared_ptr<Item>>>(std::move(building_->keeps));
    building_->work.batch.bytes = std::move(owners);
    out.push_back(std::move(building_));
}

}  // namespace tidegate::observe
