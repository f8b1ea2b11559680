#include "observe/follow/file_follower.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tidegate::observe {
namespace {

constexpr std::size_t most_remembered = 256;
constexpr Duration usual_poll = std::chrono::seconds(1);
constexpr Duration quick_poll = std::chrono::milliseconds(25);  // where inotify is no help
constexpr Duration waiting_poll = std::chrono::milliseconds(250);
constexpr Duration usual_gap = std::chrono::seconds(5);

Time time_of(const timespec& time) {
    return time_of_unix(time.tv_sec, time.tv_nsec / 1000);
}

/// The clock that files are stamped with, which lags a few milliseconds behind the other.
Time file_clock() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
    return time_of(now);
}

/// Others write into these without the kernel here knowing.
bool is_remote(int descriptor) {
    struct statfs facts{};
    if (::fstatfs(descriptor, &facts) != 0) return false;
    constexpr long fuse = 0x65735546;
    constexpr long cifs = 0xFF534D42;
    const auto type = static_cast<std::uint32_t>(facts.f_type);
    return type == NFS_SUPER_MAGIC || type == static_cast<std::uint32_t>(SMB2_SUPER_MAGIC) ||
           type == static_cast<std::uint32_t>(fuse) || type == static_cast<std::uint32_t>(cifs);
}

}  // namespace

FileFollower::FileFollower(std::string path, FileStart start, std::function<Time()> clock)
    : path_(std::move(path)), start_(std::move(start)), clock_(std::move(clock)), rotations_(path_) {}

void FileFollower::wake() {
    folders_stale_ |= watch_.drain();
}

Duration FileFollower::poll_after() const {
    if (!watch_.works() || polls_) return quick_poll;
    return folder_watches_.empty() || files_.empty() ? waiting_poll : usual_poll;
}

Lines FileFollower::next(std::span<char> buffer) {
    begin();
    Lines lines;
    do {
        for (std::size_t i = 0; i < files_.size(); ++i) {
            switch (files_[i].next(buffer, lines)) {
                case OpenLog::Got::lines:
                    files_[i].last_growth = clock_();
                    return lines;
                case OpenLog::Got::shrank:
                    start_again(i);
                    i = static_cast<std::size_t>(-1);  // a copy of what was lost may have come before it
                    break;
                case OpenLog::Got::failed:
                    tell(Error{path_,
                               0,
                               std::string("cannot be read: ") + ::strerror(files_[i].errno_of_failure()),
                               {}});
                    break;
                case OpenLog::Got::nothing:
                    break;
            }
        }
    } while (look_for_newer());
    drop_finished();
    return {};
}

void FileFollower::begin() {
    if (std::exchange(begun_, true)) return;
    struct stat found{};
    is_new_ =
        !start_.from_end || start_.saved || ::stat(path_.c_str(), &found) != 0 || !S_ISREG(found.st_mode);
    if (start_.saved) go_on_at(*start_.saved);
    const bool found_again = !files_.empty();
    const Time since = found_again ? files_.back().opened : Time::max();
    if (!found_again) static_cast<void>(look_for_newer());
    remember_rotations(since);
}

/// What was rotated already was read before, or is not wanted, though somebody may still write into it.
void FileFollower::remember_rotations(Time since) {
    struct stat named{};
    const bool is_there = ::stat(path_.c_str(), &named) == 0;
    const auto old = [&](const OpenLog& log) {
        return !is_open_here(log) && !(is_there && log.is_same_inode(named)) &&
               time_of(log.facts().st_mtim) < since;
    };
    for (OpenLog& log : rotations_.find(old)) {
        log.skip_to_end();
        remember(log.place());
    }
}

