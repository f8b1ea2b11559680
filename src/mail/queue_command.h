#pragma once
// The command that lists a queue, run once.

#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "mail/queue_order.h"

namespace tidegate::mail {

/// Cuts what comes in pieces into lines. A line above a mebibyte is cut there, and the rest left out.
/// Thread: one at a time.  Cost: a line's bytes; memory of one line.
class QueueLines {
public:
    static constexpr std::size_t most_bytes = std::size_t{1} << 20;
    using Sink = std::function<void(std::string_view line, bool is_cut)>;

    void take(std::string_view piece, const Sink& sink);
    /// A last line without an end.
    void finish(const Sink& sink);

private:
    std::string line_;
    bool is_cut_ = false;
};

/// Reads the queue as it is at `moment`. Never holds more of the list than a line.
/// Thread: any.  Cost: blocks, the order's patience at most.  Fails: the command can't be started, is late,
/// ends with another status than 0, or more than a tenth of what it says is none of a queue's list.
[[nodiscard]] Result<QueueFigures> read_queue(const QueueOrder& order, Time moment, Time came_from,
                                              const std::function<bool()>& given_up);

}  // namespace tidegate::mail
