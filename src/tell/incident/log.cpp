#include "tell/incident/log.h"

#include <algorithm>

namespace tidegate::tell {
namespace {

bool is_own(const Entry& entry) {
    return entry.kind == EntryKind::seen;
}

}  // namespace

bool Log::add(Entry entry) {
    if (entries_.size() == most || (is_own(entry) && own_ == most_seen)) {
        ++dropped_;
        return false;
    }
    own_ += is_own(entry) ? 1 : 0;
    const auto place = std::ranges::upper_bound(entries_, entry.time, {}, &Entry::time);
    entries_.insert(place, std::move(entry));
    return true;
}

void Log::seen(Time time, std::string text, std::vector<Figure> figures) {
    add({.time = time,
         .kind = EntryKind::seen,
         .who = std::string(tidegate_itself),
         .text = std::move(text),
         .figures = std::move(figures)});
}

void Log::forget_before(Time time) {
    while (!entries_.empty() && entries_.front().time < time) {
        own_ -= is_own(entries_.front()) ? 1 : 0;
        entries_.pop_front();
    }
    if (entries_.empty()) dropped_ = 0;
}

void Log::forget(const AccountTest& is_meant) {
    for (Entry& entry : entries_) forget_in(entry, is_meant);
}

void forget_in(Entry& entry, const AccountTest& is_meant) {
    // What Tidegate saw it tells without anybody's name.
    if (entry.kind != EntryKind::seen && names_account(entry.text, is_meant)) entry.text = forgotten_text;
    if (!entry.account.name.empty() && is_meant(entry.account.name)) entry.account.name.clear();
}

std::vector<Entry> Log::since(Time time) const {
    const auto first = std::ranges::lower_bound(entries_, time, {}, &Entry::time);
    return {first, entries_.end()};
}

void put(std::vector<Entry>& timeline, Entry entry) {
    timeline.insert(std::ranges::upper_bound(timeline, entry.time, {}, &Entry::time), std::move(entry));
}

}  // namespace tidegate::tell
