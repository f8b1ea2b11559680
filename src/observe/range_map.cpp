#include "observe/range_map.h"

#include <algorithm>
#include <queue>
#include <utility>

namespace tidegate::observe {
namespace {

__extension__ using Wide = unsigned __int128;

// An address as a number; IPv4 lies in its mapped block, so that one order holds for both families.
Wide number_of(Address address) {
    return static_cast<Wide>(address.high()) << 64 | address.low();
}

constexpr std::size_t blocks = 1 << 16;

Address address_of(Wide number) {
    const auto low = static_cast<std::uint64_t>(number);
    const auto high = static_cast<std::uint64_t>(number >> 64);
    return high == 0 && low >> 32 == 0xffff ? Address::v4(static_cast<std::uint32_t>(low))
                                            : Address::v6(high, low);
}

struct Span {
    Wide first = 0;
    Wide last = 0;
    std::uint32_t value = 0;
    std::uint32_t order = 0;

    [[nodiscard]] Wide width() const { return last - first; }
};

/// Greater: weighs more where both hold an address.
struct WeighsLess {
    bool operator()(const Span* a, const Span* b) const {
        return a->width() != b->width() ? a->width() > b->width() : a->order < b->order;
    }
};

bool disjoint(const std::vector<Span>& spans) {
    for (std::size_t i = 1; i < spans.size(); ++i)
        if (spans[i].first <= spans[i - 1].last) return false;
    return true;
}

/// Where something begins or ends.
std::vector<Wide> edges_of(const std::vector<Span>& spans) {
    std::vector<Wide> edges;
    edges.reserve(spans.size() * 2);
    for (const Span& span : spans) {
        edges.push_back(span.first);
        if (span.last + 1 != 0) edges.push_back(span.last + 1);
    }
    std::ranges::sort(edges);
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    return edges;
}

/// Disjoint spans that say the same.
std::vector<Span> flatten(const std::vector<Span>& spans) {
    std::vector<Span> flat;
    std::priority_queue<const Span*, std::vector<const Span*>, WeighsLess>
        over;  // spans that may hold the edge
    const std::vector<Wide> edges = edges_of(spans);
    std::size_t next = 0;
    for (std::size_t i = 0; i < edges.size(); ++i) {
        for (; next < spans.size() && spans[next].first == edges[i]; ++next) over.push(&spans[next]);
        while (!over.empty() && over.top()->last < edges[i]) over.pop();
        if (over.empty()) continue;
        const Wide last = i + 1 < edges.size() ? edges[i + 1] - 1 : over.top()->last;
        flat.push_back({edges[i], last, over.top()->value, 0});
    }
    return flat;
}

/// Neighbours with the same value as one.
std::vector<Span> fuse(const std::vector<Span>& spans) {
    std::vector<Span> fused;
    for (const Span& span : spans) {
        const bool joins = !fused.empty() && fused.back().value == span.value &&
                           fused.back().last + 1 == span.first && fused.back().last + 1 != 0;
        if (joins) {
            fused.back().last = span.last;
        } else {
            fused.push_back(span);
        }
    }
    return fused;
}

}  // namespace

RangeMap RangeMap::build(std::vector<Range> ranges) {
    std::vector<Span> spans;
    spans.reserve(ranges.size());
    for (const Range& range : ranges)
        spans.push_back({number_of(range.first), number_of(range.last), range.value,
                         static_cast<std::uint32_t>(spans.size())});
    std::ranges::sort(spans, {}, [](const Span& span) { return std::pair(span.first, span.order); });
    RangeMap map;
    for (const Span& span : fuse(disjoint(spans) ? spans : flatten(spans)))
        if (span.value != 0) map.add({address_of(span.first), address_of(span.last), span.value});
    map.index();
    return map;
}

/// In order. The gap before the range gets an entry of its own, so that each entry holds up to the next one.
void RangeMap::add(const Range& range) {
    if (range.first.is_v4()) {
        const std::uint32_t first = range.first.v4_bits();
        if (!v4_.empty() && v4_.back().value == 0 && v4_.back().first == first) v4_.pop_back();
        v4_.push_back({first, range.value});
        if (range.last.v4_bits() != 0xffff'ffff) v4_.push_back({range.last.v4_bits() + 1, 0});
        return;
    }
    const auto is_here = [&](const V6& it) {
        return it.high == range.first.high() && it.low == range.first.low();
    };
    if (!v6_.empty() && v6_.back().value == 0 && is_here(v6_.back())) v6_.pop_back();
    v6_.push_back({range.first.high(), range.first.low(), range.value});
    const Wide after = number_of(range.last) + 1;
    if (after != 0)
        v6_.push_back({static_cast<std::uint64_t>(after >> 64), static_cast<std::uint64_t>(after), 0});
}

void RangeMap::index() {
    const auto fill = [](auto& index, const auto& entries, auto block_of) {
        index.assign(blocks + 1, static_cast<std::uint32_t>(entries.size()));
        for (std::size_t i = entries.size(); i-- != 0;)
            index[block_of(entries[i])] = static_cast<std::uint32_t>(i);
        for (std::size_t i = blocks; i-- != 0;) index[i] = std::min(index[i], index[i + 1]);
    };
    if (!v4_.empty()) fill(v4_index_, v4_, [](const V4& it) { return it.first >> 16; });
    if (!v6_.empty())
        fill(v6_index_, v6_, [](const V6& it) { return static_cast<std::size_t>(it.high >> 48); });
}

namespace {

/// The value of the last entry that is not after the address: one of its block, else the one before. Without
/// branches on what is compared, so that several look-ups are under way at once.
template <class Entries, class NotAfter>
std::uint32_t last_value(const Entries& entries, const std::vector<std::uint32_t>& index, std::size_t block,
                         NotAfter is_not_after) {
    const std::size_t begin = index[block] == 0 ? 0 : index[block] - 1;
    std::size_t count = index[block + 1] - begin;
    if (count == 0) return 0;
    const auto* at = entries.data() + begin;
    while (count > 1) {
        const std::size_t half = count / 2;
        at += is_not_after(at[half]) ? half : 0;
        count -= half;
    }
    return is_not_after(*at) ? at->value : 0;
}

}  // namespace

std::uint32_t RangeMap::find(Address address) const {
    if (address.is_v4()) {
        if (v4_.empty()) return 0;
        const std::uint32_t bits = address.v4_bits();
        return last_value(v4_, v4_index_, bits >> 16, [bits](const V4& it) { return it.first <= bits; });
    }
    if (v6_.empty()) return 0;
    const Wide bits = number_of(address);
    return last_value(v6_, v6_index_, static_cast<std::size_t>(address.high() >> 48),
                      [bits](const V6& it) { return (static_cast<Wide>(it.high) << 64 | it.low) <= bits; });
}

}  // namespace tidegate::observe
