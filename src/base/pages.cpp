#include "base/pages.h"

#include <sys/mman.h>

#include <new>

namespace tidegate {
namespace {

constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;

// All at once: a table's pages are touched in no order, and a fault for each costs more than the zeroing.
// Where the kernel knows neither wish, everything works as well, a little slower.
void prepare(void* start, std::size_t bytes) {
    if (bytes < huge_page_bytes) return;
    madvise(start, bytes, MADV_HUGEPAGE);
#ifdef MADV_POPULATE_WRITE
    madvise(start, bytes, MADV_POPULATE_WRITE);
#endif
}

}  // namespace

Pages::Pages(std::size_t bytes) : size_(bytes) {
    void* start = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) throw std::bad_alloc();
    prepare(start, bytes);
    start_ = static_cast<char*>(start);
}

Pages::~Pages() {
    if (start_ != nullptr) release(start_, size_);
}

void Pages::release(char* start, std::size_t bytes) {
    munmap(start, bytes);
}

}  // namespace tidegate
