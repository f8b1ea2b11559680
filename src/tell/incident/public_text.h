#pragma once
// What people wrote, without the names of the accounts that an incident knows.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/incident.h"

namespace tidegate::tell {

/// Replaces account names by their pseudonyms, in texts that people wrote: they name accounts without
/// thinking of who will read it. Only names that the incident itself holds are known.
class PublicText {
public:
    /// With `names` texts stay as they are.
    PublicText(const Incident& incident, bool names);
    [[nodiscard]] std::string text(std::string_view text) const;

private:
    std::vector<std::pair<std::string, std::string>> names_;  // the longest first
};

}  // namespace tidegate::tell
