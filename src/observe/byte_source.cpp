#include "observe/byte_source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "observe/unpack.h"
#include "wire/log/parser.h"

namespace tidegate::observe {
namespace {

constexpr std::string_view journal_scheme = "journal:";

Error failed(const std::string& name, std::string what, std::string mend = {}) {
    return Error{shown_name(name), 0, std::move(what), std::move(mend)};
}

Error failed_with_errno(const std::string& name, std::string_view doing) {
    const int code = errno;
    std::string mend;
    if (code == EACCES) mend = "run it as a user who may read the file";
    if (code == EMFILE) mend = "too many logs overlap in time: raise `ulimit -n`";
    return failed(name, std::string(doing) + ": " + std::strerror(code), std::move(mend));
}

Error is_directory(const std::string& name) {
    return failed(name, "is a directory", "name the files in it: " + name + "/*");
}

/// A file as it was when it was opened: lines that others add meanwhile are left for the next time.
class FileBytes final : public ByteSource {
public:
    FileBytes(int descriptor, std::string name, std::optional<std::uint64_t> size)
        : descriptor_(descriptor), name_(std::move(name)), size_(size) {}
    ~FileBytes() override {
        if (descriptor_ != STDIN_FILENO) ::close(descriptor_);
    }
    FileBytes(const FileBytes&) = delete;
    FileBytes& operator=(const FileBytes&) = delete;

    Result<std::size_t> read(std::span<char> out) override {
        if (size_ && used_ >= *size_) return rest_of_line(out);
        if (size_) out = out.first(std::min<std::uint64_t>(out.size(), *size_ - used_));
        const auto got = read_some(out);
        if (got && *got == 0 && size_) return std::unexpected(shrank());
        return got;
    }
    bool would_wait() const override {
        if (size_) return false;
        pollfd asked{descriptor_, POLLIN, 0};
        return ::poll(&asked, 1, 0) == 0;
    }
    std::uint64_t used() const override { return used_; }

private:
    Result<std::size_t> read_some(std::span<char> out) {
        for (;;) {
            const ssize_t got = ::read(descriptor_, out.data(), out.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0 && errno == EAGAIN) {
                pollfd asked{descriptor_, POLLIN, 0};
                ::poll(&asked, 1, -1);
                continue;
            }
            if (got < 0 && errno == EISDIR) return std::unexpected(is_directory(name_));
            if (got < 0) return std::unexpected(failed_with_errno(name_, "cannot be read"));
            const auto size = static_cast<std::size_t>(got);
            if (size != 0) last_ = out[size - 1];
            used_ += size;
            return size;
        }
    }
    // Whoever writes the log may have been in the middle of a line when its size was taken.
    Result<std::size_t> rest_of_line(std::span<char> out) {
        if (last_ == '\n') return 0;
        const auto got = read_some(out.first(std::min<std::size_t>(out.size(), 4096)));
        if (!got || *got == 0) return got;
        const void* end = std::memchr(out.data(), '\n', *got);
        if (end == nullptr) return got;
        last_ = '\n';
        return static_cast<std::size_t>(static_cast<const char*>(end) - out.data()) + 1;
    }
    Error shrank() const {
        return failed(name_, "became shorter while it was read: " + std::to_string(used_) + " of " +
                                 std::to_string(size_.value_or(0)) + " bytes were there");
    }

    int descriptor_;
    std::string name_;
    std::optional<std::uint64_t> size_;
    std::uint64_t used_ = 0;
    char last_ = '\n';
};

/// Gives the first bytes away twice.
class Peeked final : public ByteSource {
public:
    explicit Peeked(std::unique_ptr<ByteSource> below) : below_(std::move(below)) {}

