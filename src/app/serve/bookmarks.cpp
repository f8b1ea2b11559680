#include "app/serve/bookmarks.h"

#include <boost/json.hpp>
#include <utility>

namespace tidegate::app {

namespace json = boost::json;

std::string Bookmark::text() const {
    json::object all;
    for (const auto& [source, position] : positions) all.emplace(source, position);
    return json::serialize(all);
}

Bookmark Bookmark::parse(std::string_view text, std::uint64_t sequence) {
    Bookmark out{.positions = {}, .sequence = sequence};
    boost::system::error_code error;
    const json::value all = json::parse(text, error);
    if (error || !all.is_object()) return out;
    for (const auto& [source, position] : all.get_object())
        if (position.is_string()) out.positions.emplace(source, std::string_view(position.get_string()));
    return out;
}

Bookmarks::Bookmarks(Bookmark from, Duration longest_wait)
    : longest_wait_(longest_wait), latest_(from), waiting_(from), good_(std::move(from)) {}

void Bookmarks::read(const std::string& source, const std::string& position, Time now,
                     std::uint64_t sequence) {
    const std::scoped_lock lock(mutex_);
    latest_.positions[source] = position;
    latest_.sequence = sequence;
    is_newer_ = true;
    read_at_ = now;
}

void Bookmarks::tick(Time now, const std::function<bool()>& is_idle) {
    const std::scoped_lock lock(mutex_);
    if (!waits_ && !is_newer_) return;
    if (waits_ && now - waits_since_ > longest_wait_) {
        good_ = waiting_;
        waits_ = false;
        is_news_ = true;
    }
    // Asked under the lock: what is read from now on does not belong to `latest_` yet.
    if (is_idle()) {
        good_ = waiting_ = latest_;
        is_newer_ = waits_ = false;
        is_news_ = true;
    }
    if (waits_ || !is_newer_) return;
    waiting_ = latest_;
    waits_since_ = read_at_;
    is_newer_ = false;
    waits_ = true;
}

Bookmark Bookmarks::good() const {
    const std::scoped_lock lock(mutex_);
    return good_;
}

std::optional<Bookmark> Bookmarks::news() {
    const std::scoped_lock lock(mutex_);
    if (!std::exchange(is_news_, false)) return std::nullopt;
    return good_;
}

}  // namespace tidegate::app
