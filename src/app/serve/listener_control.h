#pragma once
// What operators ask and order about listeners over the control socket: for `tidegate listeners` and whatever
// else may use it.

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "app/serve/control_routes.h"
#include "app/serve/control_words.h"
#include "app/serve/edge_standing.h"
#include "app/serve/listeners.h"
#include "base/time.h"
#include "event/notice.h"
#include "keep/records.h"
#include "net/http_message.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// What these calls reach. Owner: the daemon; outlives it. Thread: any.
struct ListenerControlWorld {
    Listeners& listeners;
    std::function<std::optional<EdgeStanding>()> standing;  // nothing: there is no edge
    tell::Telling& telling;
    std::function<void(keep::Deed deed)> record;           // into the audit log
    std::function<void(const ActionNotice& action)> note;  // into the incident that goes on
    std::function<Time()> clock;
};

/// GET and POST /v1/listeners. docs/control.md has them. Who connects may do all of it: the socket's
/// permissions are the right. Thread: any.
class ListenerControl {
public:
    explicit ListenerControl(ListenerControlWorld world) : world_(std::move(world)) {}
    [[nodiscard]] static std::span<const ControlRoute<ListenerControl>> routes();
    /// False: it is none of these calls, and nothing is answered.
    [[nodiscard]] bool answer(const net::Request& request, net::Response& response) {
        return answer_by(routes(), *this, request, response);
    }

private:
    void list(const net::Request& request, net::Response& response);
    void act(const net::Request& request, net::Response& response);
    void move(const Words& words, DomainMove move, net::Response& response);
    void back(const Words& words, const DomainMove& move, net::Response& response);
    void finish(const Words& words, const MoveAct& act, const DomainMove& ordered,
                net::Response& response) const;

    ListenerControlWorld world_;
};

/// {"listeners":[...],"waiting":[...]} of GET /v1/listeners (docs/control-openapi.yaml).
[[nodiscard]] std::string listeners_json(const EdgeStanding& standing);

}  // namespace tidegate::app
