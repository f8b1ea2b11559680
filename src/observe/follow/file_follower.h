#pragma once
// One log file as it grows and rotates.

#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "observe/follow/follower.h"
#include "observe/follow/open_log.h"
#include "observe/follow/position.h"
#include "observe/follow/rotations.h"
#include "observe/follow/watch.h"

namespace tidegate::observe {

/// How a file is begun.
struct FileStart {
    bool from_end = true;               // of a file that is there already; one that comes later is read whole
    std::optional<FilePosition> saved;  // goes on there; `from_end` is not asked
    /// A file that was rotated away is kept open until nobody has written into it for so long.
    Duration linger = std::chrono::minutes(10);
};

/// Follows the file under one name: through rotation by renaming, copying and truncating, deletion, and
/// symbolic links that change. What was read is given once; lines come in order within each file, and an
/// older file's lines that are there come before a newer one's. docs/following.md says where lines can be
/// lost.
/// Thread: one at a time.  Cost: four system calls a chunk; a listing of the folder at each rotation.
/// Fails: never for good; take_error() tells.  Owns at most 16 open files and one inotify instance.
class FileFollower final : public Follower {
public:
    /// Reads nothing yet. `clock` is asked when files are opened and grow.
    FileFollower(std::string path, FileStart start, std::function<Time()> clock);

    [[nodiscard]] const std::string& name() const override { return path_; }
    [[nodiscard]] int descriptor() const override { return watch_.descriptor(); }
    void wake() override;
    [[nodiscard]] Duration poll_after() const override;
    void begin() override;
    [[nodiscard]] Lines next(std::span<char> buffer) override;
    [[nodiscard]] std::string position() const override;
    [[nodiscard]] std::uint64_t bytes_behind() const override;
    [[nodiscard]] std::optional<Error> take_error() override;

    struct Counts {
        std::uint64_t rotations = 0;    // another file under the name
        std::uint64_t truncations = 0;  // the same file from its start again
        std::uint64_t cut_lines = 0;    // too long, or without an end in a file that was left
        std::uint64_t mended = 0;       // troubles that went away
    };
    [[nodiscard]] Counts counts() const;

private:
    void go_on_at(const FilePosition& saved);
    void remember_rotations(Time since);
    [[nodiscard]] bool look_for_newer();
    [[nodiscard]] bool take_back(const struct stat& found);
    void add(OpenLog log, Time since);
    void add_newer(OpenLog newest, Time before);
    void start_again(std::size_t index);
    void drop_finished();
    void drop(std::size_t index);
    void remember(const FilePlace& place);
    [[nodiscard]] const FilePlace* remembered(const OpenLog& log) const;
    [[nodiscard]] bool is_open_here(const OpenLog& log) const;
    [[nodiscard]] bool is_copied_over(const OpenLog& log) const;
    void watch_folders();
    void tell_not_opened(int code);
    void tell(Error error);
    void mended();

    std::string path_;
    FileStart start_;
    std::function<Time()> clock_;
    FileWatch watch_;
    Rotations rotations_;
    std::deque<OpenLog> files_;   // oldest first; the last one stood under the name when we looked
    std::deque<FilePlace> read_;  // files that were read before, or that were there before we began
    std::vector<int> folder_watches_;
    bool begun_ = false;
    bool is_new_ = false;  // the file to come was not there when we began
    bool folders_stale_ = true;
    Time missing_since_{};
    bool polls_ = false;  // inotify tells nothing of this file
    std::optional<Error> untold_;
    std::string told_;
    Counts counts_;
};

}  // namespace tidegate::observe
