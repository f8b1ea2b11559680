#include "observe/follow/watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <cstring>

namespace tidegate::observe {

FileWatch::FileWatch() : descriptor_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

int FileWatch::add_file(int descriptor) {
    // By the descriptor, for the name may be another file's by now.
    const std::string name = "/proc/self/fd/" + std::to_string(descriptor);
    return ::inotify_add_watch(descriptor_.number(), name.c_str(),
                               IN_MODIFY | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF);
}

int FileWatch::add_folder(const std::string& folder) {
    return ::inotify_add_watch(
        descriptor_.number(), folder.c_str(),
        IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_MOVE_SELF | IN_DELETE_SELF);
}

void FileWatch::forget(int watch) {
    if (watch >= 0) ::inotify_rm_watch(descriptor_.number(), watch);
}

bool FileWatch::drain() {
    bool moved = false;
    alignas(inotify_event) char block[4096];
    for (;;) {
        const ssize_t got = ::read(descriptor_.number(), block, sizeof block);
        if (got <= 0) return moved;
        for (const char* at = block; at < block + got;) {
            inotify_event notice{};
            std::memcpy(&notice, at, sizeof notice);
            moved |= (notice.mask & (IN_IGNORED | IN_MOVE_SELF | IN_DELETE_SELF)) != 0;
            at += sizeof notice + notice.len;
        }
    }
}

}  // namespace tidegate::observe