void FileFollower::go_on_at(const FilePosition& saved) {
    for (const FilePlace& place : saved.files) {
        auto log = rotations_.find_again(place);
        const bool last = &place == &saved.files.back();
        if (!log && last)
            tell(Error{path_, 0, "was rotated while nobody read it, and the old file is gone or packed",
                       "the lines between are lost; `tidegate replay` reads packed files"});
        if (!log || is_open_here(*log)) continue;
        log->go_on_at(place);
        // Everything that was made after it was last written is still to be read.
        const Time written = time_of(log->facts().st_mtim);
        add(std::move(*log), written);
    }
}

/// Looks at what stands under the name now; true if there is more to read.
bool FileFollower::look_for_newer() {
    if (folders_stale_) watch_folders();
    struct stat found{};
    if (::stat(path_.c_str(), &found) != 0) {
        is_new_ = true;
        tell_not_opened(errno);
        return false;
    }
    if (!files_.empty() && files_.back().is_same_inode(found)) {
        missing_since_ = {};
        mended();
        return false;
    }
    if (take_back(found)) return false;
    // Whatever takes its name after it was opened is written later than this.
    const Time before = file_clock();
    auto log = OpenLog::open(path_);
    if (!log) {
        tell_not_opened(log.error());
        return false;
    }
    missing_since_ = {};
    if (is_open_here(*log)) return false;
    if (const FilePlace* place = remembered(*log)) {
        log->go_on_at(*place);
    } else if (is_copied_over(*log)) {
        log->go_on_at(files_.back().place());
    } else if (!is_new_) {
        log->skip_to_end();
    }
    is_new_ = true;
    if (files_.empty()) {
        add(std::move(*log), before);
    } else {
        ++counts_.rotations;
        add_newer(std::move(*log), before);
    }
    mended();
    watch_folders();
    return true;
}

/// An older file got its name back.
bool FileFollower::take_back(const struct stat& found) {
    const auto old =
        std::ranges::find_if(files_, [&](const OpenLog& each) { return each.is_same_inode(found); });
    if (old == files_.end()) return false;
    std::rotate(old, old + 1, files_.end());
    return true;
}

/// Only when all that are open were read to their end, for the oldest may go.
void FileFollower::add(OpenLog log, Time since) {
    while (files_.size() >= FilePosition::most_files) drop(0);
    log.opened = since;
    log.last_growth = clock_();
    log.watch = watch_.add_file(log.descriptor());
    polls_ = log.watch < 0 || is_remote(log.descriptor());
    files_.push_back(std::move(log));
}

/// `newest`, which stood under the name at `before` or later, behind the files that came and went between two
/// looks. It may have gone meanwhile itself: what came after it must not hide it from a later start, which
/// takes all that is older than the last file for read. What is too much to be open at once is found again
/// when these are read.
void FileFollower::add_newer(OpenLog newest, Time before) {
    const Time since = files_.back().opened;
    const struct stat facts = newest.facts();
    const auto wanted = [&](const OpenLog& log) {
        return !is_open_here(log) && (log.is_same_inode(facts) || remembered(log) == nullptr) &&
               log.facts().st_size != 0 && time_of(log.facts().st_mtim) >= since;
    };
    bool is_rotated = false;
    std::size_t room = FilePosition::most_files - 2;
    for (OpenLog& log : rotations_.find(wanted)) {
        if (room-- == 0) return;
        if (log.is_same_inode(facts)) {
            is_rotated = true;
            log.go_on_at(newest.place());
        }
        add(std::move(log), since);
    }
    if (!is_rotated) add(std::move(newest), before);
}

/// The file lost what was read of it. Rotation that copies may have left a copy with lines we had not read.
void FileFollower::start_again(std::size_t index) {
    ++counts_.truncations;
    OpenLog& log = files_[index];
    const FilePlace place = log.place();
    auto copies = rotations_.find([&](const OpenLog& each) {
        return !is_open_here(each) && each.begins_like(log) && remembered(each) == nullptr;
    });
    log.restart();
    for (const OpenLog& copy : copies) remember(copy.place());
    if (copies.empty() || !copies.back().has_head_of(place)) return;
    copies.back().go_on_at(place);
    copies.back().is_copy = true;
    copies.back().last_growth = clock_();
    files_.insert(files_.begin() + static_cast<std::ptrdiff_t>(index), std::move(copies.back()));
}

