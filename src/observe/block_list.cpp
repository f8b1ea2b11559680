#include "observe/block_list.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "observe/byte_source.h"
#include "observe/line_reader.h"

namespace tidegate::observe {
namespace {

constexpr std::size_t piece_bytes = std::size_t{1} << 20;

/// A dotted quad and nothing else: what most lines of most lists are, and means the same in all formats but
/// one.
std::optional<std::uint32_t> plain_v4(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    // IPv6 in which an IPv4 address stands is no quad.
    if (line.size() > 15 || line.find(':') != line.npos) return {};
    const auto address = Address::parse(line);
    if (!address) return {};
    return address->v4_bits();
}

bool takes_plain_v4(ListFormat format) {
    return format == ListFormat::cidr || format == ListFormat::ip4set || format == ListFormat::ip4trie;
}

bool is_subnet6(const ListEntry& entry) {
    if (Address::v6(entry.first.high(), 0).is_v4())
        return false;  // NAT64's: its first address stands for IPv4
    return entry.first.high() == entry.last.high() && entry.first.low() == 0 && ~entry.last.low() == 0;
}

template <class Key>
void sort_unique(std::vector<Key>& keys) {
    std::ranges::sort(keys);
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

/// Moves out of `keys` those that are among `others`, which are in order.
template <class Key>
std::vector<Key> take_out(PagedVector<Key>& keys, const std::vector<Key>& others) {
    if (others.empty()) return {};
    const auto taken = std::ranges::partition(
        keys, [&](const Key& key) { return !std::ranges::binary_search(others, key); });
    std::vector<Key> out(taken.begin(), taken.end());
    keys.erase(taken.begin(), taken.end());
    return out;
}

}  // namespace

/// The entries of a list as they come, and the list that they make.
/// Thread: one at a time.
class BlockList::Gathering {
public:
    Gathering(const std::string& file, ListFormat format) : file_(file), format_(format) {}

    /// Whole lines, in order; `number` is the first one's.
    Result<void> add(std::string_view lines, std::uint64_t number) {
        if (format_ == ListFormat::detect) format_ = format_of_text(lines);
        const ListLineParser parse_line = parser_of(format_);
        const bool plain = takes_plain_v4(format_);
        for (; !lines.empty(); ++number) {
            const std::string_view line = take_line(lines);
            if (const auto bits = plain ? plain_v4(line) : std::nullopt; bits) {
                hosts4_.push_back(*bits);
                continue;
            }
            const ListLine said = parse_line(line);
            if (said.wrong) return std::unexpected(wrong_line(number, said.wrong->why));
            if (said.entry) add(*said.entry);
        }
        if (size() > most_entries) return std::unexpected(too_large());
        return {};
    }

    BlockList finish() && {
        leave_excluded_to_ranges();
        BlockList list;
        list.hosts4_ = HostSet<std::uint32_t>::build(std::exchange(hosts4_, {}));
        list.hosts6_ = HostSet<Host6>::build(std::exchange(hosts6_, {}));
        list.subnets6_ = HostSet<std::uint64_t>::build(std::exchange(subnets6_, {}));
        // Of two equally wide ranges the later counts: exclusions win.
        named_.insert(named_.end(), excluded_.begin(), excluded_.end());
        excluded_ = {};
        list.ranges_ = RangeMap::build(std::exchange(named_, {}));
        return list;
    }

private:
    [[nodiscard]] std::size_t size() const {
        return hosts4_.size() + hosts6_.size() + subnets6_.size() + named_.size() + excluded_.size();
    }

    void add(const ListEntry& entry) {
        if (entry.excluded)
            excluded_.push_back({entry.first, entry.last, 0});
        else if (entry.first == entry.last && entry.first.is_v4())
            hosts4_.push_back(entry.first.v4_bits());
        else if (entry.first == entry.last)
            hosts6_.push_back({entry.first.high(), entry.first.low()});
        else if (is_subnet6(entry))
            subnets6_.push_back(entry.first.high());
        else
            named_.push_back({entry.first, entry.last, 1});
    }

    /// A host that is excluded too is not named, and a /64 in which something is excluded is not wholly
    /// named.
    void leave_excluded_to_ranges() {
        std::vector<std::uint32_t> hosts4;
        std::vector<Host6> hosts6;
        std::vector<std::uint64_t> subnets6;
        for (const RangeMap::Range& it : excluded_) {
            if (it.first.is_v4()) {
                if (it.first == it.last) hosts4.push_back(it.first.v4_bits());
                continue;
            }
            if (it.first == it.last) hosts6.push_back({it.first.high(), it.first.low()});
            if (it.first.high() == it.last.high()) subnets6.push_back(it.first.high());
        }
        sort_unique(hosts4);
        sort_unique(hosts6);
        sort_unique(subnets6);
        take_out(hosts4_, hosts4);
        take_out(hosts6_, hosts6);
        for (const std::uint64_t high : take_out(subnets6_, subnets6)) {
            const Prefix subnet(Address::v6(high, 0), 64);
            named_.push_back({subnet.address(), subnet.last(), 1});
        }
    }

    [[nodiscard]] Error wrong_line(std::uint64_t number, std::string_view why) const {
        return Error{file_, number, std::string(why),
                     "the list is read as `" + std::string(name(format_)) +
                         "`; `format` in the configuration says which one it is"};
    }
    [[nodiscard]] Error too_large() const {
        return Error{file_, 0, "holds more than " + std::to_string(most_entries) + " entries",
                     "a list names attackers, not the whole Internet: is it the right file?"};
    }

    const std::string& file_;
    ListFormat format_;
    // Paged: what they grew through goes back to the system at once.
    PagedVector<std::uint32_t> hosts4_;
    PagedVector<Host6> hosts6_;
    PagedVector<std::uint64_t> subnets6_;
    std::vector<RangeMap::Range> named_, excluded_;
};

Result<BlockList> BlockList::load(const std::string& file, ListFormat format) {
    auto source = open_unpacked(file);
    if (!source) return std::unexpected(source.error());
    LineReader reader(std::move(*source));
    std::vector<char> piece(piece_bytes);
    Gathering gathering(file, format);
    for (Lines lines = reader.next(piece); lines.bytes != 0; lines = reader.next(piece)) {
        auto added = gathering.add({piece.data(), lines.bytes}, lines.first_line);
        if (!added) return std::unexpected(std::move(added.error()));
    }
    if (const auto& error = reader.error(); error) return std::unexpected(*error);
    return std::move(gathering).finish();
}

Result<BlockList> BlockList::parse(std::string_view text, const std::string& file, ListFormat format) {
    Gathering gathering(file, format);
    auto added = gathering.add(text, 1);
    if (!added) return std::unexpected(std::move(added.error()));
    return std::move(gathering).finish();
}

}  // namespace tidegate::observe
