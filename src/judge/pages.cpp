#include "judge/pages.h"

#include <sys/mman.h>

#include <new>

namespace tidegate::judge {
namespace {
constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;
}

Pages::Pages(std::size_t bytes) : size_(bytes) {
    void* start = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) throw std::bad_alloc();
    if (bytes >= huge_page_bytes) madvise(start, bytes, MADV_HUGEPAGE);
    start_ = static_cast<char*>(start);
}

Pages::~Pages() {
    if (start_ != nullptr) munmap(start_, size_);
}

}  // namespace tidegate::judge
