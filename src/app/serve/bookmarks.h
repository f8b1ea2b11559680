#pragma once
// How far the logs were read, so that after any end no line of them is lost or counted twice.

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace tidegate::app {

/// Where each log that is followed goes on. All that its lines before said is in the journal or was a part of
/// something else; what its lines behind said has a number above `sequence`, if it is in the journal at all.
struct Bookmark {
    std::map<std::string, std::string> positions;  // by source, as the followers write them
    std::uint64_t sequence = 0;

    /// A JSON object of the positions.
    [[nodiscard]] std::string text() const;
    /// No positions where the text is none.
    [[nodiscard]] static Bookmark parse(std::string_view text, std::uint64_t sequence);

    friend bool operator==(const Bookmark&, const Bookmark&) = default;
};

/// A line that was read may wait for others of its attempt before it counts (observe/follow/live_joiner.h): a
/// position is good for a restart once nothing from before it waits any more.
/// Thread: any.
class Bookmarks {
public:
    /// `longest_wait` of any line.
    Bookmarks(Bookmark from, Duration longest_wait);

    /// A source was read up to here; everything of it that counts at once was given numbers up to `sequence`.
    void read(const std::string& source, const std::string& position, Time now, std::uint64_t sequence);
    /// To be called often. `is_idle`: whether nothing waits now.
    void tick(Time now, const std::function<bool()>& is_idle);
    /// The latest that is good.
    [[nodiscard]] Bookmark good() const;
    /// The same, if it has changed since the last call of this.
    [[nodiscard]] std::optional<Bookmark> news();

private:
    const Duration longest_wait_;
    mutable std::mutex mutex_;  // guards all below
    Bookmark latest_, waiting_, good_;
    bool is_newer_ = false;  // latest_ than waiting_
    bool waits_ = false;     // waiting_ is newer than good_
    bool is_news_ = false;
    Time read_at_{}, waits_since_{};
};

}  // namespace tidegate::app
