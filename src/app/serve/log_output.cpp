#include "app/serve/log_output.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace tidegate::app {
namespace {

bool takes_more(int descriptor) {
    pollfd asked{.fd = descriptor, .events = POLLOUT, .revents = 0};
    while (::poll(&asked, 1, 0) < 0)
        if (errno != EINTR) return false;
    return (asked.revents & POLLOUT) != 0;
}

}  // namespace

bool LogOutput::put(std::string_view text) const {
    while (!text.empty()) {
        if (!takes_more(descriptor_)) return false;
        // A pipe or socket that takes anything takes so much without waiting.
        const ssize_t written =
            ::write(descriptor_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool LogOutput::write(std::string_view line) {
    const std::scoped_lock lock(mutex_);
    if (is_amid_line_ && !put("\n")) return false;
    is_amid_line_ = line.size() > PIPE_BUF;
    if (!put(line)) return false;
    is_amid_line_ = false;
    return true;
}

}  // namespace tidegate::app
