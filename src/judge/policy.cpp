#include "judge/policy.h"

#include <algorithm>

#include "judge/normalise.h"

namespace tidegate::judge {

bool Policy::is_forwarder(Address address) const {
    return std::ranges::any_of(forwarders, [&](const Prefix& each) { return each.contains(address); });
}

void Policy::seal() {
    std::unordered_map<std::string, std::string> sealed;
    std::string name;
    const auto given = std::move(aliases);
    aliases.clear();
    for (const auto& [from, to] : given) {
        std::string key(normalise(from, *this, name));
        sealed.emplace(std::move(key), normalise(to, *this, name));
    }
    aliases = std::move(sealed);
    for (Exception& exception : exceptions)
        if (!exception.account.empty())
            exception.account = std::string(normalise(exception.account, *this, name));
}

}  // namespace tidegate::judge
