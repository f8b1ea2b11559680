#pragma once
// Alerts to raise, a clock that stands still, and a route that does as it is told.

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tell/alert/alerts.h"
#include "tell/alert/gathering.h"
#include "tell/alert/route.h"
#include "wire_client.h"

namespace tidegate::tell {

using namespace std::chrono_literals;
using net::eventually;

inline constexpr Time noon = time_of_unix(1'733'918'400);  // 2024-12-11

inline bool never() {
    return false;
}

inline Alert takeover(const std::string& account) {
    return {.kind = AlertKind::takeover,
            .severity = Severity::critical,
            .about = account,
            .account = account,
            .subject = "suspected takeover of {account}",
            .text = "A right password of {account} came from 192.0.2.7, where it never came from before.",
            .todo = "tidegate why {account}",
            .since = noon};
}

inline Alert anomaly(const std::string& series, bool over = false) {
    return {.kind = AlertKind::anomaly,
            .severity = Severity::warning,
            .about = series,
            .subject = "more " + series + " than normal",
            .text = "812 instead of 41",
            .todo = "tidegate top",
            .since = noon,
            .over = over};
}

/// Moves only by hand.
class Ticks {
public:
    Moment now() const { return Moment(std::chrono::nanoseconds(now_.load())); }
    void advance(std::chrono::nanoseconds by) { now_ += by.count(); }

private:
    std::atomic<std::int64_t> now_ = std::chrono::nanoseconds(std::chrono::hours(1000)).count();
};

/// What a ToldRoute was given, and what it is to answer: outlives it.
class Recipient {
public:
    void answer(Sent sent) {
        const std::unique_lock lock(mutex_);
        answer_ = std::move(sent);
    }
    Sent take(const Message& message) {
        const std::unique_lock lock(mutex_);
        messages_.push_back(message);
        return answer_;
    }
    std::vector<Message> messages() const {
        const std::unique_lock lock(mutex_);
        return messages_;
    }
    std::size_t count() const { return messages().size(); }
    /// send() waits meanwhile, until it is given up.
    std::atomic<bool> hangs = false;

private:
    mutable std::mutex mutex_;
    std::vector<Message> messages_;
    Sent answer_{.arrived = true, .said = "thanks"};
};

class ToldRoute final : public Route {
public:
    ToldRoute(Recipient& recipient, std::string name) : recipient_(recipient), name_(std::move(name)) {}
    const std::string& name() const override { return name_; }
    Sent send(const Message& message, const GivenUp& given_up) override {
        while (recipient_.hangs && !given_up()) std::this_thread::yield();
        return recipient_.take(message);
    }

private:
    Recipient& recipient_;
    std::string name_;
};

inline std::vector<RoutePlan> plans_for(Recipient& recipient, unsigned most_an_hour = 20,
                                        std::string name = "told") {
    std::vector<RoutePlan> plans(1);
    plans[0].route = std::make_unique<ToldRoute>(recipient, std::move(name));
    plans[0].most_an_hour = most_an_hour;
    return plans;
}

}  // namespace tidegate::tell
