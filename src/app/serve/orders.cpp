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

Orders::Orders(std::shared_ptr<const judge::Policy> configured, Adopt adopt, OrderBook book)
    : adopt_(std::move(adopt)), book_(std::move(book)), configured_(std::move(configured)) {}

void Orders::publish() const {
    auto policy = std::make_shared<judge::Policy>(*configured_);
    for (const Order& each : orders_) policy->exceptions.push_back(each.exception);
    adopt_(std::move(policy));
}

void Orders::restore(const std::vector<Order>& orders) {
    const std::scoped_lock lock(mutex_);
    std::erase_if(orders_, [](const Order& each) { return each.id <= unwritten_ids; });
    orders_.insert(orders_.begin(), orders.begin(), orders.end());
    publish();
}

Result<void> Orders::complete(judge::Exception& exception) const {
    if (exception.reason.empty() || exception.author.empty())
        return std::unexpected(
            Error{"", 0, "an exception needs a reason and an author", "say --reason 'why'"});
    const std::scoped_lock lock(mutex_);
    if (orders_.size() >= most_orders)
        return std::unexpected(Error{"", 0,
                                     fmt::format("there are {} exceptions by hand already", most_orders),
                                     "lift some, or put the networks into a [[list]]"});
    if (exception.account.empty()) return {};
    std::string name;
    exception.account = std::string(judge::normalise(exception.account, *configured_, name));
    return {};
}

Result<Ordered> Orders::add(judge::Exception exception, Time now) {
    if (auto done = complete(exception); !done) return std::unexpected(done.error());
    Order order{.id = 0, .exception = std::move(exception), .created = now};
    const auto id = book_.add(order);
    const std::scoped_lock lock(mutex_);
    order.id = id ? *id : ++last_unwritten_;
    orders_.push_back(order);
    publish();
    return Ordered{{std::move(order)}, id ? std::nullopt : std::optional(id.error())};
}

std::vector<Order> Orders::take(const Test& is_meant) {
    const std::scoped_lock lock(mutex_);
    std::vector<Order> taken;
    std::erase_if(orders_, [&](const Order& each) {
        if (!is_meant(each)) return false;
        taken.push_back(each);
        return true;
    });
    if (!taken.empty()) publish();
    return taken;
}

Ordered Orders::write_lifted(std::vector<Order> lifted, const std::string& author) const {
    Ordered out{std::move(lifted), std::nullopt};
    for (const Order& each : out.orders) {
        if (each.id > unwritten_ids) continue;
        if (const auto written = book_.lift(each, author); !written) out.unwritten = written.error();
    }
    return out;
}

Result<Ordered> Orders::lift(std::uint64_t id, const std::string& author) {
    auto lifted = take([&](const Order& each) { return each.id == id; });
    if (lifted.empty())
        return std::unexpected(Error{"", 0, fmt::format("there is no exception {} by hand", id),
                                     "those of the configuration are lifted there"});
    return write_lifted(std::move(lifted), author);
}

Orders::Test Orders::is_about(std::string_view subject) const {
    const std::scoped_lock lock(mutex_);
    std::string name;
    std::string account(judge::normalise(subject, *configured_, name));
    return [subject = std::string(subject), account = std::move(account)](const Order& each) {
        return subject_of(each.exception) == subject ||
               (!each.exception.account.empty() && each.exception.account == account);
    };
}

Ordered Orders::lift(std::string_view subject, const std::string& author) {
    return write_lifted(take(is_about(subject)), author);
}

void Orders::forget(std::string_view account) {
    const Test is_meant = is_about(account);
    static_cast<void>(
        take([&](const Order& each) { return !each.exception.account.empty() && is_meant(each); }));
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
