#include "observe/host_set.h"

#include <algorithm>
#include <bit>
#include <boost/sort/spreadsort/integer_sort.hpp>
#include <concepts>

namespace tidegate::observe {
namespace {

constexpr std::size_t keys_a_block = 16;  // at most, on average

template <class Key>
void sort(PagedVector<Key>& keys) {
    if constexpr (std::integral<Key>)
        boost::sort::spreadsort::integer_sort(keys.begin(), keys.end());
    else
        std::ranges::sort(keys);
}

}  // namespace

template <class Key>
HostSet<Key> HostSet<Key>::build(PagedVector<Key> keys) {
    HostSet set;
    if (keys.empty()) return set;
    for (Key& key : keys) key = host_keys::spread(key);
    sort(keys);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    set.keys_ = PagedVector<Key>(keys.begin(), keys.end());
    const auto index_bits = static_cast<unsigned>(std::bit_width(keys.size() / keys_a_block));
    set.shift_ = 32 - index_bits;
    const std::size_t blocks = std::size_t{1} << index_bits;
    set.index_.resize(blocks + 1);
    std::size_t block = 0;
    for (std::size_t i = 0; i < keys.size(); ++i)
        for (const std::size_t own = set.block_of(keys[i]); block < own;)
            set.index_[++block] = static_cast<std::uint32_t>(i);
    std::fill(set.index_.begin() + static_cast<std::ptrdiff_t>(block) + 1, set.index_.end(),
              static_cast<std::uint32_t>(keys.size()));
    return set;
}

template class HostSet<std::uint32_t>;
template class HostSet<std::uint64_t>;
template class HostSet<Host6>;

}  // namespace tidegate::observe
