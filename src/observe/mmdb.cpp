#include "observe/mmdb.h"

#include <maxminddb.h>

#include <cstdint>
#include <fstream>
#include <utility>
#include <vector>

namespace tidegate::observe {
namespace {

// The metadata lies within the last 128 KiB, behind these bytes.
constexpr std::string_view metadata_mark = "\xab\xcd\xefMaxMind.com";
constexpr std::streamoff metadata_bytes = 128 * 1024;

Error damaged(const std::string& file, std::string_view why) {
    return Error{file, 0, "is a damaged MaxMind database: " + std::string(why), {}};
}

class Database {
public:
    ~Database() {
        if (open_) MMDB_close(&db_);
    }
    Database() = default;
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;
    int open(const std::string& file) {
        const int state = MMDB_open(file.c_str(), MMDB_MODE_MMAP, &db_);
        open_ = state == MMDB_SUCCESS;
        return state;
    }
    MMDB_s& get() { return db_; }

private:
    MMDB_s db_{};
    bool open_ = false;
};

/// A node of the tree and the bits that lead to it.
struct Place {
    std::uint64_t node;
    std::uint64_t high = 0, low = 0;
    unsigned depth = 0;
};

class Walk {
public:
    Walk(MMDB_s& db, const std::function<void(const RangeMap::Range&, std::string_view)>& visit)
        : db_(db), visit_(visit), bits_(db.metadata.ip_version == 6 ? 128 : 32) {}

    /// Empty: all is well.
    std::string_view run() {
        // In a tree each node is met once; files that alias the IPv4 part have it a few times more.
        std::uint64_t left = std::uint64_t{db_.metadata.node_count} * 8 + 1024;
        places_.push_back({0});
        while (!places_.empty()) {
            if (left-- == 0) return "its tree has loops";
            const Place place = places_.back();
            places_.pop_back();
            if (const auto trouble = step(place); !trouble.empty()) return trouble;
        }
        return {};
    }

private:
    std::string_view step(const Place& place) {
        MMDB_search_node_s node;
        if (place.depth >= bits_) return "its tree is deeper than an address is long";
        if (MMDB_read_node(&db_, static_cast<std::uint32_t>(place.node), &node) != MMDB_SUCCESS)
            return "a node can't be read";
        for (const unsigned bit : {1U, 0U}) {
            Place below = place;
            if (bit != 0) set_bit(below);
            ++below.depth;
            const auto trouble = take(bit != 0 ? node.right_record_type : node.left_record_type,
                                      bit != 0 ? node.right_record : node.left_record,
                                      bit != 0 ? node.right_record_entry : node.left_record_entry, below);
            if (!trouble.empty()) return trouble;
        }
        return {};
    }
    std::string_view take(std::uint8_t type, std::uint64_t record, MMDB_entry_s entry, Place below) {
        below.node = record;
        if (type == MMDB_RECORD_TYPE_SEARCH_NODE && !is_alias(below)) places_.push_back(below);
        if (type == MMDB_RECORD_TYPE_INVALID) return "a record points nowhere";
        if (type == MMDB_RECORD_TYPE_DATA) leaf(entry, below);
        return {};
    }
    void set_bit(Place& place) const {
        const unsigned at = place.depth;
        if (bits_ == 32) {
            place.low |= std::uint64_t{1} << ((31 - at) % 32);
        } else {
            (at < 64 ? place.high : place.low) |= std::uint64_t{1} << (63 - at % 64);
        }
    }
    // 2002::/16 (6to4, RFC 3056) and the mapped block lead to the IPv4 part again.
    [[nodiscard]] bool is_alias(const Place& place) const {
        if (bits_ == 32) return false;
        return (place.depth == 16 && place.high >> 48 == 0x2002) ||
               (place.depth == 96 && place.high == 0 && place.low >> 32 == 0xffff);
    }
    void leaf(MMDB_entry_s entry, const Place& place) {
        const std::uint32_t number = number_in(entry);
        if (number == 0) return;
        MMDB_entry_data_s found;
        std::string_view name;
        if (MMDB_get_value(&entry, &found, "autonomous_system_organization", nullptr) == MMDB_SUCCESS &&
            found.has_data && found.type == MMDB_DATA_TYPE_UTF8_STRING)
            name = {found.utf8_string, found.data_size};
        visit_(range_of(place, number), name);
    }
    static std::uint32_t number_in(MMDB_entry_s entry) {
        MMDB_entry_data_s found;
        if (MMDB_get_value(&entry, &found, "autonomous_system_number", nullptr) != MMDB_SUCCESS ||
            !found.has_data)
            return 0;
        if (found.type == MMDB_DATA_TYPE_UINT32) return found.uint32;
        return found.type == MMDB_DATA_TYPE_UINT16 ? found.uint16 : 0;
    }
    [[nodiscard]] RangeMap::Range range_of(const Place& place, std::uint32_t number) const {
        // In an IPv6 tree IPv4 lies in ::/96.
        const bool v4 = bits_ == 32 || (place.depth >= 96 && place.high == 0 && place.low >> 32 == 0);
        const Prefix prefix = v4 ? Prefix(Address::v4(static_cast<std::uint32_t>(place.low)),
                                          place.depth - (bits_ == 32 ? 0 : 96))
                                 : Prefix(Address::v6(place.high, place.low), place.depth);
        return {prefix.address(), prefix.last(), number};
    }

    MMDB_s& db_;
    const std::function<void(const RangeMap::Range&, std::string_view)>& visit_;
    const unsigned bits_;
    std::vector<Place> places_;
};

}  // namespace

bool is_mmdb(const std::string& file) {
    std::ifstream in(file, std::ios::binary | std::ios::ate);
    if (!in) return false;
    const std::streamoff size = in.tellg();
    if (size <= 0) return false;
    const std::streamoff from = std::max<std::streamoff>(0, size - metadata_bytes);
    in.seekg(from);
    std::string tail(static_cast<std::size_t>(size - from), '\0');
    in.read(tail.data(), static_cast<std::streamsize>(tail.size()));
    return tail.rfind(metadata_mark) != tail.npos;
}

Result<void> each_network_of_mmdb(
    const std::string& file, const std::function<void(const RangeMap::Range&, std::string_view)>& visit) {
    Database database;
    if (const int state = database.open(file); state != MMDB_SUCCESS)
        return std::unexpected(damaged(file, MMDB_strerror(state)));
    const auto trouble = Walk(database.get(), visit).run();
    if (!trouble.empty()) return std::unexpected(damaged(file, trouble));
    return {};
}

}  // namespace tidegate::observe
