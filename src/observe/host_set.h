#pragma once
// Single hosts by the million: what large block lists are made of.

#include <compare>
#include <cstddef>
#include <cstdint>

#include "base/pages.h"

namespace tidegate::observe {

/// An IPv6 address as a key; a /64 is its upper half, an IPv4 address its 32 bits.
struct Host6 {
    std::uint64_t high = 0, low = 0;

    friend auto operator<=>(const Host6&, const Host6&) = default;
};

namespace host_keys {

// One to one, so that nothing is lost: what is sorted is the spread key alone. Addresses come in clusters;
// spread keys fill the index evenly.
constexpr std::uint32_t spread(std::uint32_t key) {
    key *= 0x9e37'79b1U;
    key ^= key >> 15;
    return key * 0x85eb'ca6bU;
}
constexpr std::uint64_t spread(std::uint64_t key) {
    key *= 0x9e37'79b9'7f4a'7c15U;
    key ^= key >> 32;
    return key * 0xbf58'476d'1ce4'e5b9U;
}
constexpr Host6 spread(Host6 key) {
    return {spread(key.high ^ spread(key.low)), key.low};
}

constexpr std::uint32_t upper(std::uint32_t key) {
    return key;
}
constexpr std::uint32_t upper(std::uint64_t key) {
    return static_cast<std::uint32_t>(key >> 32);
}
constexpr std::uint32_t upper(Host6 key) {
    return upper(key.high);
}

}  // namespace host_keys

/// A set of keys (std::uint32_t, std::uint64_t or Host6) that is built once.
/// Thread: any, once built.  Cost: the key itself and a quarter of a byte each, 4.2 bytes an IPv4 host; a
/// look-up is a step in the index and a search in some 24 keys that lie together: two misses of the caches.
template <class Key>
class HostSet {
public:
    HostSet() = default;
    /// From keys in any order, repeated ones among them. Sorts in place and copies once.
    [[nodiscard]] static HostSet build(PagedVector<Key> keys);

    [[nodiscard]] bool contains(Key key) const {
        if (keys_.empty()) return false;
        const Key wanted = host_keys::spread(key);
        const std::size_t block = block_of(wanted);
        const Key* at = keys_.data() + index_[block];
        std::size_t count = index_[block + 1] - index_[block];
        // Seldom, unless somebody chose the keys so that they meet.
        while (count > few) {
            const std::size_t half = count / 2;
            if (at[half] <= wanted) at += half;
            count -= half;
        }
        // Nothing here branches on what is compared, so the memory's answer is not waited for.
        bool found = false;
        for (std::size_t i = 0; i < count; ++i) found |= at[i] == wanted;
        return found;
    }
    [[nodiscard]] std::size_t size() const { return keys_.size(); }
    /// All that it keeps in memory beside itself.
    [[nodiscard]] std::size_t bytes() const {
        return keys_.capacity() * sizeof(Key) + index_.capacity() * sizeof(std::uint32_t);
    }

private:
    static constexpr std::size_t few = 24;

    [[nodiscard]] std::size_t block_of(Key spread) const {
        return static_cast<std::size_t>(std::uint64_t{host_keys::upper(spread)} >> shift_);
    }

    PagedVector<Key> keys_;             // spread, in order
    PagedVector<std::uint32_t> index_;  // by the upper bits: the first key of that block
    unsigned shift_ = 32;
};

extern template class HostSet<std::uint32_t>;
extern template class HostSet<std::uint64_t>;
extern template class HostSet<Host6>;

}  // namespace tidegate::observe
