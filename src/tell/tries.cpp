#include "tell/tries.h"

namespace tidegate::tell {

Tries::Seen Tries::see(std::uint64_t key, std::uint32_t now, std::uint8_t stopped, std::uint32_t grace) {
    Group& group = groups_.add(key, now);
    const bool from_a_wrong_clock = group.first > now + tries_window;
    if (group.first == 0 || group.dead(now) || from_a_wrong_clock) {
        group = {.key = key, .first = now, .note = 0, .stopped = stopped & 7U};
        return {&group, true, 0};
    }
    if (now > group.first + grace) return {&group, false, 0};
    const auto passed = static_cast<std::uint8_t>(group.stopped & ~stopped);
    group.stopped &= stopped & 7U;
    return {&group, false, passed};
}

}  // namespace tidegate::tell
