#include "app/serve/edge_room.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdint>

namespace tidegate::app {
namespace {

// The kernel's own limit for us is what the service manager allows. Returns how many there are.
std::size_t allow_descriptors() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
    limit.rlim_cur = limit.rlim_max;
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
    return static_cast<std::size_t>(std::min<rlim_t>(limit.rlim_cur, 1U << 30U));
}

}  // namespace

// A session has two sockets; logs, doors and the journal need some too.
std::size_t room_for_sessions() {
    constexpr std::size_t ours = 256;
    const std::size_t descriptors = allow_descriptors();
    return descriptors > 2 * ours ? (descriptors - ours) / 2 : std::max<std::size_t>(descriptors / 4, 1);
}

Result<std::vector<edge::ListenerPlaces>> shares_of(const config::Settings& settings, std::size_t most) {
    const std::size_t least = (most + 9) / 10;
    std::vector<edge::ListenerPlaces> out;
    std::size_t left = most;
    for (const config::Entrance& each : settings.entrances) {
        const std::size_t own = each.own_sessions;
        if (own > 0 && own + least > left)
            return std::unexpected(Error{
                "", each.line,
                fmt::format("{} sessions of its own for '{}' leave {} of {} for all others, less than a "
                            "tenth",
                            own, each.called(), left - std::min(left, own), most),
                "give it fewer sessions, or the daemon more descriptors (LimitNOFILE)"});
        left -= own;
        out.push_back({std::string(each.called()), own});
    }
    return out;
}

}  // namespace tidegate::app
