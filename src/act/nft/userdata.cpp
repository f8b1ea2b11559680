#include "act/nft/userdata.h"

#include <algorithm>

namespace tidegate::act::nft {

// Type, length, value, a byte each for the first two. libnftnl's walk trusts the length of the last one;
// these bytes may be anybody's.
std::string text_in(std::span<const std::uint8_t> userdata, std::uint8_t type) {
    while (userdata.size() >= 2) {
        const std::size_t length = userdata[1];
        if (userdata.size() < 2 + length) break;
        const auto value = userdata.subspan(2, length);
        if (userdata[0] == type) return {value.begin(), std::ranges::find(value, std::uint8_t{0})};
        userdata = userdata.subspan(2 + length);
    }
    return {};
}

}  // namespace tidegate::act::nft
