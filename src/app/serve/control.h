#pragma once
// What operators ask and order over the control socket: JSON over HTTP, for `tidegate why`, `allow`, `deny`,
// `lift`, `top`, `watch`, `deeds`, `forget`, `backup`, `servers` and whatever else may use the socket.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "app/serve/alert_control.h"
#include "app/serve/case_control.h"
#include "app/serve/control_routes.h"
#include "app/serve/edge_control.h"
#include "app/serve/incident_control.h"
#include "app/serve/intake.h"
#include "app/serve/listener_control.h"
#include "app/serve/mail_why.h"
#include "app/serve/orders.h"
#include "app/serve/queue_control.h"
#include "app/serve/recorder.h"
#include "app/serve/scene.h"
#include "app/serve/upkeep.h"
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
    const Recorder& recorder;
    Upkeep& upkeep;
    /// Takes an account out of the journal and out of what may still name it; copies the journal to a folder.
    /// Long; both give what they did as a JSON object.
    std::function<Result<std::string>(const std::string& account, const std::string& author)> forget;
    std::function<Result<std::string>(const std::string& folder, const std::string& author)> backup;
    /// Whether the kernel keeps the address out; and that it does no longer. False: it did not.
    std::function<bool(const Address&)> is_banned, unban;
    /// Of a client that would bring mail. Nothing: nobody brings any here.
    std::function<std::optional<MailWhy>(const Address&)> why_of_mail;
    EdgeControl& edge;
    ListenerControl& listeners;
    IncidentControl& incidents;
    AlertControl& alerts;
    CaseControl& cases;
    QueueControl& queues;
};

/// GET /v1/scene, GET /v1/why?who=, GET and POST /v1/exceptions, DELETE /v1/exceptions?subject= or ?id=, POST
/// /v1/vouch, POST /v1/mode, GET /v1/deeds, POST /v1/forget, POST /v1/backup, GET /v1/upkeep, and those of
/// EdgeControl, ListenerControl, IncidentControl, AlertControl, CaseControl and QueueControl. docs/control.md
/// has them. Who connects may do all of it: the socket's permissions are the right. Thread: any.
class Control {
public:
    explicit Control(ControlWorld world) : world_(std::move(world)) {}
    /// Its own, without those of the others.
    [[nodiscard]] static std::span<const ControlRoute<Control>> routes();
    void answer(const net::Request& request, net::Response& response);

private:
    void tell_scene(const net::Request& request, net::Response& response);
    void why(const net::Request& request, net::Response& response);
    void list_orders(const net::Request& request, net::Response& response);
    void add_order(const net::Request& request, net::Response& response);
    void lift_order(const net::Request& request, net::Response& response);
    void vouch(const net::Request& request, net::Response& response);
    void change_mode(const net::Request& request, net::Response& response);
    void list_deeds(const net::Request& request, net::Response& response);
    void forget(const net::Request& request, net::Response& response);
    void backup(const net::Request& request, net::Response& response);
    void start(net::Response& response, Upkeep::Act act);
    [[nodiscard]] bool unban(const Address& address, const std::string& author);
    void tell_upkeep(const net::Request& request, net::Response& response);

    ControlWorld world_;
};

}  // namespace tidegate::app
