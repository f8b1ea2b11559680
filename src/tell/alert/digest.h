#pragma once
// What can wait, gathered for one way into one message.

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "tell/alert/gathering.h"
#include "tell/alert/quiet_hours.h"

namespace tidegate::tell {

/// When a way gets less than critical alerts.
struct DigestRules {
    Duration every{};                   // so long after the first that waits; zero: at once
    std::optional<QuietHours> quiet{};  // in which it waits on
};

/// A message's worth of what waited.
struct Digested {
    Bulletin bulletin{};
    std::string id{}, code{};  // of the bulletin, where it is one
};

/// Deterministic.  Thread: one at a time.  Cost: memory is bounded: of what waits the first
/// Bulletin::most_listed things are kept, the heaviest; the rest is counted.  Fails: never.
class Digest {
public:
    explicit Digest(DigestRules rules) : rules_(std::move(rules)) {}

    /// Whether this would wait.
    [[nodiscard]] bool holds(const Bulletin& bulletin, Time now) const;
    void take(const Bulletin& bulletin, const std::string& id, const std::string& code, Time now);
    [[nodiscard]] bool is_due(Time now) const;
    /// What waits, which then does no longer. Nothing: nothing does.
    [[nodiscard]] std::optional<Digested> collect();
    [[nodiscard]] std::uint64_t waiting() const { return waiting_.bulletin.count; }

private:
    [[nodiscard]] bool joins_its_beginning(const Bulletin::Item& item);

    DigestRules rules_;
    Digested waiting_;
    unsigned bulletins_ = 0;
    Time first_{};
};

/// The severest of its things, also of those that are over: an end goes where the beginning went.
[[nodiscard]] Severity heaviest(const Bulletin& bulletin);

}  // namespace tidegate::tell
