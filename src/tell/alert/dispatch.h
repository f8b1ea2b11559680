#pragma once
// A bulletin on its way by all routes.

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tell/alert/gathering.h"

namespace tidegate::tell {

/// 32 hexadecimal digits by chance.
[[nodiscard]] std::string new_alert_id();

/// What is sent stays as it is once couriers have it. Thread: any.
class Dispatch {
public:
    Dispatch(Bulletin what, std::string name, std::string acknowledged_by, std::string why, Time made)
        : bulletin(std::move(what)),
          id(std::move(name)),
          code(std::move(acknowledged_by)),
          note(std::move(why)),
          time(made) {}

    const Bulletin bulletin;
    const std::string id, code, note;
    const Time time{};
    std::atomic<unsigned> on_the_way = 0;  // routes that may still deliver it
    std::atomic<bool> heard = false;       // by one of them, or held back on purpose

    /// Counts the way among those that may deliver it. False: it has it already.
    [[nodiscard]] bool give_to(const std::string& way) {
        const std::scoped_lock lock(mutex_);
        if (std::ranges::find(ways_, way) != ways_.end()) return false;
        ways_.push_back(way);
        ++on_the_way;
        return true;
    }

private:
    std::mutex mutex_;
    std::vector<std::string> ways_;
};

}  // namespace tidegate::tell
