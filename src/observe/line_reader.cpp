#include "observe/line_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "wire/log/parser.h"

namespace tidegate::observe {
namespace {

/// Where the last whole line ends, 0: none does.
std::size_t end_of_lines(std::span<const char> text) {
    const void* end = ::memrchr(text.data(), '\n', text.size());
    return end == nullptr ? 0 : static_cast<std::size_t>(static_cast<const char*>(end) - text.data()) + 1;
}

}  // namespace

std::uint64_t count_lines(std::span<const char> text) {
    std::uint64_t count = 0;
    while (!text.empty()) {
        // Counters of a byte, so that the compiler compares and adds whole vectors.
        const std::size_t size = std::min<std::size_t>(text.size(), 255);
        std::uint8_t here = 0;
        for (const char c : text.first(size)) here = static_cast<std::uint8_t>(here + (c == '\n'));
        count += here;
        text = text.subspan(size);
    }
    return count;
}

LineReader::LineReader(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

Lines LineReader::next(std::span<char> buffer) {
    CHECK(buffer.size() > wire::max_line_bytes + 1 && buffer.size() > carry_.size());
    std::size_t have = carry_.copy(buffer.data(), carry_.size());
    carry_.clear();
    while (!ended_ || have != 0) {
        have = fill(buffer, have);
        if (skipping_) have = skip_line(buffer, have);
        if (skipping_ || (have == 0 && !ended_)) continue;
        const std::size_t size = whole_lines(buffer, have);
        if (size == 0 && !ended_) continue;
        if (size == 0) break;
        const bool last_has_end = buffer[size - 1] == '\n';
        const std::uint64_t count = count_lines(buffer.first(size)) + (last_has_end ? 0 : 1);
        return Lines{size, std::exchange(lines_, lines_ + count) + 1, count};
    }
    return {};
}

std::size_t LineReader::fill(std::span<char> buffer, std::size_t have) {
    while (have < buffer.size() && !ended_) {
        const auto got = source_->read(buffer.subspan(have));
        if (!got) error_ = got.error();
        ended_ = !got || *got == 0;
        const std::size_t before = have;
        have += got.value_or(0);
        // Whoever writes into a pipe slowly wants to see his lines, not a full buffer.
        if (end_of_lines(buffer.subspan(before, have - before)) != 0 && source_->would_wait()) break;
    }
    return have;
}

std::size_t LineReader::skip_line(std::span<char> buffer, std::size_t have) {
    const auto end = std::find(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(have), '\n');
    const auto used = static_cast<std::size_t>(end - buffer.begin());
    if (used == have) {
        if (ended_) skipping_ = false;
        return 0;
    }
    skipping_ = false;
    std::copy(end + 1, buffer.begin() + static_cast<std::ptrdiff_t>(have), buffer.begin());
    return have - used - 1;
}

std::size_t LineReader::whole_lines(std::span<char> buffer, std::size_t have) {
    const std::size_t whole = end_of_lines(buffer.first(have));
    if (whole != 0) {
        carry_.assign(buffer.data() + whole, have - whole);
        return whole;
    }
    if (ended_) return error_ ? 0 : have;
    if (have < buffer.size()) return 0;
    skipping_ = true;
    buffer[wire::max_line_bytes + 1] = '\n';
    return wire::max_line_bytes + 2;
}

}  // namespace tidegate::observe
