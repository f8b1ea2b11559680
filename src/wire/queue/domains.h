#pragma once
// The domains of a message's recipients. For the parsers of this folder alone.

#include <string>
#include <string_view>
#include <vector>

namespace tidegate::wire {

/// Adds the domain of an address, if it has one and it is not there yet.
void add_domain_of(std::string_view address, std::vector<std::string>& to);

}  // namespace tidegate::wire
