#include "tell/alert/secret.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <system_error>

namespace tidegate::tell {

Result<std::string> read_secret(const std::string& path) {
    constexpr std::size_t most_bytes = 4096;
    const auto trouble = [&](std::string what, std::string mend) {
        return std::unexpected(Error{path, 0, std::move(what), std::move(mend)});
    };
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    std::string text(most_bytes + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!in.is_open() || in.bad())
        return trouble("cannot be read: " + std::generic_category().message(errno == 0 ? EIO : errno),
                       "it must be readable for the user that Tidegate runs as");
    text.resize(static_cast<std::size_t>(in.gcount()));
    text.resize(std::min(text.find('\n'), text.size()));
    if (text.ends_with('\r')) text.pop_back();
    if (text.empty()) return trouble("its first line is empty", "write the secret there");
    if (text.size() > most_bytes)
        return trouble("its first line is longer than 4 KiB", "is it the right file?");
    const auto controls = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (std::ranges::any_of(text, controls))
        return trouble("holds control characters", "is it the right file?");
    return text;
}

}  // namespace tidegate::tell
