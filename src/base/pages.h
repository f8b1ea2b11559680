#pragma once
// Zeroed memory for tables, in huge pages where the kernel gives them: a random look-up in many megabytes
// otherwise misses the TLB as well as the caches.

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace tidegate {

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
    /// Gives the mapping up to the caller, who returns it with release().
    [[nodiscard]] char* take() { return std::exchange(start_, nullptr); }
    static void release(char* start, std::size_t bytes);

private:
    char* start_ = nullptr;
    std::size_t size_ = 0;
};

/// For a std::vector that is a table: large ones lie in pages of their own.
template <class T>
struct PageAllocator {
    using value_type = T;
    static constexpr std::size_t large_bytes = std::size_t{1} << 20;

    PageAllocator() = default;
    template <class U>
    PageAllocator(const PageAllocator<U>&) {}

    [[nodiscard]] T* allocate(std::size_t n) {
        if (n * sizeof(T) < large_bytes) return std::allocator<T>().allocate(n);
        return reinterpret_cast<T*>(Pages(n * sizeof(T)).take());
    }
    void deallocate(T* start, std::size_t n) {
        if (n * sizeof(T) < large_bytes) return std::allocator<T>().deallocate(start, n);
        Pages::release(reinterpret_cast<char*>(start), n * sizeof(T));
    }
    friend bool operator==(const PageAllocator&, const PageAllocator&) { return true; }
};

template <class T>
using PagedVector = std::vector<T, PageAllocator<T>>;

}  // namespace tidegate
