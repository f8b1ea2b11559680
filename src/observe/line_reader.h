#pragma once
// Whole lines out of bytes, a buffer at a time.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/error.h"
#include "observe/byte_source.h"

namespace tidegate::observe {

/// A run of whole lines at the front of the buffer given.
struct Lines {
    std::size_t bytes = 0;         // 0: the end
    std::uint64_t first_line = 0;  // number of the first one, from 1
    std::uint64_t count = 0;
};

/// Cuts a source at line ends. A line that a buffer can't hold is cut off behind wire::max_line_bytes and
/// goes out alone, so that the parser sees and counts it as too long; the numbers of the lines after it are
/// right.
/// Thread: one at a time.  Cost: no copy but of each buffer's last, incomplete line.
class LineReader {
public:
    explicit LineReader(std::unique_ptr<ByteSource> source);

    /// `buffer` must be larger than wire::max_line_bytes + 1 and at least as large as the one before.
    [[nodiscard]] Lines next(std::span<char> buffer);

    /// What went wrong, once next() has come to the end. The incomplete line before it is left out: half a
    /// line may say something else than the whole.
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }
    [[nodiscard]] std::uint64_t used() const { return source_->used(); }

private:
    [[nodiscard]] std::size_t fill(std::span<char> buffer, std::size_t have);
    [[nodiscard]] std::size_t skip_line(std::span<char> buffer, std::size_t have);
    [[nodiscard]] std::size_t whole_lines(std::span<char> buffer, std::size_t have);

    std::unique_ptr<ByteSource> source_;
    std::string carry_;  // the beginning of a line whose end was not in the buffer
    std::uint64_t lines_ = 0;
    bool skipping_ = false;  // in the tail of a line that was cut off
    bool ended_ = false;
    std::optional<Error> error_;
};

/// Line ends in `text`.  Cost: some 10 GB/s.
[[nodiscard]] std::uint64_t count_lines(std::span<const char> text);

}  // namespace tidegate::observe
