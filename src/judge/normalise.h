#pragma once
// Account names as the judge compares them: what a user writes in several ways is one account.

#include <cstdint>
#include <string>
#include <string_view>

namespace tidegate::judge {

struct Policy;

/// Lower case (ASCII), surrounding space removed, +tag of the local part cut, default realm added, alias
/// resolved (once). Writes into `out`, which is reused. Thread: any.  Cost: linear; no allocation once `out`
/// has grown.
std::string_view normalise(std::string_view account, const Policy& policy, std::string& out);

/// The key of a normalised name; 0 only for an empty one.
[[nodiscard]] std::uint64_t account_key(std::string_view normalised);

}  // namespace tidegate::judge
