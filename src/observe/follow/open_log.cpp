#include "observe/follow/open_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "wire/log/parser.h"

namespace tidegate::observe {
namespace {

/// As much as there is, up to the size of `out`; -1: errno.
ssize_t read_at(int descriptor, std::span<char> out, std::uint64_t offset) {
    std::size_t have = 0;
    while (have < out.size()) {
        const ssize_t got =
            ::pread(descriptor, out.data() + have, out.size() - have, static_cast<off_t>(offset + have));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && have == 0) return -1;
        if (got <= 0) break;
        have += static_cast<std::size_t>(got);
    }
    return static_cast<ssize_t>(have);
}

}  // namespace

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

Error why_not_opened(const std::string& name, int code) {
    if (code == EISDIR) return Error{name, 0, "is a directory", "name a file in it"};
    if (code == EINVAL) return Error{name, 0, "is no regular file", {}};
    std::string mend;
    if (code == EACCES) mend = "let the user of the daemon read it, for example by the group adm";
    if (code == EMFILE) mend = "raise LimitNOFILE";
    return Error{name, 0, std::string("cannot be opened: ") + ::strerror(code), std::move(mend)};
}

std::expected<OpenLog, int> OpenLog::open(const std::string& name) {
    // A FIFO must not stop us, nor a terminal become ours.
    Descriptor descriptor(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!descriptor.is_open()) return std::unexpected(errno);
    struct stat facts{};
    if (::fstat(descriptor.number(), &facts) != 0) return std::unexpected(errno);
    if (S_ISDIR(facts.st_mode)) return std::unexpected(EISDIR);
    if (!S_ISREG(facts.st_mode)) return std::unexpected(EINVAL);
    OpenLog log(std::move(descriptor), facts);
    log.head_ = log.read_head().value_or("");
    return log;
}

std::optional<std::string> OpenLog::read_head() const {
    std::string head(most_head_bytes, '\0');
    const ssize_t got = read_at(descriptor_.number(), head, 0);
    if (got < 0) return {};
    head.resize(static_cast<std::size_t>(got));
    return head;
}

/// Asked after reading: what was cut off and has grown again could look as if it went on.
OpenLog::Got OpenLog::check_content() {
    auto now = read_head();
    if (!now) {
        errno_ = errno;
        return Got::failed;
    }
    if (!now->starts_with(head_)) return Got::shrank;
    if (now->size() > head_.size()) head_ = std::move(*now);
    look();
    return static_cast<std::uint64_t>(facts_.st_size) < read_to_ ? Got::shrank : Got::lines;
}

OpenLog::Got OpenLog::next(std::span<char> buffer, Lines& lines) {
    CHECK(buffer.size() > wire::max_line_bytes + 2 && buffer.size() > part_.size());
    for (;;) {
        const std::size_t before = part_.copy(buffer.data(), part_.size());
        const ssize_t got = read_at(descriptor_.number(), buffer.subspan(before), read_to_);
        if (got < 0) {
            errno_ = errno;
            return Got::failed;
        }
        if (const Got content = check_content(); content != Got::lines) return content;
        read_to_ += static_cast<std::uint64_t>(got);
        part_.clear();
        const std::size_t have = skip_front(buffer, before + static_cast<std::size_t>(got));
        const std::size_t size = whole_lines(buffer, have);
        if (size != 0) {
            const std::uint64_t count = count_lines(buffer.first(size));
            lines = Lines{size, lines_known_ ? lines_ + 1 : 0, count};
            lines_ += count;
            return Got::lines;
        }
        if (got == 0) return Got::nothing;
    }
}

/// Takes away what does not belong to a line that is given out; returns what is left.
std::size_t OpenLog::skip_front(std::span<char> buffer, std::size_t have) {
    const auto end = buffer.begin() + static_cast<std::ptrdiff_t>(have);
    auto begin = buffer.begin();
    if (in_line_) {
        begin = std::find(begin, end, '\n');
        if (begin == end) return 0;
        in_line_ = false;
        ++begin;
    }
    begin = std::find_if(begin, end, [](char c) { return c != '\0'; });
    if (begin != buffer.begin()) std::copy(begin, end, buffer.begin());
    return static_cast<std::size_t>(end - begin);
}

std::size_t OpenLog::whole_lines(std::span<char> buffer, std::size_t have) {
    const void* last = ::memrchr(buffer.data(), '\n', have);
    if (last != nullptr) {
        const auto whole = static_cast<std::size_t>(static_cast<const char*>(last) - buffer.data()) + 1;
        part_.assign(buffer.data() + whole, have - whole);
        return whole;
    }
    if (have <= wire::max_line_bytes + 1) {
        part_.assign(buffer.data(), have);
        return 0;
    }
    // The rest of this line is skipped; its beginning tells the parser that it was too long.
    in_line_ = true;
    ++cut_lines_;
    buffer[wire::max_line_bytes + 1] = '\n';
    return wire::max_line_bytes + 2;
}

void OpenLog::restart() {
    read_to_ = 0;
    lines_ = 0;
    lines_known_ = true;
    in_line_ = false;
    part_.clear();
    look();
    head_ = read_head().value_or("");
}

void OpenLog::skip_to_end() {
    look();
    read_to_ = static_cast<std::uint64_t>(std::max<off_t>(facts_.st_size, 0));
    lines_known_ = read_to_ == 0;
    char last = '\n';
    if (read_to_ != 0 && read_at(descriptor_.number(), {&last, 1}, read_to_ - 1) == 1)
        in_line_ = last != '\n';
}

void OpenLog::go_on_at(const FilePlace& place) {
    read_to_ = place.offset;
    lines_ = place.lines;
    lines_known_ = place.lines_known;
    in_line_ = place.in_line;
    part_.clear();
}

bool OpenLog::has_head_of(const FilePlace& place) const {
    if (static_cast<std::uint64_t>(facts_.st_size) < place.offset || head_.size() < place.head_bytes)
        return false;
    return head_hash(std::string_view(head_).substr(0, place.head_bytes)) == place.head_hash;
}

bool OpenLog::begins_like(const OpenLog& other) const {
    return !other.head_.empty() && head_.starts_with(other.head_);
}

FilePlace OpenLog::place() const {
    FilePlace place;
    place.device = facts_.st_dev;
    place.inode = facts_.st_ino;
    place.offset = read_to_ - part_.size();
    place.lines = lines_known_ ? lines_ : 0;
    place.head_bytes = static_cast<std::uint32_t>(head_.size());
    place.head_hash = head_hash(head_);
    place.lines_known = lines_known_;
    place.in_line = in_line_;
    return place;
}

void OpenLog::look() {
    struct stat now{};
    if (::fstat(descriptor_.number(), &now) == 0) facts_ = now;
}

std::uint64_t OpenLog::bytes_behind() const {
    const auto size = static_cast<std::uint64_t>(std::max<off_t>(facts_.st_size, 0));
    const std::uint64_t given = read_to_ - part_.size();
    return size > given ? size - given : 0;
}

}  // namespace tidegate::observe
