#pragma once
// The timeline as it is written, bounded.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "event/incident.h"
#include "event/naming.h"

namespace tidegate::tell {

/// Entries in order of time. When it is full, Tidegate's own observations give way to what people said; what
/// did not fit is counted.
/// Thread: one at a time.
class Log {
public:
    static constexpr std::size_t most = 1000;
    static constexpr std::size_t most_seen = 700;  // of our own

    /// False: it did not fit.
    bool add(Entry entry);
    void seen(Time time, std::string text, std::vector<Figure> figures = {});
    void forget_before(Time time);
    /// As Incidents has it.
    void forget(const AccountTest& is_meant);
    void clear() { *this = {}; }
    [[nodiscard]] std::vector<Entry> since(Time time) const;
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

private:
    std::deque<Entry> entries_;
    std::size_t own_ = 0;
    std::uint64_t dropped_ = 0;
};

/// Takes the name, and the text with one in it, away.
void forget_in(Entry& entry, const AccountTest& is_meant);
/// Puts it behind those of its time.
void put(std::vector<Entry>& timeline, Entry entry);

/// Who an entry of our own names.
inline constexpr std::string_view tidegate_itself = "Tidegate";

}  // namespace tidegate::tell
