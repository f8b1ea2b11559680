#pragma once
// Bytes of a file, whatever it is packed in.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/error.h"
#include "base/time.h"

namespace tidegate::observe {

/// Bytes from front to end, once.
/// Thread: one at a time.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    /// Fills the front of `out`, blocking for at least one byte; 0 at the end. After an error there is no
    /// more, and what was given before it is right.
    [[nodiscard]] virtual Result<std::size_t> read(std::span<char> out) = 0;
    /// Would read() wait for somebody else (a pipe that is empty)?
    [[nodiscard]] virtual bool would_wait() const { return false; }
    /// Bytes of the file used so far, before unpacking.
    [[nodiscard]] virtual std::uint64_t used() const = 0;
};

/// What can be known before reading.
struct FileFacts {
    std::uint64_t size = 0;  // 0: not known
    Time modified{};         // now, where there is no such thing
    bool reopens = false;    // a regular file: can be read a second time
};

/// Fails where there is no such file or it is a directory.
[[nodiscard]] Result<FileFacts> facts_of(const std::string& name);

/// Opens `name` ("-": standard input; "journal:" and "journal:DIRECTORY": journald's log) and unpacks gzip
/// (any number of members) and zstd, known by their first bytes; journald's export format comes out as syslog
/// lines. Not mapped into memory: a log that shrinks while it is read gives an error, not a signal.
/// `most`: of a regular file so many bytes are read, before unpacking, and the rest of the line at that
/// place.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> open_bytes(const std::string& name,
                                                             std::optional<std::uint64_t> most = {});

/// As open_bytes, but an export of journald is given as it is.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> open_unpacked(const std::string& name,
                                                                std::optional<std::uint64_t> most = {});

/// All of a file that is read as a whole, unpacked; fails above `limit` bytes.
[[nodiscard]] Result<std::string> read_all(const std::string& name, std::size_t limit = std::size_t{1} << 31);

/// How messages call it.
[[nodiscard]] std::string shown_name(const std::string& name);

}  // namespace tidegate::observe
