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

/// As the control socket has it.
[[nodiscard]] std::string order_json(const Order& order);

/// Where orders outlive the daemon. Both wait for the disk, and say in their errors why nothing was written.
struct OrderBook {
    std::function<Result<std::uint64_t>(const Order&)> add;  // its number
    std::function<Result<void>(const Order&, const std::string& author)> lift;
};

/// What became of an act. It holds in any case; where it could not be written, until a restart.
struct Ordered {
    std::vector<Order> orders;
    std::optional<Error> unwritten;
};

/// Exceptions by hand, beside those of the configuration. Every change makes a new policy and gives it to
/// `adopt`. Thread: any.  Cost: a change copies the policy and waits for the book; most_orders keep a
/// question's cost bounded.
class Orders {
public:
    static constexpr std::size_t most_orders = 1000;
    /// Numbers from here on are of orders that are in no book.
    static constexpr std::uint64_t unwritten_ids = std::uint64_t{1} << 40U;

    using Adopt = std::function<void(std::shared_ptr<const judge::Policy>)>;

    Orders(std::shared_ptr<const judge::Policy> configured, Adopt adopt, OrderBook book);

    /// Those that the book has, without asking anybody; what is in no book stays beside them.
    void restore(const std::vector<Order>& orders);
    /// `exception` with reason and author; it gets its number.
    /// Fails: no reason, no author, too many.
    [[nodiscard]] Result<Ordered> add(judge::Exception exception, Time now);
    /// Fails: there is none of this number.
    [[nodiscard]] Result<Ordered> lift(std::uint64_t id, const std::string& author);
    /// All about this subject (as subject_of() writes it, or an account by any of its names).
    Ordered lift(std::string_view subject, const std::string& author);
    /// Those about an account are gone; the book knows already.
    void forget(std::string_view account);
    [[nodiscard]] std::vector<Order> list() const;
    /// Drops what has expired.
    void tick(Time now);

    /// The configuration was read anew.
    void reload(std::shared_ptr<const judge::Policy> configured);

private:
    using Test = std::function<bool(const Order&)>;

    void publish() const;
    [[nodiscard]] Result<void> complete(judge::Exception& exception) const;
    [[nodiscard]] std::vector<Order> take(const Test& is_meant);
    [[nodiscard]] Test is_about(std::string_view subject) const;
    [[nodiscard]] Ordered write_lifted(std::vector<Order> lifted, const std::string& author) const;

    Adopt adopt_;
    OrderBook book_;
    mutable std::mutex mutex_;  // guards the rest; never held while the book is waited for
    std::shared_ptr<const judge::Policy> configured_;
    std::vector<Order> orders_;
    std::uint64_t last_unwritten_ = unwritten_ids;
};

}  // namespace tidegate::app
