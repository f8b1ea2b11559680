#include "net/socket_file.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <vector>

namespace tidegate::net {
namespace {

std::unexpected<Error> failed(const std::string& path, const std::string& what, std::string mend = {}) {
    return std::unexpected(Error{path, 0, what, std::move(mend)});
}

std::unexpected<Error> failed_with(const std::string& path, const std::string& what, int error) {
    std::string mend;
    if (error == ENOENT) mend = "make its folder first, or let systemd do it (RuntimeDirectory=)";
    if (error == EACCES || error == EPERM) mend = "let our user write to its folder, or choose another";
    return failed(path, what + ": " + std::strerror(error), std::move(mend));
}

// getpwnam_r and its like: they say how much room they need only by failing.
template <class Entry, class Find>
std::optional<Entry> find_entry(const std::string& name, Find find) {
    std::vector<char> room(1024);
    while (true) {
        Entry entry{};
        Entry* found = nullptr;
        const int error = find(name.c_str(), &entry, room.data(), room.size(), &found);
        if (error == 0) return found == nullptr ? std::nullopt : std::optional(entry);
        if (error != ERANGE || room.size() > (1U << 20)) return std::nullopt;
        room.resize(room.size() * 2);
    }
}

Result<void> give(const std::string& file, const Access& access) {
    uid_t owner = static_cast<uid_t>(-1);
    gid_t group = static_cast<gid_t>(-1);
    if (!access.owner.empty()) {
        const auto entry = find_entry<passwd>(access.owner, ::getpwnam_r);
        if (!entry) return failed(file, "there is no user '" + access.owner + "'", "see getent passwd");
        owner = entry->pw_uid;
    }
    if (!access.group.empty()) {
        const auto entry = find_entry<struct group>(access.group, ::getgrnam_r);
        if (!entry) return failed(file, "there is no group '" + access.group + "'", "see getent group");
        group = entry->gr_gid;
    }
    const bool changes = !access.owner.empty() || !access.group.empty();
    if (changes && ::chown(file.c_str(), owner, group) != 0)
        return failed(file,
                      "can't be given to " + access.owner + ':' + access.group + ": " + std::strerror(errno),
                      "run as root, or as a member of the group");
    if (::chmod(file.c_str(), access.mode) != 0) return failed_with(file, "can't set its mode", errno);
    return {};
}

Descriptor unix_socket() {
    return Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

}  // namespace

Result<std::unique_ptr<SocketFile>> SocketFile::create(const Endpoint& endpoint, const Access& access) {
    if (auto fits = name_of({{}, 0, endpoint.path + ".new"}); !fits) return std::unexpected(fits.error());
    std::unique_ptr<SocketFile> out(new SocketFile(endpoint.path));
    if (auto done = out->lock(); !done) return std::unexpected(done.error());
    if (auto done = out->expect_stale(); !done) return std::unexpected(done.error());
    if (auto done = out->place(access); !done) return std::unexpected(done.error());
    return out;
}

SocketFile::~SocketFile() {
    struct stat now{};
    const bool ours =
        placed_ && ::lstat(path_.c_str(), &now) == 0 && now.st_dev == device_ && now.st_ino == inode_;
    if (ours) ::unlink(path_.c_str());
    if (lock_) ::unlink((path_ + ".lock").c_str());
}

Result<void> SocketFile::lock() {
    const std::string path = path_ + ".lock";
    while (true) {
        Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!file) return failed_with(path, "can't be opened", errno);
        if (::flock(file.number(), LOCK_EX | LOCK_NB) != 0)
            return failed(path_, "another process listens here", "stop it, or choose another path");
        // Whoever held the lock removed the file before he let go: then ours is the lock of nothing.
        struct stat held{}, seen{};
        if (::fstat(file.number(), &held) != 0) return failed_with(path, "can't be looked at", errno);
        if (::lstat(path.c_str(), &seen) == 0 && seen.st_dev == held.st_dev && seen.st_ino == held.st_ino) {
            lock_ = std::move(file);
            return {};
        }
    }
}

Result<void> SocketFile::expect_stale() const {
    struct stat there{};
    if (::lstat(path_.c_str(), &there) != 0)
        return errno == ENOENT ? Result<void>() : failed_with(path_, "can't be looked at", errno);
    if (!S_ISSOCK(there.st_mode))
        return failed(path_, "is there already and is no socket", "remove it, or choose another path");
    const auto name = name_of({{}, 0, path_});
    const Descriptor probe = unix_socket();
    const bool heard = ::connect(probe.number(), name->pointer(), name->size) == 0;
    if (!heard && (errno == ECONNREFUSED || errno == ENOENT)) return {};
    return failed(path_, "another process listens here", "stop it, or choose another path");
}

Result<void> SocketFile::place(const Access& access) {
    const std::string fresh = path_ + ".new";
    ::unlink(fresh.c_str());  // of a daemon that died right here; we hold the lock
    const auto name = name_of({{}, 0, fresh});
    socket_ = unix_socket();
    if (::bind(socket_.number(), name->pointer(), name->size) != 0)
        return failed_with(path_, "can't be made", errno);
    auto done = give(fresh, access);
    struct stat made{};
    if (done && (::listen(socket_.number(), listen_backlog) != 0 || ::lstat(fresh.c_str(), &made) != 0 ||
                 ::rename(fresh.c_str(), path_.c_str()) != 0))
        done = failed_with(path_, "can't be made", errno);
    if (!done) {
        ::unlink(fresh.c_str());
        return done;
    }
    device_ = made.st_dev;
    inode_ = made.st_ino;
    placed_ = true;
    return {};
}

}  // namespace tidegate::net
