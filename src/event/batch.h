#pragma once
// A run of events together with the bytes their texts point into.

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "event/event.h"

namespace tidegate {

/// Events in the order seen, and an arena for texts that are not views into longer-lived bytes.
/// Thread: one at a time.  Owns what its events' texts point to, together with `bytes`.
class EventBatch {
public:
    std::vector<Event> events;
    /// Keeps the bytes alive that were parsed (a chunk of a log).
    std::shared_ptr<const void> bytes;

    /// Copies `text` into the batch; the view lives as long as the batch.
    [[nodiscard]] std::string_view keep(std::string_view text) {
        if (text.empty()) return {};
        char* out = reserve(text.size());
        std::memcpy(out, text.data(), text.size());
        return {out, text.size()};
    }
    /// The event with its texts copied into the batch; it is not added to `events`.
    [[nodiscard]] Event keep(const Event& event) {
        Event copy = event;
        for (const auto text : event_texts) copy.*text = keep(event.*text);
        return copy;
    }
    /// Room for `size` bytes of text that lives as long as the batch.
    [[nodiscard]] char* reserve(std::size_t size) {
        if (size > left_) grow(size);
        char* out = next_;
        next_ += size;
        left_ -= size;
        return out;
    }
    void clear() {
        events.clear();
        bytes.reset();
        if (blocks_.size() > 1) blocks_.erase(blocks_.begin() + 1, blocks_.end());
        if (!blocks_.empty()) {
            next_ = blocks_.front().get();
            left_ = block_bytes;
        }
    }

private:
    static constexpr std::size_t block_bytes = 16 * 1024;

    void grow(std::size_t size) {
        const std::size_t wanted =
            blocks_.empty() || size <= block_bytes ? std::max(size, block_bytes) : size;
        blocks_.push_back(std::make_unique<char[]>(wanted));
        next_ = blocks_.back().get();
        left_ = wanted;
    }

    std::vector<std::unique_ptr<char[]>> blocks_;
    char* next_ = nullptr;
    std::size_t left_ = 0;
};

}  // namespace tidegate
