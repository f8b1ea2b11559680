#pragma once
// The control socket in the daemon: who answers its calls, and its server.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "app/serve/alert_control.h"
#include "app/serve/bans.h"
#include "app/serve/case_control.h"
#include "app/serve/case_desk.h"
#include "app/serve/control.h"
#include "app/serve/edge_control.h"
#include "app/serve/edges.h"
#include "app/serve/incident_control.h"
#include "app/serve/intake.h"
#include "app/serve/listener_control.h"
#include "app/serve/orders.h"
#include "app/serve/queue_control.h"
#include "app/serve/queues.h"
#include "app/serve/recorder.h"
#include "app/serve/saving.h"
#include "app/serve/upkeep.h"
#include "base/error.h"
#include "base/time.h"
#include "config/settings.h"
#include "guard/desk.h"
#include "net/http_server.h"
#include "net/inherited.h"
#include "net/threads.h"
#include "tell/alert/alerts.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// What operators reach. Owner: the daemon; outlives it.
struct ControlDoorWorld {
    guard::Desk& desk;
    Intake& intake;
    Orders& orders;
    const Recorder& recorder;
    Saving& saving;
    Bans& bans;
    Edges& edges;
    tell::Alerts& alerts;
    CaseDesk& cases;
    const Queues& queues;
    tell::Telling& telling;
    std::function<Time()> clock;
    std::function<Surroundings()> around;
    /// As ControlWorld has them.
    std::function<Result<void>(guard::Mode mode, std::string_view author, std::string_view reason)> set_mode;
    std::function<Result<std::string>(const std::string& account, const std::string& author)> forget;
};

/// Operators' acts wait for the disk: it has a thread of its own, so that no door waits with them.
/// Thread: the main one; answer() any.
class ControlDoor {
public:
    explicit ControlDoor(ControlDoorWorld world);
    ControlDoor(const ControlDoor&) = delete;
    ControlDoor& operator=(const ControlDoor&) = delete;

    /// Fails: a path that is taken, a group that there is not.
    [[nodiscard]] Result<void> open(const config::Serve& settings, net::Inherited* passed);
    /// Whoever else takes calls hands them on here.
    void answer(const net::Request& request, net::Response& response) { control_.answer(request, response); }
    /// Waits for the long act that is under way, too.
    void stop(std::chrono::milliseconds grace);

private:
    [[nodiscard]] EdgeControlWorld edge_world();
    [[nodiscard]] ListenerControlWorld listener_world();
    [[nodiscard]] IncidentControlWorld incident_world();
    [[nodiscard]] AlertControlWorld alert_world();
    [[nodiscard]] ControlWorld control_world();
    [[nodiscard]] std::function<void(keep::Deed deed)> into_audit_log() const;

    ControlDoorWorld world_;
    Upkeep upkeep_;
    EdgeControl edge_;
    ListenerControl listeners_;
    IncidentControl incidents_;
    AlertControl alerts_;
    CaseControl cases_;
    QueueControl queues_;
    Control control_;
    net::Threads threads_{1};
    net::HttpServer server_;
};

}  // namespace tidegate::app
