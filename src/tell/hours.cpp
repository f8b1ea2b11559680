#include "tell/hours.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"

namespace tidegate::tell {
namespace {

constexpr std::size_t tops = 8;

}  // namespace

DayCount& Days::at(std::int64_t index) {
    if (current_ >= days_.size() || days_[current_].index != index) [[unlikely]]
        turn_to(index);
    return days_[current_];
}

void Days::turn_to(std::int64_t index) {
    const auto place = std::ranges::lower_bound(days_, index, {}, &DayCount::index);
    const bool known = place != days_.end() && place->index == index;
    if (!known && days_.size() == most) return;
    current_ = static_cast<std::size_t>(place - days_.begin());
    if (!known) days_.emplace(place)->index = index;
    std::swap(open_[0], open_[1]);
    if (open_[0]->used && open_[0]->index == index) return;
    close(*open_[0], days_);
    gone_.merge(open_[0]->all);
    *open_[0] = {};
    open_[0]->used = true;
    open_[0]->index = index;
}

void Days::close(const Open& open, std::vector<DayCount>& days) {
    if (!open.used) return;
    DayCount& day = *std::ranges::lower_bound(days, open.index, {}, &DayCount::index);
    // A day that was left for several others and came back has two parts: it had at least as many as the
    // larger.
    day.addresses = std::max(day.addresses, open.all.estimate());
    day.hostile_addresses = std::max(day.hostile_addresses, open.hostile.estimate());
}

std::vector<DayCount> Days::finished() const {
    std::vector<DayCount> days = days_;
    for (const auto& open : open_) close(*open, days);
    return days;
}

double Days::addresses() const {
    Sketch all = gone_;
    for (const auto& open : open_) all.merge(open->all);
    return all.estimate();
}

HourCount& Hours::at(std::int64_t index, std::int64_t start) {
    // An hour's step back is the disorder of several writers, not another hour.
    const bool same =
        current_ < hours_.size() && (hours_[current_].index == index || hours_[current_].index == index + 1);
    if (!same) [[unlikely]]
        turn_to(index, start);
    return hours_[current_];
}

void Hours::turn_to(std::int64_t index, std::int64_t start) {
    const auto place = std::ranges::lower_bound(hours_, index, {}, &HourCount::index);
    const bool known = place != hours_.end() && place->index == index;
    if (!known && hours_.size() == most) return;
    close();
    current_ = static_cast<std::size_t>(place - hours_.begin());
    if (known) return;
    HourCount& hour = *hours_.emplace(place);
    hour.index = index;
    hour.start = start;
}

void Hours::see(const Who& who) {
    const auto count = [&who](HeavyTable<Seen>& table, std::uint64_t key) {
        if (key == 0) return;
        const auto [seen, fresh] = table.add(key, who.times);
        if (seen == nullptr) return;
        if (fresh) *seen = {.example = who.address, .as_number = who.as_number};
        if (who.stopped) seen->stopped += who.times;
    };
    count(networks_, who.network);
    count(accounts_, who.account);
    count(as_numbers_, mix(who.as_number));
}

std::vector<HourTop> Hours::take(const HeavyTable<Seen>& table) {
    std::vector<HourTop> found;
    for (const std::size_t slot : table.top(tops)) {
        const Seen& seen = table.payload(slot);
        found.push_back({.key = table.key(slot),
                         .count = table.count(slot) - table.error(slot),
                         .stopped = seen.stopped,
                         .example = seen.example,
                         .as_number = seen.as_number});
    }
    return found;
}

/// The hour may have been left and come back to.
void add_tops(std::vector<HourTop>& tops_so_far, const std::vector<HourTop>& more) {
    for (const HourTop& top : more) {
        const auto same = std::ranges::find(tops_so_far, top.key, &HourTop::key);
        if (same == tops_so_far.end()) {
            tops_so_far.push_back(top);
        } else {
            same->count += top.count;
            same->stopped += top.stopped;
        }
    }
    std::ranges::sort(tops_so_far, std::ranges::greater{},
                      [](const HourTop& top) { return std::pair(top.count, top.key); });
    if (tops_so_far.size() > tops) tops_so_far.resize(tops);
}

void Hours::take_tops(HourCount& hour) const {
    add_tops(hour.networks, take(networks_));
    add_tops(hour.as_numbers, take(as_numbers_));
    add_tops(hour.accounts, take(accounts_));
}

std::vector<HourCount> Hours::finished() const {
    std::vector<HourCount> hours = hours_;
    if (!hours.empty()) take_tops(hours[current_]);
    return hours;
}

void Hours::close() {
    if (hours_.empty() || hours_[current_].hostile == 0) return;
    take_tops(hours_[current_]);
    networks_.clear();
    as_numbers_.clear();
    accounts_.clear();
}

}  // namespace tidegate::tell
