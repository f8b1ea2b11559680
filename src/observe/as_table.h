#pragma once
// Which autonomous system an address belongs to, from a file that the operator gives.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/address.h"
#include "base/error.h"
#include "observe/range_map.h"

namespace tidegate::observe {

/// An AS table in memory. Formats: iptoasn's lines (first, last, AS number, country, name, parted by tabs;
/// IPv4 and IPv6 in one file or two; plain, gzip or zstd) and MaxMind's .mmdb with
/// `autonomous_system_number`. Where ranges overlap the narrower one counts, of two equally wide ones the
/// later; AS 0 ("not routed") is none.
/// Thread: any, once loaded.  Cost: about 40 ns a look-up; 8 bytes for each IPv4 range.
class AsTable {
public:
    AsTable() = default;  // knows nothing
    /// Reads one file, whatever its format. Fails with file and line at the first line that is none.
    [[nodiscard]] static Result<AsTable> load(const std::string& file);
    /// Several files as one table.
    [[nodiscard]] static Result<AsTable> load(const std::vector<std::string>& files);
    /// iptoasn's lines; `file` is for messages.
    [[nodiscard]] static Result<AsTable> parse(std::string_view lines, const std::string& file);

    /// 0: not known.
    [[nodiscard]] std::uint32_t number(Address address) const { return ranges_.find(address); }
    /// Empty: not known.
    [[nodiscard]] std::string_view name(std::uint32_t number) const;
    /// Ranges kept.
    [[nodiscard]] std::size_t size() const { return ranges_.size(); }

private:
    using Names = std::unordered_map<std::uint32_t, std::string>;
    AsTable(RangeMap ranges, Names names) : ranges_(std::move(ranges)), names_(std::move(names)) {}

    RangeMap ranges_;
    Names names_;
};

}  // namespace tidegate::observe
