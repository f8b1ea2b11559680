#pragma once
// What alerts remember over a restart, so that nothing is told twice and nobody is forgotten.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "tell/alert/paging.h"

namespace tidegate::tell {

struct AlertMemory {
    struct Told {
        Alert alert{};
        Time told{};
        unsigned tellings = 1;
        bool open = true;
    };
    std::vector<Page> pages;
    std::vector<Told> told;
    std::map<std::string, Time> checked;  // ways, when a test went by them last
};

/// A JSON object.
[[nodiscard]] std::string memory_text(const AlertMemory& memory);
/// Reads memory_text().  Fails: anything else; nothing of it is taken then.  Cost: linear.
[[nodiscard]] Result<AlertMemory> read_memory(std::string_view text);

}  // namespace tidegate::tell
