#pragma once
// What operators ask about alerts and acknowledge over the control socket: for `tidegate alert` and whatever
// else may use it.

#include <functional>
#include <span>
#include <string>

#include "app/serve/control_routes.h"
#include "base/time.h"
#include "keep/records.h"
#include "net/http_message.h"
#include "tell/alert/alerts.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// What these calls reach. Owner: the daemon; outlives it. Thread: any.
struct AlertControlWorld {
    tell::Alerts& alerts;
    tell::Telling& telling;
    std::function<Time()> clock;
    std::function<void(keep::Deed deed)> record;  // into the audit log
};

/// GET /v1/alerts and POST /v1/alerts/{id}/ack. docs/control.md has them. Who connects may do both: the
/// socket's permissions are the right. Thread: any.
class AlertControl {
public:
    explicit AlertControl(AlertControlWorld world) : world_(std::move(world)) {}
    [[nodiscard]] static std::span<const ControlRoute<AlertControl>> routes();
    /// False: it is none of these calls, and nothing is answered.
    [[nodiscard]] bool answer(const net::Request& request, net::Response& response) {
        return answer_by(routes(), *this, request, response);
    }

private:
    void list(const net::Request& request, net::Response& response);
    void acknowledge(const net::Request& request, net::Response& response);

    AlertControlWorld world_;
};

/// {"id":...,"code":...,"state":...,...}
[[nodiscard]] std::string page_json(const tell::Page& page);

}  // namespace tidegate::app