void FileFollower::drop_finished() {
    const Time now = clock_();
    for (std::size_t i = 0; i + 1 < files_.size();) {
        const bool over = files_[i].is_copy || now - files_[i].last_growth > start_.linger;
        if (over) drop(i);
        i += over ? 0 : 1;
    }
}

void FileFollower::drop(std::size_t index) {
    OpenLog& log = files_[index];
    watch_.forget(log.watch);
    counts_.cut_lines += log.cut_lines() + (log.bytes_of_part() != 0 ? 1 : 0);
    remember(log.place());
    files_.erase(files_.begin() + static_cast<std::ptrdiff_t>(index));
}

void FileFollower::remember(const FilePlace& place) {
    if (place.head_bytes == 0) return;
    read_.push_back(place);
    if (read_.size() > most_remembered) read_.pop_front();
}

/// Where reading ended in this file, if it was read before.
const FilePlace* FileFollower::remembered(const OpenLog& log) const {
    const auto found = std::ranges::find_if(read_.rbegin(), read_.rend(), [&](const FilePlace& place) {
        const bool same_inode = log.facts().st_ino == place.inode && log.facts().st_dev == place.device;
        return log.has_head_of(place) && (same_inode || place.head_bytes == most_head_bytes);
    });
    return found == read_.rend() ? nullptr : &*found;
}

bool FileFollower::is_open_here(const OpenLog& log) const {
    return std::ranges::any_of(files_, [&](const OpenLog& each) { return each.is_same_inode(log.facts()); });
}

/// Was the file replaced by a copy of itself (an editor, sed -i)?
bool FileFollower::is_copied_over(const OpenLog& log) const {
    if (files_.empty()) return false;
    const FilePlace place = files_.back().place();
    return place.head_bytes == most_head_bytes && log.has_head_of(place);
}

void FileFollower::watch_folders() {
    folders_stale_ = false;
    std::vector<int> now;
    for (const std::string& folder : rotations_.folders())
        if (const int watch = watch_.add_folder(folder); watch >= 0) now.push_back(watch);
    for (const int old : folder_watches_)
        if (std::ranges::find(now, old) == now.end()) watch_.forget(old);
    folder_watches_ = std::move(now);
    folders_stale_ = folder_watches_.empty();
}

std::string FileFollower::position() const {
    if (!begun_) return start_.saved ? start_.saved->text() : "";
    FilePosition position;
    for (const OpenLog& log : files_) position.files.push_back(log.place());
    return position.text();
}

std::uint64_t FileFollower::bytes_behind() const {
    std::uint64_t sum = 0;
    for (const OpenLog& log : files_) sum += log.bytes_behind();
    return sum;
}

FileFollower::Counts FileFollower::counts() const {
    Counts sum = counts_;
    for (const OpenLog& log : files_) sum.cut_lines += log.cut_lines();
    return sum;
}

/// Between the two steps of a rotation there is no such file, which is nobody's trouble.
void FileFollower::tell_not_opened(int code) {
    if (code != ENOENT) return tell(why_not_opened(path_, code));
    const Time now = clock_();
    if (missing_since_ == Time{}) missing_since_ = now;
    if (!files_.empty() && now - missing_since_ < usual_gap) return;
    tell(Error{path_, 0, "does not exist", "it is read as soon as somebody makes it"});
}

void FileFollower::tell(Error error) {
    const std::string text = error.text();
    if (text == told_) return;
    told_ = text;
    untold_ = std::move(error);
}

void FileFollower::mended() {
    if (told_.empty()) return;
    told_.clear();
    ++counts_.mended;
}

std::optional<Error> FileFollower::take_error() {
    return std::exchange(untold_, std::nullopt);
}

}  // namespace tidegate::observe
