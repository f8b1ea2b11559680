#include "console/user_book.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tidegate::console {
namespace {

constexpr mode_t owners_alone = 0600;

class File {
public:
    File(const std::string& path, int flags)
        : number_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, owners_alone)) {}
    ~File() {
        if (number_ >= 0) ::close(number_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
};

std::unexpected<Error> failure(const std::string& file, std::string_view what) {
    return std::unexpected(
        Error{file, 0, fmt::format("{}: {}", what, std::strerror(errno)), "the users are as they were"});
}

bool write_all(int number, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(number, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// Nothing: errno says why.
std::optional<std::string> all_of(int number) {
    std::string out;
    std::array<char, 16384> block{};
    while (true) {
        const ssize_t got = ::read(number, block.data(), block.size());
        if (got == 0) return out;
        if (got < 0 && errno != EINTR) return std::nullopt;
        if (got > 0) out.append(block.data(), static_cast<std::size_t>(got));
    }
}

/// root's file would shut the daemon out, which runs as another: the file belongs to whom the folder does.
void give_to_owner_of(const std::string& folder, int number) {
    struct stat status{};
    if (::geteuid() != 0 || ::stat(folder.c_str(), &status) != 0 || status.st_uid == 0) return;
    static_cast<void>(::fchown(number, status.st_uid, status.st_gid));
}

}  // namespace

bool UserBook::Mark::is_of(const struct stat& status) const {
    return number == status.st_ino && size == status.st_size && written.tv_sec == status.st_mtim.tv_sec &&
           written.tv_nsec == status.st_mtim.tv_nsec;
}

UserBook::UserBook(const std::string& folder) : folder_(folder), file_(folder + "/console.json") {}

Result<std::shared_ptr<const Book>> UserBook::read() {
    const std::scoped_lock lock(mutex_);
    struct stat status{};
    if (book_ && ::stat(file_.c_str(), &status) == 0 && mark_.is_of(status)) return book_;
    return read_anew();
}

Result<std::shared_ptr<const Book>> UserBook::read_anew() {
    book_ = nullptr;
    const File file(file_, O_RDONLY);
    if (!file.is_open() && errno == ENOENT) return std::make_shared<const Book>();
    struct stat status{};
    if (!file.is_open() || ::fstat(file.number(), &status) != 0) return failure(file_, "cannot be read");
    const auto text = all_of(file.number());
    if (!text) return failure(file_, "cannot be read");
    auto book = read_book(*text);
    if (!book) {
        book.error().file = file_;
        return std::unexpected(std::move(book.error()));
    }
    mark_ = {.number = status.st_ino, .written = status.st_mtim, .size = status.st_size};
    book_ = std::make_shared<const Book>(std::move(*book));
    return book_;
}

Result<void> UserBook::change(const std::function<Result<void>(Book& book)>& change) {
    const std::scoped_lock lock(mutex_);
    const File others(file_ + ".lock", O_RDWR | O_CREAT);
    if (!others.is_open()) return failure(file_ + ".lock", "cannot be opened");
    give_to_owner_of(folder_, others.number());
    if (::flock(others.number(), LOCK_EX) != 0) return failure(file_ + ".lock", "cannot be locked");
    const auto now = read_anew();
    if (!now) return std::unexpected(now.error());
    Book book = **now;
    if (auto done = change(book); !done) return done;
    return write(book);
}

Result<void> UserBook::write(const Book& book) {
    const std::string fresh = fmt::format("{}.new", file_);
    ::unlink(fresh.c_str());  // what a writer left who was cut off; the lock keeps others out
    const File file(fresh, O_WRONLY | O_CREAT | O_EXCL);
    if (!file.is_open()) return failure(file_, "cannot be written");
    give_to_owner_of(folder_, file.number());
    if (!write_all(file.number(), book_text(book)) || ::fsync(file.number()) != 0 ||
        ::rename(fresh.c_str(), file_.c_str()) != 0) {
        auto error = failure(file_, "cannot be written");
        ::unlink(fresh.c_str());
        return error;
    }
    book_ = nullptr;  // the next one to read sees what the disk has
    return {};
}

}  // namespace tidegate::console
