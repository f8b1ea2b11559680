#pragma once
// Whether a file has become another one, and whether that one is whole.

#include <cstdint>
#include <optional>
#include <string>

namespace tidegate::observe {

/// What tells one version of a file from another.
struct FileStamp {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t modified_ns = 0;  // since 1970: its content
    std::int64_t changed_ns = 0;   // its content, name or rights

    friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

/// Nothing where no regular file is.
[[nodiscard]] std::optional<FileStamp> stamp_of(const std::string& path);

/// Watches one file by looking at it now and then, about a second apart. A changed file is taken when two
/// looks in a row find the same: whoever writes into it has ended. One that was put in place by renaming is
/// taken at once. Thread: one at a time.  Cost: none but that of the stamps.
class ListWatch {
public:
    enum class Sight : std::uint8_t {
        same,      // as the version known
        settling,  // something changes; look again
        changed,   // another version, whole
        missing,   // no file, twice in a row
    };

    explicit ListWatch(std::optional<FileStamp> known) : known_(known), seen_(known) {}

    [[nodiscard]] Sight look(const std::optional<FileStamp>& found);
    /// This version was taken, or refused for good.
    void settle(const FileStamp& version) { known_ = version; }

private:
    [[nodiscard]] bool is_put_in_place(const FileStamp& found) const;

    std::optional<FileStamp> known_;
    std::optional<FileStamp> seen_;  // at the last look
};

}  // namespace tidegate::observe
