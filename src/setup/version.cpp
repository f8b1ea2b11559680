#include "setup/version.h"

#include <charconv>

namespace tidegate::setup {

Version Version::parse(std::string_view text) {
    Version version;
    const char* at = text.data();
    const char* const end = at + text.size();
    for (unsigned* part : {&version.major, &version.minor, &version.patch}) {
        const auto [behind, trouble] = std::from_chars(at, end, *part);
        if (trouble != std::errc{}) break;
        at = behind;
        if (at == end || *at != '.') break;
        ++at;
    }
    return version;
}

std::string Version::text() const {
    return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
}

}  // namespace tidegate::setup
