#pragma once
// What operators decided by hand while the daemon runs.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "judge/policy.h"

namespace tidegate::app {

/// An exception with its number, from 1.
struct Order {
    std::uint64_t id = 0;
    judge::Exception exception;
    Time created{};
};

/// As the control socket and the state folder have it.
[[nodiscard]] std::string order_json(const Order& order);

/// Exceptions by hand, beside those of the configuration. Every change makes a new policy and gives it to
/// `adopt`. Thread: any.  Cost: a change copies the policy; most_orders keep a question's cost bounded.
class Orders {
public:
    static constexpr std::size_t most_orders = 1000;

    using Adopt = std::function<void(std::shared_ptr<const judge::Policy>)>;

    Orders(std::shared_ptr<const judge::Policy> configured, Adopt adopt);

    /// Those kept from before, without asking anybody.
    void restore(std::vector<Order> orders);
    /// `exception` with reason and author; returns it with its number.
    /// Fails: no reason, no author, too many.
    [[nodiscard]] Result<Order> add(judge::Exception exception, Time now);
    /// Fails: there is none of this number.
    [[nodiscard]] Result<Order> lift(std::uint64_t id);
    /// All about this subject (as subject_of() writes it, or an account by any of its names).
    std::vector<Order> lift(std::string_view subject);
    [[nodiscard]] std::vector<Order> list() const;
    /// Drops what has expired.
    void tick(Time now);

    /// The configuration was read anew.
    void reload(std::shared_ptr<const judge::Policy> configured);

private:
    void publish() const;

    Adopt adopt_;
    mutable std::mutex mutex_;
    std::shared_ptr<const judge::Policy> configured_;
    std::vector<Order> orders_;
    std::uint64_t last_id_ = 0;
};

}  // namespace tidegate::app
