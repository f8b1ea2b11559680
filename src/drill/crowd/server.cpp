#include "drill/crowd/server.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace tidegate::drill {

double Server::speed() const {
    const auto many = static_cast<double>(std::max<std::size_t>(jobs_.size(), 1));
    const double alone = 1000 / rules_.latency_ms, crowd = many / rules_.at_once;
    return std::min(alone, rules_.logins_per_second / many) / (1 + crowd * crowd);
}

void Server::advance(Moment now) {
    if (now <= at_) return;
    if (!jobs_.empty()) work_ += speed() * static_cast<double>(now - at_) / static_cast<double>(a_second);
    at_ = now;
}

void Server::enter(Moment now, std::uint32_t job) {
    CHECK(!dead_);
    advance(now);
    jobs_.push_back({work_ + dice_.between(0.5, 1.5), job});
    std::ranges::push_heap(jobs_, later);
    most_ = std::max(most_, under_way());
    ++mark_;
}

Moment Server::next() const {
    if (jobs_.empty()) return never;
    const double seconds = std::max(0.0, jobs_.front().until - work_) / speed();
    // A moment later than exactly then, lest rounding has it be not quite done.
    return at_ + moment(seconds) + 1;
}

void Server::take(Moment now, std::vector<std::uint32_t>& done) {
    while (!jobs_.empty() && next() <= now) {
        advance(next());
        std::ranges::pop_heap(jobs_, later);
        done.push_back(jobs_.back().who);
        jobs_.pop_back();
        ++mark_;
    }
    advance(now);
}

void Server::die(Moment now, std::vector<std::uint32_t>& lost) {
    advance(now);
    for (const Job& job : jobs_) lost.push_back(job.who);
    jobs_.clear();
    dead_ = true;
    ++mark_;
}

void Server::restore(Moment now) {
    advance(now);
    dead_ = false;
    ++mark_;
}

}  // namespace tidegate::drill
