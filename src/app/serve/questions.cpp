#include "app/serve/questions.h"

#include "observe/same_attempt.h"

namespace tidegate::app {
namespace {

constexpr std::size_t most_questions = 65'536;
constexpr Duration longest_look_up = std::chrono::minutes(1);

}  // namespace

void Questions::Asked::tell(Event& event) const {
    if (guess) event.guess = guess;
    if (tag) event.tag = tag;
    if (!method.empty()) event.method = method;
    if (!client.empty()) event.client = client;
    if (!ehlo.empty()) event.ehlo = ehlo;
}

void Questions::note(const Event& event) {
    const std::uint64_t key = observe::tie_hash(event, observe::Tie::both);
    if (key == 0 || (!event.guess && !event.tag)) return;
    forget(event.time);
    asked_[key].push_back({event.time, event.guess, event.tag, std::string(event.method),
                           std::string(event.client), std::string(event.ehlo)});
    order_.emplace_back(key, event.time);
    ++count_;
}

std::optional<Questions::Asked> Questions::take(const Event& outcome) {
    forget(outcome.time);
    const auto found = asked_.find(observe::tie_hash(outcome, observe::Tie::both));
    if (found == asked_.end()) return {};
    Asked first = std::move(found->second.front());
    found->second.pop_front();
    if (found->second.empty()) asked_.erase(found);
    --count_;
    return first;
}

/// `order_` still names questions that were taken: what it leads to is then a younger one, or none.
void Questions::forget(Time now) {
    while (!order_.empty() &&
           (order_.front().second + longest_look_up < now || order_.size() >= most_questions)) {
        const auto [key, time] = order_.front();
        order_.pop_front();
        const auto found = asked_.find(key);
        if (found == asked_.end() || found->second.front().time > time) continue;
        found->second.pop_front();
        if (found->second.empty()) asked_.erase(found);
        --count_;
    }
}

}  // namespace tidegate::app
