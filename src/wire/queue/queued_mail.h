#pragma once
// A mail server's own list of its queue, line by line.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace tidegate::wire {

enum class QueuePlace : std::uint8_t {
    incoming,  // has just come
    active,    // a try goes on, or is next
    deferred,  // was tried, and is tried again
    held,      // is not tried: put on hold, frozen, damaged
};

/// One message that waits.
struct QueuedMail {
    static constexpr std::size_t most_domains = 100;

    QueuePlace place = QueuePlace::deferred;
    Time arrival{};
    std::uint64_t bytes = 0;
    /// Of those who have not got it yet: lower case, each once, the first hundred. Anybody may have written
    /// them: at most 255 bytes each, not safe to print.
    std::vector<std::string> domains{};
};

enum class QueueProgram : std::uint8_t { postfix, exim };

/// Reads such a list. A line may be of any length and hold anything.
/// Thread: one at a time.  Cost: linear in the line; memory of one message.  Fails: counts.
class QueueListing {
public:
    using Sink = std::function<void(const QueuedMail&)>;

    QueueListing() = default;
    virtual ~QueueListing() = default;
    QueueListing(const QueueListing&) = delete;
    QueueListing& operator=(const QueueListing&) = delete;

    /// Without its end. `is_cut`: the line goes on, and the rest is not there.
    virtual void hear(std::string_view line, bool is_cut, const Sink& sink) = 0;
    /// There are no more lines.
    virtual void finish(const Sink& sink) = 0;

    /// Lines that are of no such list.
    [[nodiscard]] std::uint64_t strange() const { return strange_; }

protected:
    std::uint64_t strange_ = 0;
};

/// Of `postqueue -j` (postqueue(1), since Postfix 3.1), or of `exim -bp`, `-bpr` and `-bpu` (Exim's
/// specification, 5.2). Exim says how long a message has waited, not when it came: `now` is when it was
/// asked.
[[nodiscard]] std::unique_ptr<QueueListing> queue_listing(QueueProgram program, Time now);

}  // namespace tidegate::wire
