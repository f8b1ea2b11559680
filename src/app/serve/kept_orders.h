#pragma once
// Orders by hand as the journal keeps them.

#include "app/serve/orders.h"
#include "base/error.h"
#include "keep/records.h"

namespace tidegate::app {

[[nodiscard]] keep::Exemption exemption_of(const Order& order);
/// Fails: a subject that exception_about() would not take.
[[nodiscard]] Result<Order> order_of(const keep::Exemption& kept);

}  // namespace tidegate::app
