#pragma once
// From the books to the report.

#include <cstdint>
#include <functional>
#include <string>

#include "tell/ledger.h"
#include "tell/peers.h"
#include "tell/report.h"

namespace tidegate::tell {

/// Cost: linear in the books (milliseconds).
[[nodiscard]] Report assemble(const Ledger& ledger, const Peers& peers,
                              const std::function<std::string(std::uint32_t)>& as_name, ReadFacts read);

}  // namespace tidegate::tell
