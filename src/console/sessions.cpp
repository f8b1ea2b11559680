#include "console/sessions.h"

#include <algorithm>
#include <utility>

namespace tidegate::console {

void Sessions::adopt(SessionRules rules) {
    const std::scoped_lock lock(mutex_);
    rules_ = rules;
}

bool Sessions::is_over(const Session& session, Moment now) const {
    return now >= session.opened + rules_.longest || now >= session.seen + rules_.idle;
}

void Sessions::make_room(const std::string& user, Moment now) {
    std::erase_if(sessions_, [&](const auto& each) { return is_over(each.second, now); });
    const auto drop_oldest = [&](const auto& is_meant) {
        auto oldest = sessions_.end();
        for (auto each = sessions_.begin(); each != sessions_.end(); ++each)
            if (is_meant(each->second) &&
                (oldest == sessions_.end() || each->second.seen < oldest->second.seen))
                oldest = each;
        if (oldest != sessions_.end()) sessions_.erase(oldest);
    };
    const auto is_his = [&](const Session& each) { return each.user == user; };
    const auto of_him =
        std::ranges::count_if(sessions_, [&](const auto& each) { return is_his(each.second); });
    if (static_cast<std::size_t>(of_him) >= most_of_one) drop_oldest(is_his);
    if (sessions_.size() >= most) drop_oldest([](const Session&) { return true; });
}

Sessions::Opened Sessions::open(std::string user, const Digest& stamp, Moment now) {
    Opened out{.word = random_word(), .csrf = random_word(), .lasts = {}};
    const std::scoped_lock lock(mutex_);
    make_room(user, now);
    out.lasts = rules_.longest;
    sessions_.insert_or_assign(
        digest_of(out.word),
        Session{.user = std::move(user), .stamp = stamp, .csrf = out.csrf, .opened = now, .seen = now});
    return out;
}

std::optional<Session> Sessions::use(std::string_view word, Moment now) {
    const Digest digest = digest_of(word);
    const std::scoped_lock lock(mutex_);
    const auto found = sessions_.find(digest);
    if (found == sessions_.end()) return std::nullopt;
    if (is_over(found->second, now)) {
        sessions_.erase(found);
        return std::nullopt;
    }
    found->second.seen = now;
    return found->second;
}

bool Sessions::holds(const Digest& word, Moment now) const {
    const std::scoped_lock lock(mutex_);
    const auto found = sessions_.find(word);
    return found != sessions_.end() && !is_over(found->second, now);
}

void Sessions::end(std::string_view word) {
    const Digest digest = digest_of(word);
    const std::scoped_lock lock(mutex_);
    sessions_.erase(digest);
}

std::chrono::seconds Sessions::rest(const Session& session, Moment now) const {
    const std::scoped_lock lock(mutex_);
    return std::chrono::duration_cast<std::chrono::seconds>(session.opened + rules_.longest - now);
}

std::size_t Sessions::count() const {
    const std::scoped_lock lock(mutex_);
    return sessions_.size();
}

}  // namespace tidegate::console
