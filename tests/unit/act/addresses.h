#pragma once
// Addresses and networks as tests write them.

#include <string>
#include <string_view>
#include <vector>

#include "act/ranges.h"
#include "base/address.h"
#include "base/check.h"

namespace tidegate::act {

inline Address address(std::string_view text) {
    const auto out = Address::parse(text);
    CHECK(out.has_value());
    return *out;
}

inline Prefix prefix(std::string_view text) {
    const auto out = Prefix::parse(text);
    CHECK(out.has_value());
    return *out;
}

inline std::vector<Prefix> prefixes(const std::vector<std::string>& texts) {
    std::vector<Prefix> out;
    out.reserve(texts.size());
    for (const std::string& text : texts) out.push_back(prefix(text));
    return out;
}

inline Ranges ranges(const std::vector<std::string>& texts) {
    return Ranges(prefixes(texts));
}

}  // namespace tidegate::act
