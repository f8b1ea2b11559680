#pragma once
// A certificate for an edge that lives as long as a drill.

#include <string>

#include "base/error.h"

namespace tidegate::rehearse {

/// PEM.
struct SelfSigned {
    std::string certificate, key;
};
/// Signed by itself, valid for a day; ECDSA with P-256.  Fails: OpenSSL says why.
[[nodiscard]] Result<SelfSigned> self_signed(const std::string& host);

}  // namespace tidegate::rehearse
