#pragma once
// What operators ask and order about the edge over the control socket: for `tidegate servers`,
// `tidegate password-changed` and whatever else may use it.

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "app/serve/control_routes.h"
#include "app/serve/control_words.h"
#include "app/serve/edge_standing.h"
#include "app/serve/server_groups.h"
#include "base/time.h"
#include "keep/records.h"
#include "net/http_message.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// What these calls reach. Owner: the daemon; outlives it. Thread: any.
struct EdgeControlWorld {
    ServerGroups& servers;
    std::function<std::optional<EdgeStanding>()> standing;  // nothing: there is no edge
    /// An account by any of its names: what was wrong before is asked anew.
    std::function<void(const std::string& account)> forget_passwords;
    tell::Telling& telling;
    std::function<void(keep::Deed deed)> record;
    std::function<Time()> clock;
};

/// GET /v1/edge, GET and POST /v1/servers, POST /v1/forget-passwords. docs/control.md has them. Who connects
/// may do all of it: the socket's permissions are the right. Thread: any.
class EdgeControl {
public:
    explicit EdgeControl(EdgeControlWorld world) : world_(std::move(world)) {}
    [[nodiscard]] static std::span<const ControlRoute<EdgeControl>> routes();
    /// False: it is none of these calls, and nothing is answered.
    [[nodiscard]] bool answer(const net::Request& request, net::Response& response) {
        return answer_by(routes(), *this, request, response);
    }

private:
    void tell_edge(const net::Request& request, net::Response& response);
    void list_servers(const net::Request& request, net::Response& response);
    void act_on_server(const net::Request& request, net::Response& response);
    void order(const Words& words, const std::string& author, net::Response& response);
    void bring_back(const Words& words, const std::string& author, net::Response& response);
    void what_if(const Words& words, net::Response& response) const;
    void forget_passwords(const net::Request& request, net::Response& response);
    void record(const Words& words, const ServerOrder& order, const ServerAct& act) const;
    [[nodiscard]] unsigned status_of_refusal(const std::string& server) const;

    EdgeControlWorld world_;
};

}  // namespace tidegate::app
