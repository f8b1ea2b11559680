#pragma once
// What operators ask and order over the control socket: JSON over HTTP, for `tidegate why`, `allow`, `deny`,
// `lift`, `top`, `watch` and whatever else may use the socket.

#include <functional>
#include <string>
#include <string_view>

#include "app/serve/intake.h"
#include "app/serve/orders.h"
#include "app/serve/scene.h"
#include "base/time.h"
#include "guard/desk.h"
#include "net/http_message.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// What the control socket reaches. Owner: the daemon; outlives it.
struct ControlWorld {
    guard::Desk& desk;
    Intake& intake;
    Orders& orders;
    tell::Telling& telling;
    std::function<Time()> clock;
    std::function<Surroundings()> around;
    /// Acts, or only watches, from now on and after a restart; the author and his reason.
    /// Fails: what can't be written down.
    std::function<Result<void>(guard::Mode, std::string_view author, std::string_view reason)> set_mode;
    /// An order was added or lifted: to be kept. Fails: what can't be written down.
    std::function<Result<void>()> keep_orders;
};

/// GET /v1/scene, GET /v1/why?who=, GET and POST /v1/exceptions, DELETE /v1/exceptions?subject= or ?id=, POST
/// /v1/vouch, POST /v1/mode. docs/control.md has them. Who connects may do all of it: the socket's
/// permissions are the right. Thread: any.
class Control {
public:
    explicit Control(ControlWorld world) : world_(std::move(world)) {}
    void answer(const net::Request& request, net::Response& response);

private:
    void why(const net::Request& request, net::Response& response);
    void list_orders(net::Response& response) const;
    void add_order(const net::Request& request, net::Response& response);
    void lift_order(const net::Request& request, net::Response& response);
    void vouch(const net::Request& request, net::Response& response);
    void change_mode(const net::Request& request, net::Response& response);

    ControlWorld world_;
};

}  // namespace tidegate::app
