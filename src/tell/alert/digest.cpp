#include "tell/alert/digest.h"

#include <algorithm>
#include <utility>

namespace tidegate::tell {

Severity heaviest(const Bulletin& bulletin) {
    Severity severity = Severity::notice;
    for (const Bulletin::Item& item : bulletin.items) severity = std::max(severity, item.alert.severity);
    return severity;
}

bool Digest::holds(const Bulletin& bulletin, Time now) const {
    if (heaviest(bulletin) == Severity::critical) return false;
    return rules_.every > Duration::zero() || (rules_.quiet && rules_.quiet->contain(now));
}

namespace {

// Of one severity in the order in which they came.
void heaviest_first(std::vector<Bulletin::Item>& items) {
    std::vector<Bulletin::Item> sorted;
    for (const Severity severity : {Severity::critical, Severity::warning, Severity::notice})
        for (Bulletin::Item& item : items)
            if (item.alert.severity == severity) sorted.push_back(std::move(item));
    items = std::move(sorted);
}

}  // namespace

// What began and ended while it waited is one line.
bool Digest::joins_its_beginning(const Bulletin::Item& item) {
    if (item.stage != Stage::over) return false;
    const auto begun = std::ranges::find_if(waiting_.bulletin.items, [&](const Bulletin::Item& each) {
        return each.stage == Stage::raised && each.alert.kind == item.alert.kind &&
               each.alert.about == item.alert.about;
    });
    if (begun == waiting_.bulletin.items.end()) return false;
    begun->alert.over = true;
    return true;
}

void Digest::take(const Bulletin& bulletin, const std::string& id, const std::string& code, Time now) {
    auto& [kind, items, count] = waiting_.bulletin;
    if (bulletins_ == 0 || now < first_) first_ = now;
    kind = bulletins_++ == 0 ? bulletin.kind : AlertKind::digest;
    waiting_.id = id;
    waiting_.code = code;
    count += bulletin.count;
    for (const Bulletin::Item& item : bulletin.items)
        if (joins_its_beginning(item))
            --count;
        else
            items.push_back(item);
    heaviest_first(items);
    if (items.size() > Bulletin::most_listed) items.resize(Bulletin::most_listed);
}

bool Digest::is_due(Time now) const {
    if (bulletins_ == 0 || (rules_.quiet && rules_.quiet->contain(now))) return false;
    return now < first_ || now >= first_ + rules_.every;
}

std::optional<Digested> Digest::collect() {
    if (bulletins_ == 0) return std::nullopt;
    if (std::exchange(bulletins_, 0) > 1) waiting_.id = waiting_.code = {};
    return std::exchange(waiting_, {});
}

}  // namespace tidegate::tell
