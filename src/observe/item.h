#pragma once
// What travels down the line: a run of events with the bytes it was made from.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "observe/line_reader.h"
#include "observe/pipeline.h"
#include "wire/log/parser.h"

namespace tidegate::observe {

inline constexpr std::size_t no_event = std::numeric_limits<std::size_t>::max();

class Source;

/// One chunk of a file and what was made of it, or a run of events merged from several files.
/// Thread: one at a time.  Cost: reused through a Pool, so that its memory is touched before.
struct Item {
    Work work;

    std::shared_ptr<char[]> buffer;  // the chunk; work.batch.bytes shares it
    std::size_t buffer_bytes = 0;
    const Source* source = nullptr;  // whose chunk it is
    Lines lines;
    wire::LineCounts counts;
    std::vector<Error> errors;    // of lines, at most max_line_errors
    std::uint64_t bad_lines = 0;  // all of them

    // What later steps want to know without looking at every event.
    Time first{};                     // of the first event
    Time last{};                      // the latest
    bool sorted = true;               // no event lies before the one above it
    bool layered = false;             // holds attempts of other layers than `front`
    std::size_t overlaps = no_event;  // the first event beside which another file has some, too

    std::vector<std::shared_ptr<Item>> keeps;  // whose bytes our events point to
    std::vector<std::uint32_t> changed;        // events changed by joining

    /// Fills first, last, sorted and layered.
    void survey();
    void clear();
};

using ItemPtr = std::unique_ptr<Item>;

inline constexpr std::size_t max_line_errors = 20;

/// Items that wait for their next use.
/// Thread: any.  Owns them. Made as a shared pointer, for the items it shares keep it alive.
class Pool : public std::enable_shared_from_this<Pool> {
public:
    explicit Pool(std::size_t chunk_bytes) : chunk_bytes_(chunk_bytes) {}

    [[nodiscard]] ItemPtr take();
    void give(ItemPtr item);
    /// As a shared item, which comes back by itself.
    [[nodiscard]] std::shared_ptr<Item> share(ItemPtr item);
    [[nodiscard]] std::size_t chunk_bytes() const { return chunk_bytes_; }

private:
    static constexpr std::size_t most_kept = 64;

    const std::size_t chunk_bytes_;
    std::mutex mutex_;
    std::vector<ItemPtr> free_;
};

}  // namespace tidegate::observe
