#pragma once
// Zeroed memory for tables, in huge pages where the kernel gives them: a random look-up in 100 MB otherwise
// misses the TLB as well as the caches.

#include <cstddef>
#include <utility>

namespace tidegate::judge {

/// Owns a mapping. Movable.  Fails: std::bad_alloc.
class Pages {
public:
    Pages() = default;
    explicit Pages(std::size_t bytes);
    ~Pages();
    Pages(Pages&& other) noexcept
        : start_(std::exchange(other.start_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    Pages& operator=(Pages&& other) noexcept {
        std::swap(start_, other.start_);
        std::swap(size_, other.size_);
        return *this;
    }
    [[nodiscard]] char* bytes() const { return start_; }

private:
    char* start_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace tidegate::judge
