#include "console/guess_bound.h"

#include <algorithm>

#include "console/book.h"

namespace tidegate::console {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t longest_name = 64;

std::string network_key(const Address& address) {
    return network_of(address).text();
}

std::string name_key(std::string_view name) {
    return '@' + std::string(name.substr(0, longest_name));
}

}  // namespace

std::optional<std::chrono::seconds> GuessBound::take(const Address& address, std::string_view name,
                                                     bool is_known_place, Moment now) {
    const std::string network = network_key(address), user = name_key(name);
    const std::scoped_lock lock(mutex_);
    make_room(now);
    const auto of_network = wait_of(network, now);
    const auto of_name = is_known_place ? std::nullopt : wait_of(user, now);
    if (of_network || of_name) return std::max(of_network.value_or(0s), of_name.value_or(0s));
    tries_[network].push_back(now);
    if (!is_known_place) tries_[user].push_back(now);
    return std::nullopt;
}

void GuessBound::give_back(const Address& address, std::string_view name) {
    const std::scoped_lock lock(mutex_);
    for (const std::string& key : {network_key(address), name_key(name)}) {
        const auto found = tries_.find(key);
        if (found == tries_.end()) continue;
        if (!found->second.empty()) found->second.pop_back();
        if (found->second.empty()) tries_.erase(found);
    }
}

std::optional<std::chrono::seconds> GuessBound::wait_of(const std::string& key, Moment now) {
    const auto found = tries_.find(key);
    if (found == tries_.end()) return tries_.size() < most_kept ? std::nullopt : std::optional(60s);
    Tries& tries = found->second;
    while (!tries.empty() && now >= tries.front() + window) tries.pop_front();
    if (tries.size() < most_tries) return std::nullopt;
    return std::chrono::ceil<std::chrono::seconds>(tries.front() + window - now);
}

// Not more often than once a minute: looking at all of them must not become the flood's work.
void GuessBound::make_room(Moment now) {
    if (tries_.size() < most_kept || now < swept_ + 1min) return;
    swept_ = now;
    std::erase_if(
        tries_, [&](const auto& each) { return each.second.empty() || now >= each.second.back() + window; });
}

}  // namespace tidegate::console
