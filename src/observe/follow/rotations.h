#pragma once
// The files that rotation left beside a log.

#include <sys/stat.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "observe/follow/open_log.h"
#include "observe/follow/position.h"

namespace tidegate::observe {

/// Looks through the folders of one log: the one in which its name stands, and the one that a symbolic link
/// leads to.
/// Thread: one at a time.  Cost: a listing of the folder (at most 4,096 names), and an open() of each
/// candidate: not for every wake.
class Rotations {
public:
    explicit Rotations(std::string path) : path_(std::move(path)) {}

    /// The folders to look at and to watch, as they are now.
    [[nodiscard]] std::vector<std::string> folders() const;
    /// Unpacked files with a rotated name of this log that `wanted` accepts, oldest first.
    [[nodiscard]] std::vector<OpenLog> find(const std::function<bool(const OpenLog&)>& wanted) const;
    /// The file that `place` is of, whatever it is called now: by inode and content, else by content alone
    /// (a copy that was made of it, a restored file).
    [[nodiscard]] std::optional<OpenLog> find_again(const FilePlace& place) const;

private:
    [[nodiscard]] std::optional<OpenLog> find_inode(const FilePlace& place) const;

    std::string path_;
};

}  // namespace tidegate::observe
