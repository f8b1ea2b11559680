#include "app/serve/orders.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/serve/subject.h"
#include "event/json.h"
#include "judge/normalise.h"

namespace tidegate::app {
namespace {

bool is_over(const Order& order, Time now) {
    return order.exception.expires && *order.exception.expires <= now;
}

}  // namespace

std::string order_json(const Order& order) {
    const judge::Exception& exception = order.exception;
    return fmt::format(
        R"({{"id":{},"effect":"{}","subject":{},"reason":{},"author":{},"created":{},"expires":{}}})",
        order.id, exception.effect == judge::Exception::Effect::allow ? "allow" : "deny",
        json_string(subject_of(exception)), json_string(exception.reason), json_string(exception.author),
        json_string(rfc3339(order.created)),
        exception.expires ? json_string(rfc3339(*exception.expires)) : "null");
}

Orders::Orders(std::shared_ptr<const judge::Policy> configured, Adopt adopt)
    : adopt_(std::move(adopt)), configured_(std::move(configured)) {}

void Orders::publish() const {
    auto policy = std::make_shared<judge::Policy>(*configured_);
    for (const Order& each : orders_) policy->exceptions.push_back(each.exception);
    adopt_(std::move(policy));
}

void Orders::restore(std::vector<Order> orders) {
    const std::scoped_lock lock(mutex_);
    for (const Order& each : orders) last_id_ = std::max(last_id_, each.id);
    orders_ = std::move(orders);
    publish();
}

Result<Order> Orders::add(judge::Exception exception, Time now) {
    if (exception.reason.empty() || exception.author.empty())
        return std::unexpected(
            Error{"", 0, "an exception needs a reason and an author", "say --reason 'why'"});
    const std::scoped_lock lock(mutex_);
    if (orders_.size() >= most_orders)
        return std::unexpected(Error{"", 0,
                                     fmt::format("there are {} exceptions by hand already", most_orders),
                                     "lift some, or put the networks into a [[list]]"});
    if (!exception.account.empty()) {
        std::string name;
        exception.account = std::string(judge::normalise(exception.account, *configured_, name));
    }
    orders_.push_back({++last_id_, std::move(exception), now});
    publish();
    return orders_.back();
}

Result<Order> Orders::lift(std::uint64_t id) {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(orders_, id, &Order::id);
    if (found == orders_.end())
        return std::unexpected(Error{"", 0, fmt::format("there is no exception {} by hand", id),
                                     "those of the configuration are lifted there"});
    Order lifted = std::move(*found);
    orders_.erase(found);
    publish();
    return lifted;
}

std::vector<Order> Orders::lift(std::string_view subject) {
    const std::scoped_lock lock(mutex_);
    std::string name;
    const std::string account(judge::normalise(subject, *configured_, name));
    std::vector<Order> lifted;
    std::erase_if(orders_, [&](const Order& each) {
        const bool is_it = subject_of(each.exception) == subject ||
                           (!each.exception.account.empty() && each.exception.account == account);
        if (is_it) lifted.push_back(each);
        return is_it;
    });
    if (!lifted.empty()) publish();
    return lifted;
}

std::vector<Order> Orders::list() const {
    const std::scoped_lock lock(mutex_);
    return orders_;
}

void Orders::tick(Time now) {
    const std::scoped_lock lock(mutex_);
    const auto over = std::erase_if(orders_, [&](const Order& each) { return is_over(each, now); });
    if (over > 0) publish();
}

void Orders::reload(std::shared_ptr<const judge::Policy> configured) {
    const std::scoped_lock lock(mutex_);
    configured_ = std::move(configured);
    publish();
}

}  // namespace tidegate::app
