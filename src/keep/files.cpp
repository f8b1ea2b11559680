#include "keep/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tidegate::keep {
namespace {

std::unexpected<Error> failed(const std::string& path, const char* what, int code) {
    const bool full = code == ENOSPC || code == EDQUOT;
    const bool ours = code == EACCES || code == EPERM || code == EROFS;
    const char* mend = full   ? "make room on its file system"
                       : ours ? "its folder and it must belong to the user that Tidegate runs as"
                              : "";
    return std::unexpected(Error{path, 0, std::string(what) + ": " + std::strerror(code), mend});
}

Result<void> write_all(const OpenFile& file, const std::string& path, std::string_view bytes) {
    while (!bytes.empty()) {
        // The kernel takes no more than 2 GiB at once.
        const ssize_t wrote =
            ::write(file.number(), bytes.data(), std::min<std::size_t>(bytes.size(), 1U << 30));
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return failed(path, "cannot be written", errno);
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
    if (::fsync(file.number()) != 0) return failed(path, "cannot be written", errno);
    return {};
}

Result<void> sync_path(const std::string& path, int flags) {
    const OpenFile file(::open(path.c_str(), flags | O_CLOEXEC));
    if (file.number() < 0) return failed(path, "cannot be opened", errno);
    if (::fsync(file.number()) != 0) return failed(path, "cannot be written", errno);
    return {};
}

}  // namespace

OpenFile::~OpenFile() {
    if (number_ >= 0) ::close(number_);
}

void MappedFile::Unmap::operator()(void* start) const {
    ::munmap(start, size);
}

Result<MappedFile> MappedFile::open(const std::string& path) {
    const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number() < 0) return failed(path, "cannot be opened", errno);
    struct stat about{};
    if (::fstat(file.number(), &about) != 0) return failed(path, "cannot be read", errno);
    MappedFile mapped;
    mapped.size_ = static_cast<std::size_t>(about.st_size);
    if (mapped.size_ == 0) return mapped;
    void* start = ::mmap(nullptr, mapped.size_, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file.number(), 0);
    if (start == MAP_FAILED) return failed(path, "cannot be read", errno);
    mapped.start_ = std::unique_ptr<void, Unmap>(start, Unmap{mapped.size_});
    return mapped;
}

Result<void> make_folder(const std::string& path) {
    struct stat about{};
    if (::stat(path.c_str(), &about) == 0) {
        if (S_ISDIR(about.st_mode)) return {};
        return std::unexpected(Error{path, 0, "is no folder", "name a folder for Tidegate's files"});
    }
    if (::mkdir(path.c_str(), 0700) != 0) return failed(path, "cannot be made", errno);
    return {};
}

Result<void> make_private(const std::string& path) {
    const OpenFile made(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (made.number() >= 0) return {};
    if (errno != EEXIST) return failed(path, "cannot be made", errno);
    // Not opened: closing a second descriptor would drop the locks that SQLite holds on it in this process.
    struct stat about{};
    if (::stat(path.c_str(), &about) != 0) return failed(path, "cannot be opened", errno);
    if (!S_ISREG(about.st_mode))
        return std::unexpected(Error{path, 0, "is no regular file", "move it away: the journal lies there"});
    if ((about.st_mode & 077) != 0 && ::chmod(path.c_str(), 0600) != 0)
        return failed(path, "cannot be made its owner's alone", errno);
    return {};
}

Result<OpenFile> lock_file(const std::string& path) {
    OpenFile file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (file.number() < 0) return failed(path, "cannot be opened", errno);
    if (::flock(file.number(), LOCK_EX | LOCK_NB) == 0) return file;
    if (errno != EWOULDBLOCK) return failed(path, "cannot be locked", errno);
    return std::unexpected(Error{path, 0, "is locked: another Tidegate has this journal open",
                                 "end that one first, or give this one a folder of its own"});
}

Result<void> write_durably(const std::string& path, std::string_view bytes) {
    const std::string fresh = path + ".new";
    ::unlink(fresh.c_str());
    {
        const OpenFile file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (file.number() < 0) return failed(fresh, "cannot be made", errno);
        if (auto written = write_all(file, fresh, bytes); !written) {
            ::unlink(fresh.c_str());
            return written;
        }
    }
    return rename_durably(fresh, path);
}

Result<void> sync_file(const std::string& path) {
    if (auto synced = sync_path(path, O_RDONLY); !synced) return synced;
    return sync_path(folder_of(path), O_RDONLY | O_DIRECTORY);
}

Result<void> rename_durably(const std::string& path, const std::string& to) {
    if (::rename(path.c_str(), to.c_str()) != 0) return failed(to, "cannot be replaced", errno);
    return sync_path(folder_of(to), O_RDONLY | O_DIRECTORY);
}

std::uint64_t size_of_file(const std::string& path) {
    struct stat about{};
    return ::stat(path.c_str(), &about) == 0 ? static_cast<std::uint64_t>(about.st_size) : 0;
}

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace tidegate::keep
