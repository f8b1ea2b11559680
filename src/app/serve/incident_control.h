#pragma once
// What operators ask and say about incidents over the control socket: for `tidegate incident` and whatever
// else may use it.

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "app/serve/control_routes.h"
#include "app/serve/control_words.h"
#include "base/error.h"
#include "base/time.h"
#include "guard/desk.h"
#include "keep/records.h"
#include "net/http_message.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// What these calls reach. Owner: the daemon; outlives it. Thread: any.
struct IncidentControlWorld {
    guard::Desk& desk;
    tell::Telling& telling;
    std::function<Time()> clock;
    /// Waits until what the desk was told is on the disk.
    std::function<Result<void>()> flush;
    std::function<void(keep::Deed deed)> record;  // into the audit log
};

/// GET /v1/incidents, GET /v1/incidents/{id}, POST /v1/incidents/{id}/say and /close, GET /v1/bands.
/// docs/control.md has them. Who connects may do all of it: the socket's permissions are the right. Thread:
/// any.
class IncidentControl {
public:
    explicit IncidentControl(IncidentControlWorld world) : world_(std::move(world)) {}
    [[nodiscard]] static std::span<const ControlRoute<IncidentControl>> routes();
    /// False: it is none of these calls, and nothing is answered.
    [[nodiscard]] bool answer(const net::Request& request, net::Response& response) {
        return answer_by(routes(), *this, request, response);
    }

private:
    void list(const net::Request& request, net::Response& response);
    void show(const net::Request& request, net::Response& response);
    void say(const net::Request& request, net::Response& response);
    void close(const net::Request& request, net::Response& response);
    void bands(const net::Request& request, net::Response& response);
    /// What was done lasts only once it is on the disk.
    void finish(net::Response& response, std::string_view id, Time time) const;

    IncidentControlWorld world_;
};

/// {"id":...,"title":...,"state":...,...}
[[nodiscard]] std::string incident_head_json(const IncidentHead& head);

}  // namespace tidegate::app
