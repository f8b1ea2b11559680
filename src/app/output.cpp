#include "app/output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tidegate::app {
namespace {

constexpr std::size_t large = std::size_t{256} << 10;

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

std::string reason() {
    return std::strerror(errno);
}

std::unexpected<Error> failure(const std::string& path) {
    return std::unexpected(Error{path, 0, "cannot be written: " + reason(), ""});
}

bool is_special(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

/// Closes what it opened.
class File {
public:
    File(const std::string& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~File() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
    [[nodiscard]] int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

}  // namespace

Output::Output(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}

Output::~Output() {
    (void)flush();
}

void Output::write(std::string_view text) {
    buffer_ += text;
    flush_if_large();
}

void Output::flush_if_large() {
    if (buffer_.size() >= large) (void)flush();
}

bool Output::flush() {
    if (!failed() && !write_all(descriptor_, buffer_)) error_ = name_ + ": " + reason();
    buffer_.clear();
    return !failed();
}

Result<void> write_file(const std::string& path, std::string_view bytes) {
    if (is_special(path)) {
        const File file(path, O_WRONLY);
        if (!file.is_open() || !write_all(file.descriptor(), bytes)) return failure(path);
        return {};
    }
    const std::string fresh = fmt::format("{}.new-{}", path, ::getpid());
    const File file(fresh, O_WRONLY | O_CREAT | O_EXCL);
    if (!file.is_open()) return failure(path);
    if (!write_all(file.descriptor(), bytes) || ::fsync(file.descriptor()) != 0 ||
        ::rename(fresh.c_str(), path.c_str()) != 0) {
        auto error = failure(path);
        ::unlink(fresh.c_str());
        return error;
    }
    return {};
}

Result<std::string> read_file(const std::string& path) {
    const File file(path, O_RDONLY);
    std::string bytes;
    std::array<char, 65536> block;
    while (file.is_open()) {
        const ssize_t got = ::read(file.descriptor(), block.data(), block.size());
        if (got == 0) return bytes;
        if (got < 0 && errno != EINTR) break;
        if (got > 0) bytes.append(block.data(), static_cast<std::size_t>(got));
    }
    return std::unexpected(Error{path, 0, "cannot be read: " + reason(), ""});
}

void say(std::string_view text) {
    // Nobody is left to be told if this fails.
    (void)write_all(STDERR_FILENO, fmt::format("tidegate: {}\n", text));
}

void say(const Error& error) {
    say(error.text());
}

}  // namespace tidegate::app
