#include "tell/incident/public_text.h"

#include <algorithm>

namespace tidegate::tell {
namespace {

// Shorter ones are words of the language as often as names.
constexpr std::size_t shortest = 3;

}  // namespace

PublicText::PublicText(const Incident& incident, bool names) {
    if (names) return;
    const auto add = [this](const AccountName& account) {
        if (account.name.size() >= shortest) names_.emplace_back(account.name, account.pseudonym);
    };
    for (const IncidentTarget& target : incident.targets) add(target.account);
    for (const Entry& entry : incident.timeline) add(entry.account);
    std::ranges::sort(names_, [](const auto& a, const auto& b) {
        return a.first.size() != b.first.size() ? a.first.size() > b.first.size() : a < b;
    });
    const auto same = std::ranges::unique(names_);
    names_.erase(same.begin(), same.end());
}

std::string PublicText::text(std::string_view text) const {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto found = std::ranges::find_if(
            names_, [&](const auto& name) { return text.substr(i).starts_with(name.first); });
        if (found == names_.end()) {
            out += text[i++];
        } else {
            out += found->second;
            i += found->first.size();
        }
    }
    return out;
}

}  // namespace tidegate::tell
