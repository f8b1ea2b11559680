#pragma once
// The book of users and tokens as a file, which the daemon and `tidegate console` both read and change.

#include <sys/stat.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "base/error.h"
#include "console/book.h"

namespace tidegate::console {

/// `console.json` in the state folder. Each change is made to what the file has at that moment, under a lock
/// that other processes heed, and replaces the file whole or not at all; only its owner can read it.
/// Thread: any.  Cost: read() a stat() while the file is the same.  Fails: a file that can't be read or is
/// damaged lets nobody in and is not written over.
class UserBook {
public:
    explicit UserBook(const std::string& folder);

    /// No file: nobody is in it.
    [[nodiscard]] Result<std::shared_ptr<const Book>> read();
    /// `change` may be refused by what it returns; then nothing is written.
    [[nodiscard]] Result<void> change(const std::function<Result<void>(Book& book)>& change);
    [[nodiscard]] const std::string& file() const { return file_; }

private:
    /// Which file was read: another one has another of these.
    struct Mark {
        ino_t number = 0;
        timespec written{};
        off_t size = -1;
        [[nodiscard]] bool is_of(const struct stat& status) const;
    };
    [[nodiscard]] Result<std::shared_ptr<const Book>> read_anew();
    [[nodiscard]] Result<void> write(const Book& book);

    std::string folder_, file_;
    std::mutex mutex_;  // guards all below
    std::shared_ptr<const Book> book_;
    Mark mark_;
};

}  // namespace tidegate::console
