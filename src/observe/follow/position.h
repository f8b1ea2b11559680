#pragma once
// How far a log was read, as a small value that outlives the process.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::observe {

/// The first bytes of a file, by which it is known again when its inode was given to another.
inline constexpr std::size_t most_head_bytes = 256;

/// One file, and the end of the last line that was given out.
struct FilePlace {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t offset = 0;      // bytes
    std::uint64_t lines = 0;       // line ends before `offset`; meaningless unless lines_known
    std::uint32_t head_bytes = 0;  // of the file, in head_hash; at most most_head_bytes
    std::uint64_t head_hash = 0;
    bool lines_known = true;  // false: reading began somewhere in the middle
    bool in_line = false;     // `offset` lies in a line that is skipped up to its end

    friend bool operator==(const FilePlace&, const FilePlace&) = default;
};

/// A log's files, oldest first; the last one is what stood under the log's name. More than one only while
/// older ones are not read to their end or may still grow.
struct FilePosition {
    static constexpr std::size_t most_files = 16;

    std::vector<FilePlace> files;

    /// "file1 DEVICE:INODE:OFFSET:LINES:HEADBYTES:HEADHASH[:FLAGS] ...", device and hash in hexadecimal.
    [[nodiscard]] std::string text() const;
    /// Nothing for what text() can't have written.
    [[nodiscard]] static std::optional<FilePosition> parse(std::string_view text);

    friend bool operator==(const FilePosition&, const FilePosition&) = default;
};

/// Hash of a file's first bytes, as in FilePlace.
[[nodiscard]] std::uint64_t head_hash(std::string_view head);

/// Is `name` what rotation makes of `log` (both without folder): "mail.log.1", "mail.log-20260131",
/// "mail-20260131.log", "mail.1.log"? Not what is packed ("mail.log.1.gz") or an operator's copy.
[[nodiscard]] bool is_rotation_of(std::string_view name, std::string_view log);

/// Of two rotations of one log with the same age: was `a` rotated before `b`? Numbers count backwards
/// ("log.2" is older than "log.1"), dates forwards.
[[nodiscard]] bool rotated_before(std::string_view a, std::string_view b);

}  // namespace tidegate::observe
