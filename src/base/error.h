#pragma once
// Expected errors: bad input, a missing file, a full disk. They say where, what and how to mend it.

#include <cstdint>
#include <expected>
#include <string>

namespace tidegate {

/// One thing that went wrong with what we were given.
struct Error {
    std::string file;        // empty where there is none
    std::uint64_t line = 0;  // from 1; 0 where there is none
    std::string what;        // "unknown setting 'treshold'"
    std::string mend;        // "did you mean 'threshold'?"; empty where there is nothing to say

    /// "FILE:LINE: WHAT (MEND)", each part only where there is one.
    [[nodiscard]] std::string text() const;
};

template <class T>
using Result = std::expected<T, Error>;

}  // namespace tidegate
