#pragma once
// Several files into one stream in order of time.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/time.h"
#include "observe/item.h"

namespace tidegate::observe {

/// Merges lanes (one a file) by time. Within a lane the file's order stays, even where its time goes back: an
/// event's key is the latest time up to it. Between lanes the smaller key comes first, then the lane with the
/// smaller number. So the order depends on the files alone, not on how they were cut into items. A lane has
/// no items yet until its turn comes: rotated logs are opened one after another.
/// Thread: one at a time.  Cost: nothing an event while files do not overlap (items pass through whole); a
/// copy of each event while they do.
class Merger {
public:
    explicit Merger(Pool& pool) : pool_(pool) {}
    ~Merger();
    Merger(const Merger&) = delete;
    Merger& operator=(const Merger&) = delete;

    /// Before the first advance(), in the order in which lanes shall come where times are equal. `first`: of
    /// the lane's first event; nothing: its turn is at once. Returns the lane's number.
    std::size_t add_lane(std::optional<Time> first);

    /// Does the lane have to deliver its next item (or its end) before advance() can go on?
    [[nodiscard]] bool wants(std::size_t lane) const;
    /// Has the lane's turn come?
    [[nodiscard]] bool is_open(std::size_t lane) const { return lanes_[lane].state == State::open; }
    void open(std::size_t lane);
    /// The lane's next item; requires wants(lane).
    void give(std::size_t lane, ItemPtr item);
    void end(std::size_t lane);
    [[nodiscard]] bool done() const;

    /// Moves what is decided to `out`; stops when a lane wants an item.
    void advance(std::vector<ItemPtr>& out);

    [[nodiscard]] std::uint64_t backwards() const { return backwards_; }

private:
    enum class State : std::uint8_t { waiting, open, ended };
    struct Lane {
        State state = State::waiting;
        Time first{};                  // of the file, where it waits
        Time clock{};                  // the latest time of what went out
        Time seen{};                   // the latest of all items given
        ItemPtr front;                 // nothing taken from it yet
        std::shared_ptr<Item> opened;  // some of it taken
        std::size_t at = 0;            // how much
        bool started = false;          // an event of it went out
    };
    /// The next event's place in the order.
    struct Key {
        Time time{};
        std::size_t lane = no_event;
        friend auto operator<=>(const Key&, const Key&) = default;
    };

    [[nodiscard]] Key key(std::size_t lane) const;
    [[nodiscard]] Key lowest(std::size_t except) const;
    [[nodiscard]] bool overlapped(std::size_t lane) const;
    void count_backwards(Lane& lane, const Item& item);
    void pass(std::size_t lane, std::vector<ItemPtr>& out);
    void copy(std::size_t lane, Key limit, std::vector<ItemPtr>& out);
    void copy_event(Lane& lane, bool overlaps);
    void flush(std::vector<ItemPtr>& out);

    Pool& pool_;
    std::vector<Lane> lanes_;
    ItemPtr building_;  // events copied from several lanes
    std::uint64_t backwards_ = 0;
};

}  // namespace tidegate::observe
