#include "observe/range_map.h"

#include <algorithm>
#include <queue>
#include <utility>

namespace tidegate::observe {
namespace {

__extension__ using Wide = unsigned __int128;

Wide number_of(Address address) {
    return static_cast<Wide>(address.high()) << 64 | address.low();
}

constexpr std::size_t blocks = 1 << 16;

/// `Number` is as wide as the family's addresses.
template <class Number>
struct Span {
    Number first = 0;
    Number last = 0;
    std::uint32_t value = 0;
    std::uint32_t order = 0;

    [[nodiscard]] Number width() const { return last - first; }
};
template <class Number>
using Spans = std::vector<Span<Number>>;

/// Greater: weighs more where both hold an address.
struct WeighsLess {
    bool operator()(const auto* a, const auto* b) const {
        return a->width() != b->width() ? a->width() > b->width() : a->order < b->order;
    }
};

template <class Number>
bool disjoint(const Spans<Number>& spans) {
    for (std::size_t i = 1; i < spans.size(); ++i)
        if (spans[i].first <= spans[i - 1].last) return false;
    return true;
}

/// Where something begins or ends.
template <class Number>
std::vector<Number> edges_of(const Spans<Number>& spans) {
    std::vector<Number> edges;
    edges.reserve(spans.size() * 2);
    for (const auto& span : spans) {
        edges.push_back(span.first);
        if (Number(span.last + 1) != 0) edges.push_back(span.last + 1);
    }
    std::ranges::sort(edges);
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    return edges;
}

/// Disjoint spans that say the same.
template <class Number>
Spans<Number> flatten(const Spans<Number>& spans) {
    Spans<Number> flat;
    using Over = const Span<Number>*;
    std::priority_queue<Over, std::vector<Over>, WeighsLess> over;  // spans that may hold the edge
    const std::vector<Number> edges = edges_of(spans);
    std::size_t next = 0;
    for (std::size_t i = 0; i < edges.size(); ++i) {
        for (; next < spans.size() && spans[next].first == edges[i]; ++next) over.push(&spans[next]);
        while (!over.empty() && over.top()->last < edges[i]) over.pop();
        if (over.empty()) continue;
        const Number last = i + 1 < edges.size() ? edges[i + 1] - 1 : over.top()->last;
        flat.push_back({edges[i], last, over.top()->value, 0});
    }
    return flat;
}

/// Neighbours with the same value as one; those without a value are left out.
template <class Number>
void fuse(Spans<Number>& spans) {
    std::size_t kept = 0;
    for (const auto& span : spans) {
        if (span.value == 0) continue;
        auto* before = kept == 0 ? nullptr : &spans[kept - 1];
        if (before != nullptr && before->value == span.value && Number(before->last + 1) == span.first)
            before->last = span.last;
        else
            spans[kept++] = span;
    }
    spans.resize(kept);
}

/// As few disjoint spans as say the same, in order.
template <class Number>
Spans<Number> settle(Spans<Number> spans) {
    std::ranges::sort(spans, {}, [](const auto& span) { return std::pair(span.first, span.order); });
    if (!disjoint(spans)) spans = flatten(spans);
    fuse(spans);
    return spans;
}

/// Each entry holds up to the next one, so the gap behind a span gets one of its own.
template <class Number, class Entry>
void fill(std::vector<Entry>& entries, const Spans<Number>& spans, Entry (*entry)(Number, std::uint32_t)) {
    std::size_t gaps = 0;
    const auto gap_follows = [&](std::size_t i) {
        const auto after = Number(spans[i].last + 1);
        return after != 0 && (i + 1 == spans.size() || spans[i + 1].first != after);
    };
    for (std::size_t i = 0; i < spans.size(); ++i) gaps += gap_follows(i) ? 1 : 0;
    entries.reserve(spans.size() + gaps);
    for (std::size_t i = 0; i < spans.size(); ++i) {
        entries.push_back(entry(spans[i].first, spans[i].value));
        if (gap_follows(i)) entries.push_back(entry(spans[i].last + 1, 0));
    }
}

}  // namespace

RangeMap RangeMap::build(std::vector<Range> ranges) {
    Spans<std::uint32_t> spans4;
    Spans<Wide> spans6;
    std::uint32_t order = 0;
    for (const Range& it : ranges) {
        if (it.first.is_v4())
            spans4.push_back({it.first.v4_bits(), it.last.v4_bits(), it.value, order++});
        else
            spans6.push_back({number_of(it.first), number_of(it.last), it.value, order++});
    }
    ranges = {};
    spans4 = settle(std::move(spans4));
    spans6 = settle(std::move(spans6));
    RangeMap map;
    map.size_ = spans4.size() + spans6.size();
    fill<std::uint32_t, V4>(map.v4_, spans4,
                            [](std::uint32_t first, std::uint32_t value) { return V4{first, value}; });
    fill<Wide, V6>(map.v6_, spans6, [](Wide first, std::uint32_t value) {
        return V6{static_cast<std::uint64_t>(first >> 64), static_cast<std::uint64_t>(first), value};
    });
    map.index();
    return map;
}

std::size_t RangeMap::bytes() const {
    return v4_.capacity() * sizeof(V4) + v6_.capacity() * sizeof(V6) +
           (v4_index_.capacity() + v6_index_.capacity()) * sizeof(std::uint32_t);
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
