#pragma once
// Zeroed memory for tables, in huge pages where the kernel gives them: a random look-up in many megabytes
// otherwise misses the TLB as well as the caches.

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace tidegate {

/// Memory that grows where it is, up to a bound that is set at first: only addresses are taken for what is
/// not used yet. Movable.  Fails: std::bad_alloc.
class Pages {
public:
    Pages() = default;
    explicit Pages(std::size_t most_bytes);
    ~Pages();
    Pages(Pages&& other) noexcept { *this = std::move(other); }
    Pages& operator=(Pages&& other) noexcept {
        std::swap(start_, other.start_);
        std::swap(size_, other.size_);
        std::swap(most_, other.most_);
        return *this;
    }
    [[nodiscard]] char* bytes() const { return start_; }
    /// Makes the first `bytes` usable; those that were not before are zero. At most the bound.
    void extend(std::size_t bytes);

private:
    char* start_ = nullptr;
    std::size_t size_ = 0, most_ = 0;  // usable, mapped
};

/// A mapping of a fixed size, all of it usable and zero.  Fails: std::bad_alloc.
[[nodiscard]] char* map_pages(std::size_t bytes);
void unmap_pages(char* start, std::size_t bytes);

/// For a std::vector that is a table: large ones lie in pages of their own.
template <class T>
struct PageAllocator {
    using value_type = T;
    static constexpr std::size_t large_bytes = std::size_t{1} << 20;

    PageAllocator() = default;
    template <class U>
    PageAllocator(const PageAllocator<U>&) {}  // NOLINT(google-explicit-constructor): as std::allocator does

    [[nodiscard]] T* allocate(std::size_t n) {
        if (n * sizeof(T) < large_bytes) return std::allocator<T>().allocate(n);
        return reinterpret_cast<T*>(map_pages(n * sizeof(T)));
    }
    void deallocate(T* start, std::size_t n) {
        if (n * sizeof(T) < large_bytes) return std::allocator<T>().deallocate(start, n);
        unmap_pages(reinterpret_cast<char*>(start), n * sizeof(T));
    }
    friend bool operator==(const PageAllocator&, const PageAllocator&) { return true; }
};

template <class T>
using PagedVector = std::vector<T, PageAllocator<T>>;

}  // namespace tidegate
