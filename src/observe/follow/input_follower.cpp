#include "observe/follow/input_follower.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "wire/log/parser.h"

namespace tidegate::observe {

Lines InputFollower::next(std::span<char> buffer) {
    CHECK(buffer.size() > wire::max_line_bytes + 2 && buffer.size() > part_.size());
    std::size_t have = part_.copy(buffer.data(), part_.size());
    part_.clear();
    while (!ended_) {
        pollfd asked{descriptor_, POLLIN, 0};
        if (::poll(&asked, 1, 0) <= 0) break;
        const ssize_t got = ::read(descriptor_, buffer.data() + have, buffer.size() - have);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) break;
        if (got < 0) untold_ = Error{name_, 0, std::string("cannot be read: ") + ::strerror(errno), {}};
        ended_ = got <= 0;
        if (got > 0) have += static_cast<std::size_t>(got);
        if (const Lines lines = give(buffer, have); lines.bytes != 0) return lines;
        have = part_.copy(buffer.data(), part_.size());
        part_.clear();
    }
    part_.assign(buffer.data(), have);
    return {};
}

Lines InputFollower::give(std::span<char> buffer, std::size_t have) {
    if (in_line_) {
        const auto begin = buffer.begin();
        const auto end = begin + static_cast<std::ptrdiff_t>(have);
        const auto newline = std::find(begin, end, '\n');
        in_line_ = newline == end;
        have = in_line_ ? 0 : static_cast<std::size_t>(end - newline) - 1;
        if (!in_line_) std::copy(newline + 1, end, begin);
    }
    const void* last = ::memrchr(buffer.data(), '\n', have);
    std::size_t whole = 0;
    if (last != nullptr) whole = static_cast<std::size_t>(static_cast<const char*>(last) - buffer.data()) + 1;
    part_.assign(buffer.data() + whole, have - whole);
    if (whole == 0 && have > wire::max_line_bytes + 1) {
        // The rest of this line is skipped; its beginning tells the parser that it was too long.
        in_line_ = true;
        part_.clear();
        buffer[wire::max_line_bytes + 1] = '\n';
        whole = wire::max_line_bytes + 2;
    }
    if (whole == 0) return {};
    const std::uint64_t count = count_lines(buffer.first(whole));
    const Lines lines{whole, lines_ + 1, count};
    lines_ += count;
    return lines;
}

}  // namespace tidegate::observe
