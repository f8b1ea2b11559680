#include "base/pages.h"

#include <linux/mman.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <new>

#include "base/check.h"

namespace tidegate {
namespace {

constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;
// From here on a table that grows gets a huge page, which it will soon fill.
constexpr std::size_t worth_huge_bytes = huge_page_bytes / 4;

char* map(std::size_t bytes, int protection) {
    void* start = mmap(nullptr, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (start == MAP_FAILED) throw std::bad_alloc();
    return static_cast<char*>(start);
}

// A huge page begins only where the address is a multiple of its size.
char* map_aligned(std::size_t bytes, int protection) {
    if (bytes < huge_page_bytes) return map(bytes, protection);
    char* start = map(bytes + huge_page_bytes, protection);
    const std::size_t before =
        (huge_page_bytes - reinterpret_cast<std::uintptr_t>(start) % huge_page_bytes) % huge_page_bytes;
    if (before > 0) munmap(start, before);
    munmap(start + before + bytes, huge_page_bytes - before);
    return start + before;
}

// All at once: a table's pages are touched in no order, and a fault for each costs more than the zeroing.
// Where the kernel knows none of these wishes, everything works as well, a little slower.
void populate(char* start, std::size_t from, std::size_t to) {
    if (to < huge_page_bytes) return;
    madvise(start, to, MADV_HUGEPAGE);
#ifdef MADV_COLLAPSE
    // What was used while it was small lies in small pages.
    if (from > 0 && from < worth_huge_bytes) madvise(start, huge_page_bytes, MADV_COLLAPSE);
#endif
#ifdef MADV_POPULATE_WRITE
    madvise(start + from, to - from, MADV_POPULATE_WRITE);
#endif
}

// How much is made ready for so many bytes, of `most`.
std::size_t ready_for(std::size_t bytes, std::size_t most) {
    const bool huge = bytes >= worth_huge_bytes && most >= huge_page_bytes;
    return huge ? std::max(bytes, huge_page_bytes) : bytes;
}

}  // namespace

Pages::Pages(std::size_t most_bytes) : start_(map_aligned(most_bytes, PROT_NONE)), most_(most_bytes) {}

Pages::~Pages() {
    if (start_ != nullptr) unmap_pages(start_, most_);
}

void Pages::extend(std::size_t bytes) {
    CHECK(bytes <= most_);
    if (bytes <= size_) return;
    const std::size_t ready = ready_for(bytes, most_);
    if (mprotect(start_, ready, PROT_READ | PROT_WRITE) != 0) throw std::bad_alloc();
    populate(start_, size_, ready);
    size_ = ready;
}

char* map_pages(std::size_t bytes) {
    char* start = map_aligned(bytes, PROT_READ | PROT_WRITE);
    populate(start, 0, bytes);
    return start;
}

void unmap_pages(char* start, std::size_t bytes) {
    munmap(start, bytes);
}

}  // namespace tidegate
