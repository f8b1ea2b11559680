#include "observe/list_watch.h"

#include <sys/stat.h>

#include <utility>

namespace tidegate::observe {
namespace {

std::int64_t nanoseconds(const timespec& time) {
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

std::optional<FileStamp> stamp_of(const std::string& path) {
    struct stat found{};
    if (::stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return {};
    return FileStamp{.device = found.st_dev,
                     .inode = found.st_ino,
                     .size = static_cast<std::uint64_t>(found.st_size),
                     .modified_ns = nanoseconds(found.st_mtim),
                     .changed_ns = nanoseconds(found.st_ctim)};
}

ListWatch::Sight ListWatch::look(const std::optional<FileStamp>& found) {
    const auto before = std::exchange(seen_, found);
    if (!found) return before ? Sight::settling : Sight::missing;
    if (found == known_) return Sight::same;
    return found == before || is_put_in_place(*found) ? Sight::changed : Sight::settling;
}

// Writing sets both times to the same; renaming, or setting the time that the publisher says, comes after it.
bool ListWatch::is_put_in_place(const FileStamp& found) const {
    const bool is_other_file = !known_ || found.inode != known_->inode || found.device != known_->device;
    return is_other_file && found.changed_ns > found.modified_ns;
}

}  // namespace tidegate::observe
