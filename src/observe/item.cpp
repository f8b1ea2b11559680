#include "observe/item.h"

#include <algorithm>
#include <utility>

namespace tidegate::observe {

void Item::survey() {
    const auto& events = work.batch.events;
    first = last = events.empty() ? Time{} : events.front().time;
    sorted = true;
    layered = false;
    for (const Event& event : events) {
        sorted = sorted && event.time >= last;
        last = std::max(last, event.time);
        layered = layered || (event.kind == EventKind::attempt && event.layer != Layer::front &&
                              event.layer != Layer::none);
    }
}

void Item::clear() {
    work.batch.clear();
    work.knocks.clear();
    work.verdicts.clear();
    lines = {};
    counts = {};
    errors.clear();
    bad_lines = 0;
    overlaps = no_event;
    keeps.clear();
    changed.clear();
}

ItemPtr Pool::take() {
    ItemPtr item;
    {
        const std::lock_guard lock(mutex_);
        if (!free_.empty()) {
            item = std::move(free_.back());  // the last one given back: still in the cache
            free_.pop_back();
        }
    }
    if (!item) item = std::make_unique<Item>();
    if (!item->buffer) {
        item->buffer = std::make_shared_for_overwrite<char[]>(chunk_bytes_);
        item->buffer_bytes = chunk_bytes_;
    }
    return item;
}

void Pool::give(ItemPtr item) {
    item->clear();
    // Somebody kept the batch's bytes: they are his now.
    if (item->buffer.use_count() > 1) item->buffer.reset();
    const std::lock_guard lock(mutex_);
    if (free_.size() < most_kept) free_.push_back(std::move(item));
}

std::shared_ptr<Item> Pool::share(ItemPtr item) {
    return {item.release(), [pool = shared_from_this()](Item* done) { pool->give(ItemPtr(done)); }};
}

}  // namespace tidegate::observe