    /// As many of the first `size` bytes as there are. An error is given by the read() that comes to it.
    std::string_view peek(std::size_t size) {
        while (head_.size() < size && !ended_) {
            char block[4096];
            const auto got =
                below_->read(std::span(block).first(std::min(sizeof block, size - head_.size())));
            if (!got) error_ = got.error();
            ended_ = !got || *got == 0;
            if (got) head_.append(block, *got);
        }
        return head_;
    }
    Result<std::size_t> read(std::span<char> out) override {
        if (given_ < head_.size()) {
            const std::size_t size = head_.copy(out.data(), out.size(), given_);
            given_ += size;
            return size;
        }
        if (error_) return std::unexpected(*error_);
        if (ended_) return 0;
        return below_->read(out);
    }
    bool would_wait() const override { return given_ == head_.size() && !ended_ && below_->would_wait(); }
    std::uint64_t used() const override { return below_->used(); }

private:
    std::unique_ptr<ByteSource> below_;
    std::string head_;
    std::size_t given_ = 0;
    bool ended_ = false;
    std::optional<Error> error_;
};

Result<std::unique_ptr<ByteSource>> open_file(const std::string& name, std::optional<std::uint64_t> most) {
    const bool input = name == "-";
    const int descriptor = input ? STDIN_FILENO : ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor < 0) return std::unexpected(failed_with_errno(name, "cannot be opened"));
    struct stat found{};
    const bool known = ::fstat(descriptor, &found) == 0;
    std::optional<std::uint64_t> size;
    // Files of /proc and the like are regular and say 0.
    if (!input && known && S_ISREG(found.st_mode) && found.st_size > 0)
        size = std::min(static_cast<std::uint64_t>(found.st_size), most.value_or(UINT64_MAX));
    auto file = std::make_unique<FileBytes>(descriptor, name, size);
    if (known && S_ISDIR(found.st_mode)) return std::unexpected(is_directory(name));
    return file;
}

bool is_journal(const std::string& name) {
    return name.starts_with(journal_scheme);
}

Time now() {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

}  // namespace

std::string shown_name(const std::string& name) {
    return name == "-" ? "standard input" : name;
}

Result<FileFacts> facts_of(const std::string& name) {
    FileFacts facts{0, now(), false};
    if (name == "-" || is_journal(name)) return facts;
    struct stat found{};
    if (::stat(name.c_str(), &found) != 0)
        return std::unexpected(failed_with_errno(name, "cannot be opened"));
    if (S_ISDIR(found.st_mode)) return std::unexpected(is_directory(name));
    if (!S_ISREG(found.st_mode)) return facts;
    facts.size = static_cast<std::uint64_t>(found.st_size);
    facts.modified = time_of_unix(found.st_mtim.tv_sec, found.st_mtim.tv_nsec / 1000);
    facts.reopens = true;
    return facts;
}

Result<std::unique_ptr<ByteSource>> open_unpacked(const std::string& name,
                                                  std::optional<std::uint64_t> most) {
    if (is_journal(name)) return open_journal(name.substr(journal_scheme.size()));
    auto file = open_file(name, most);
    if (!file) return std::unexpected(file.error());
    auto raw = std::make_unique<Peeked>(std::move(*file));
    const std::string_view magic = raw->peek(4);
    using namespace std::string_view_literals;
    if (magic.starts_with("\x1f\x8b"sv)) return gunzip(std::move(raw), shown_name(name));
    if (magic == "\x28\xb5\x2f\xfd"sv) return unzstd(std::move(raw), shown_name(name));
    return raw;
}

Result<std::unique_ptr<ByteSource>> open_bytes(const std::string& name, std::optional<std::uint64_t> most) {
    auto unpacked = open_unpacked(name, most);
    if (!unpacked || is_journal(name)) return unpacked;
    auto text = std::make_unique<Peeked>(std::move(*unpacked));
    // The longest first field that an export can begin with is its cursor.
    if (wire::looks_like_journal_export(text->peek(512)))
        return journal_lines(std::move(text), shown_name(name));
    return text;
}

Result<std::string> read_all(const std::string& name, std::size_t limit) {
    auto source = open_unpacked(name);
    if (!source) return std::unexpected(source.error());
    std::string all;
    constexpr std::size_t step = std::size_t{1} << 20;
    for (;;) {
        const std::size_t have = all.size();
        all.resize(have + step);
        const auto got = (*source)->read(std::span(all).subspan(have));
        if (!got) return std::unexpected(got.error());
        all.resize(have + *got);
        if (*got == 0) return all;
        if (all.size() > limit)
            return std::unexpected(failed(name, "is larger than any such file should be"));
    }
}

}  // namespace tidegate::observe
