#include "drill/measures.h"

#include <algorithm>

namespace tidegate::drill {

const Measures::Item* Measures::find(std::string_view name) const {
    const auto found = std::ranges::find(items_, name, &Item::first);
    return found == items_.end() ? nullptr : &*found;
}

void Measures::set(std::string_view name, std::optional<double> value) {
    if (const Item* item = find(name))
        const_cast<Item*>(item)->second = value;
    else
        items_.emplace_back(name, value);
}

void Measures::set_ratio(std::string_view name, double part, double whole) {
    set(name, whole > 0 ? std::optional(part / whole) : std::nullopt);
}

std::optional<double> Measures::get(std::string_view name) const {
    const Item* item = find(name);
    return item == nullptr ? std::nullopt : item->second;
}

}  // namespace tidegate::drill
