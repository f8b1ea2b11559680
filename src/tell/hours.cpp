#include "tell/hours.h"

#include "base/hash.h"

namespace tidegate::tell {
namespace {

constexpr std::size_t tops = 8;

}  // namespace

DayCount& Days::at(std::int64_t index) {
    if (days_.empty() || (index > days_.back().index && days_.size() < most)) {
        close();
        days_.emplace_back().index = index;
    }
    return days_.back();
}

void Days::close() {
    if (days_.empty()) return;
    days_.back().addresses = open_->all.estimate();
    days_.back().hostile_addresses = open_->hostile.estimate();
    gone_.merge(open_->all);
    *open_ = {};
}

std::vector<DayCount> Days::finished() const {
    std::vector<DayCount> days = days_;
    if (days.empty()) return days;
    days.back().addresses = open_->all.estimate();
    days.back().hostile_addresses = open_->hostile.estimate();
    return days;
}

double Days::addresses() const {
    Sketch all = gone_;
    all.merge(open_->all);
    return all.estimate();
}

HourCount& Hours::at(std::int64_t index, std::int64_t start) {
    if (hours_.empty() || (index > hours_.back().index && hours_.size() < most)) [[unlikely]] {
        close();
        HourCount& hour = hours_.emplace_back();
        hour.index = index;
        hour.start = start;
    }
    return hours_.back();
}

void Hours::see(const Who& who) {
    const auto count = [&who](HeavyTable<Seen>& table, std::uint64_t key) {
        if (key == 0) return;
        const auto [slot, fresh] = table.add(key, who.times);
        Seen& seen = table.payload(slot);
        if (fresh) seen = {.example = who.address, .as_number = who.as_number};
        if (who.stopped) seen.stopped += who.times;
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

void Hours::take_tops(HourCount& hour) const {
    hour.networks = take(networks_);
    hour.as_numbers = take(as_numbers_);
    hour.accounts = take(accounts_);
}

std::vector<HourCount> Hours::finished() const {
    std::vector<HourCount> hours = hours_;
    if (!hours.empty()) take_tops(hours.back());
    return hours;
}

void Hours::close() {
    if (hours_.empty() || hours_.back().hostile == 0) return;
    take_tops(hours_.back());
    networks_.clear();
    as_numbers_.clear();
    accounts_.clear();
}

}  // namespace tidegate::tell
