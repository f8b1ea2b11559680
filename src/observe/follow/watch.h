#pragma once
// "Something may have happened to these files", from inotify.

#include <string>

#include "observe/follow/open_log.h"

namespace tidegate::observe {

/// Tells that files or folders changed, never what: whoever is woken looks for himself, so that lost and
/// merged notices do no harm.
/// Thread: one at a time.  Fails: quietly; without inotify `works()` is false and the caller polls.
class FileWatch {
public:
    FileWatch();

    [[nodiscard]] bool works() const { return descriptor_.is_open(); }
    /// Readable when something may have happened; -1: none.
    [[nodiscard]] int descriptor() const { return descriptor_.number(); }

    /// Watches what `descriptor` has open, under whatever name. Returns a number for forget(), -1: can't.
    [[nodiscard]] int add_file(int descriptor);
    /// Watches names coming and going; adding the same folder again costs a system call and does nothing.
    [[nodiscard]] int add_folder(const std::string& folder);
    void forget(int watch);

    /// Takes all notices. True if a watched file or folder itself went or moved: add folders anew.
    bool drain();

private:
    Descriptor descriptor_;
};

}  // namespace tidegate::observe
