#pragma once
// One open file of a log that grows: its lines, as far as they are whole.

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/time.h"
#include "observe/follow/position.h"
#include "observe/line_reader.h"

namespace tidegate::observe {

/// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int number = -1) : number_(number) {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool is_open() const { return number_ >= 0; }

private:
    int number_;
};

/// What to tell somebody of a file that OpenLog::open() could not open.
[[nodiscard]] Error why_not_opened(const std::string& name, int code);

/// A regular file, held open, so that it is read on whatever name it has meanwhile.
/// Thread: one at a time.  Cost: two system calls a chunk.  Owns the descriptor.
class OpenLog {
public:
    /// Fails with errno: EISDIR and EINVAL for what is no regular file. Never blocks.
    [[nodiscard]] static std::expected<OpenLog, int> open(const std::string& name);

    /// What a read came to.
    enum class Got : std::uint8_t {
        lines,
        nothing,  // no further whole line yet
        shrank,   // the bytes read before are gone: another content under the same inode
        failed,   // `errno_of_failure()` says why
    };
    /// Whole lines behind those given before. `buffer` must be larger than wire::max_line_bytes + 2. A line
    /// longer than wire::max_line_bytes comes out cut, once, so that the parser counts it; NULs in front of a
    /// line are left out (a hole that a writer left behind who did not notice the truncation).
    [[nodiscard]] Got next(std::span<char> buffer, Lines& lines);
    [[nodiscard]] int errno_of_failure() const { return errno_; }

    /// From the start again.
    void restart();
    /// Skips what there is: the first line given is the first that begins from now on.
    void skip_to_end();
    /// Goes on at `place`; the caller has made sure that it is of this file.
    void go_on_at(const FilePlace& place);
    /// Is `place` of this file's content? The inode does not count.
    [[nodiscard]] bool has_head_of(const FilePlace& place) const;
    /// Does the file begin with what `other`, read so far, begins with?
    [[nodiscard]] bool begins_like(const OpenLog& other) const;

    [[nodiscard]] FilePlace place() const;
    [[nodiscard]] const struct stat& facts() const { return facts_; }
    [[nodiscard]] bool is_same_inode(const struct stat& other) const {
        return facts_.st_dev == other.st_dev && facts_.st_ino == other.st_ino;
    }
    /// Asks anew for size and times.
    void look();
    [[nodiscard]] std::uint64_t bytes_behind() const;
    /// Bytes of an incomplete line at the end.
    [[nodiscard]] std::size_t bytes_of_part() const { return part_.size(); }
    [[nodiscard]] std::uint64_t cut_lines() const { return cut_lines_; }
    [[nodiscard]] int descriptor() const { return descriptor_.number(); }

    // What the follower notes beside it.
    Time last_growth{};
    Time opened{};         // or before: what came under its name later was written later
    bool is_copy = false;  // made by rotation: nobody writes into it
    int watch = -1;

private:
    OpenLog(Descriptor descriptor, const struct stat& facts)
        : descriptor_(std::move(descriptor)), facts_(facts) {}

    /// Nothing where the file cannot be read.
    [[nodiscard]] std::optional<std::string> read_head() const;
    [[nodiscard]] Got check_content();
    [[nodiscard]] std::size_t skip_front(std::span<char> buffer, std::size_t have);
    [[nodiscard]] std::size_t whole_lines(std::span<char> buffer, std::size_t have);

    Descriptor descriptor_;
    struct stat facts_{};
    std::uint64_t read_to_ = 0;  // in the file
    std::string part_;           // the beginning of a line, before read_to_
    std::string head_;
    std::uint64_t lines_ = 0;
    std::uint64_t cut_lines_ = 0;
    bool lines_known_ = true;
    bool in_line_ = false;  // skips up to the next line end
    int errno_ = 0;
};

}  // namespace tidegate::observe
