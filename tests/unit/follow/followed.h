#pragma once
// A file follower over real files, with a clock that stands still unless told.

#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "observe/follow/file_follower.h"
#include "temporary_folder.h"

namespace tidegate::observe {

inline void append(const std::string& path, std::string_view text) {
    const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    [[maybe_unused]] const auto written = ::write(file, text.data(), text.size());
    ::close(file);
}

class Followed {
public:
    explicit Followed(std::string path, FileStart start = {.from_end = false, .saved = {}})
        : follower(std::move(path), std::move(start), [this] { return now; }) {}

    /// All lines that are there.
    std::string read(std::size_t buffer_size = std::size_t{128} << 10) {
        std::vector<char> buffer(buffer_size);
        std::string all;
        follower.wake();
        for (;;) {
            const Lines lines = follower.next(buffer);
            if (lines.bytes == 0) return all;
            first_lines.push_back(lines.first_line);
            all.append(buffer.data(), lines.bytes);
        }
    }
    std::string error() {
        const auto error = follower.take_error();
        return error ? error->what : "";
    }

    Time now = time_of_unix(1'700'000'000);
    FileFollower follower;
    std::vector<std::uint64_t> first_lines;
};

inline FileStart saved(const std::string& position) {
    return {.from_end = true, .saved = FilePosition::parse(position)};
}

}  // namespace tidegate::observe
