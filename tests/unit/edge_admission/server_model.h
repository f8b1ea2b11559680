#pragma once
// A server that can do so much at once, and lets the rest wait in a queue of its own, which nobody sees.

#include <algorithm>
#include <deque>
#include <limits>
#include <optional>
#include <queue>
#include <vector>

#include "moments.h"

namespace tidegate::edge {

/// `workers` serve one after the other, each for a time of its own chance: M/M/c where it is exponential.
template <class What>
class ServerModel {
public:
    struct Done {
        double when = 0, since = 0;
        What what{};
        friend bool operator<(const Done& a, const Done& b) { return a.when > b.when; }
    };

    ServerModel(unsigned workers, double mean, bool exponential, std::uint64_t seed)
        : workers_(workers), mean_(mean), exponential_(exponential), chance_(seed) {}

    void become(unsigned workers, double mean) {
        workers_ = workers;
        mean_ = mean;
    }
    [[nodiscard]] double capacity() const { return workers_ / mean_; }
    [[nodiscard]] std::size_t held() const { return waiting_.size() + busy_.size(); }
    [[nodiscard]] double mean() const { return mean_; }
    [[nodiscard]] unsigned workers() const { return workers_; }

    void take(double now, const What& what) {
        waiting_.push_back({now, now, what});
        begin(now);
    }
    [[nodiscard]] double next() const {
        return busy_.empty() ? std::numeric_limits<double>::infinity() : busy_.top().when;
    }
    Done finish() {
        const Done done = busy_.top();
        busy_.pop();
        begin(done.when);
        return done;
    }

private:
    void begin(double now) {
        while (busy_.size() < workers_ && !waiting_.empty()) {
            Done done = waiting_.front();
            waiting_.pop_front();
            done.when = now + (exponential_ ? chance_.exponential(mean_) : chance_.steadier(mean_));
            busy_.push(done);
        }
    }

    unsigned workers_;
    double mean_;
    bool exponential_;
    Chance chance_;
    std::deque<Done> waiting_;
    std::priority_queue<Done> busy_;
};

}  // namespace tidegate::edge
