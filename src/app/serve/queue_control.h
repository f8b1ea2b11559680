#pragma once
// What operators ask about queues over the control socket: for `tidegate queues` and whatever else may use
// it.

#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "app/serve/control_routes.h"
#include "mail/queue_order.h"
#include "net/http_message.h"

namespace tidegate::app {

/// GET /v1/queues. docs/control.md has it. Thread: any.
class QueueControl {
public:
    explicit QueueControl(std::function<std::vector<mail::QueueStanding>()> standing)
        : standing_(std::move(standing)) {}
    [[nodiscard]] static std::span<const ControlRoute<QueueControl>> routes();
    /// False: it is none of these calls, and nothing is answered.
    [[nodiscard]] bool answer(const net::Request& request, net::Response& response) {
        return answer_by(routes(), *this, request, response);
    }

private:
    void list(const net::Request& request, net::Response& response);

    std::function<std::vector<mail::QueueStanding>()> standing_;
};

}  // namespace tidegate::app
