#pragma once
// Descriptors of this process, counted and taken away.

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <string>
#include <vector>

#include "base/check.h"
#include "net/descriptor.h"

namespace tidegate::edge {

/// That are open now.
inline std::size_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// While it lives nobody in this process gets another one (EMFILE); those that are open go on.
///
/// UndefinedBehaviorSanitizer asks the kernel by a pipe about a type that it meets for the first time: what
/// is called then by a virtual function, in any thread, must have been called before.
class NoDescriptors {
public:
    NoDescriptors() {
        CHECK(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        // Those below the highest are used up; the limit is just above it, for poll(2) looks at it, too.
        fillers_.emplace_back(::dup(0));
        int most = 0;
        for (const auto& each : std::filesystem::directory_iterator("/proc/self/fd"))
            most = std::max(most, std::stoi(each.path().filename()));
        while (fillers_.back().number() < most) {
            fillers_.emplace_back(::dup(0));
            CHECK(fillers_.back());
        }
        most = std::max(most, fillers_.back().number());
        const rlimit none{.rlim_cur = static_cast<rlim_t>(most) + 1, .rlim_max = before_.rlim_max};
        CHECK(::setrlimit(RLIMIT_NOFILE, &none) == 0);
        CHECK(::dup(0) < 0);
    }
    ~NoDescriptors() { CHECK(::setrlimit(RLIMIT_NOFILE, &before_) == 0); }
    NoDescriptors(const NoDescriptors&) = delete;
    NoDescriptors& operator=(const NoDescriptors&) = delete;

private:
    rlimit before_{};
    std::vector<net::Descriptor> fillers_;
};

}  // namespace tidegate::edge
