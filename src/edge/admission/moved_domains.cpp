#include "edge/admission/moved_domains.h"

namespace tidegate::edge {

MovedDomains::MovedDomains(Map moved) : moved_(std::move(moved)) {
    for (const auto& [domain, listener] : moved_) reserved_.insert(listener);
}

MovedDomains::Rule MovedDomains::at(std::string_view listener, std::string_view domain) const {
    if (domain.empty()) return Rule::here;
    if (const auto moved = moved_.find(domain); moved != moved_.end())
        return moved->second == listener ? Rule::here : Rule::elsewhere;
    return reserved_.contains(listener) ? Rule::reserved : Rule::here;
}

void MovedDomainsNow::adopt(MovedDomains next) {
    const bool any = !next.empty();
    auto fresh = std::make_shared<const MovedDomains>(std::move(next));
    const std::scoped_lock lock(mutex_);
    std::swap(now_, fresh);  // the one before is destroyed without the lock
    any_.store(any, std::memory_order_release);
}

MovedDomains::Rule MovedDomainsNow::at(std::string_view listener, std::string_view domain) const {
    if (!any_.load(std::memory_order_acquire)) return MovedDomains::Rule::here;
    std::shared_ptr<const MovedDomains> now;
    {
        const std::scoped_lock lock(mutex_);
        now = now_;
    }
    return now->at(listener, domain);
}

}  // namespace tidegate::edge
