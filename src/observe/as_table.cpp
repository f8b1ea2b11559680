#include "observe/as_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "observe/byte_source.h"
#include "observe/mmdb.h"

namespace tidegate::observe {
namespace {

struct Row {
    RangeMap::Range range;
    std::string_view name;
};

std::string_view take_field(std::string_view& line, char end) {
    const std::size_t size = std::min(line.find(end), line.size());
    const std::string_view field = line.substr(0, size);
    line.remove_prefix(std::min(size + 1, line.size()));
    return field;
}

std::optional<std::uint32_t> parse_number(std::string_view text) {
    if (text.starts_with("AS")) text.remove_prefix(2);
    std::uint32_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code != std::errc{} || end != text.data() + text.size()) return {};
    return number;
}

/// What is wrong with the line, or the row.
std::expected<Row, std::string_view> parse_row(std::string_view line) {
    const auto first = Address::parse(take_field(line, '\t'));
    const auto last = Address::parse(take_field(line, '\t'));
    if (!first || !last) return std::unexpected("the first two fields are no addresses");
    if (first->is_v4() != last->is_v4())
        return std::unexpected("the range begins and ends in different families");
    if (*last < *first) return std::unexpected("the range ends before it begins");
    const auto number = parse_number(take_field(line, '\t'));
    if (!number) return std::unexpected("the third field is no AS number");
    take_field(line, '\t');  // country
    return Row{{*first, *last, *number}, take_field(line, '\t')};
}

class Rows {
public:
    Result<void> add_lines(std::string_view lines, const std::string& file) {
        for (std::uint64_t number = 1; !lines.empty(); ++number) {
            std::string_view line = take_field(lines, '\n');
            if (line.ends_with('\r')) line.remove_suffix(1);
            if (line.empty() || line.starts_with('#')) continue;
            const auto row = parse_row(line);
            if (!row)
                return std::unexpected(
                    Error{file, number, std::string(row.error()),
                          "a line is: first address, last address, AS number, country, name, "
                          "parted by tabs"});
            add(row->range, row->name);
        }
        return {};
    }
    void add(const RangeMap::Range& range, std::string_view name) {
        ranges.push_back(range);
        if (range.value != 0 && !name.empty() && !names.contains(range.value))
            names.emplace(range.value, name);
    }

    std::vector<RangeMap::Range> ranges;
    std::unordered_map<std::uint32_t, std::string> names;
};

Result<void> add_file(const std::string& file, Rows& rows) {
    if (is_mmdb(file))
        return each_network_of_mmdb(
            file, [&](const RangeMap::Range& range, std::string_view name) { rows.add(range, name); });
    const auto lines = read_all(file);
    if (!lines) return std::unexpected(lines.error());
    return rows.add_lines(*lines, file);
}

}  // namespace

Result<AsTable> AsTable::load(const std::string& file) {
    return load(std::vector{file});
}

Result<AsTable> AsTable::load(const std::vector<std::string>& files) {
    Rows rows;
    for (const std::string& file : files)
        if (auto added = add_file(file, rows); !added) return std::unexpected(added.error());
    return AsTable(RangeMap::build(std::move(rows.ranges)), std::move(rows.names));
}

Result<AsTable> AsTable::parse(std::string_view lines, const std::string& file) {
    Rows rows;
    if (auto added = rows.add_lines(lines, file); !added) return std::unexpected(added.error());
    return AsTable(RangeMap::build(std::move(rows.ranges)), std::move(rows.names));
}

std::string_view AsTable::name(std::uint32_t number) const {
    const auto found = names_.find(number);
    return found == names_.end() ? std::string_view{} : found->second;
}

}  // namespace tidegate::observe
