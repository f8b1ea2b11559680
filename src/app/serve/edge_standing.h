#pragma once
// How the edge stands: for the control socket, `tidegate top` and Prometheus.

#include <string>
#include <vector>

#include "app/serve/listeners.h"
#include "edge/edge.h"
#include "edge/handshakes.h"
#include "edge/servers/server.h"
#include "edge/shared_admission.h"
#include "edge/wrong_passwords.h"
#include "guard/mail_desk.h"

namespace tidegate::app {

/// All of it at about one moment.
struct EdgeStanding {
    edge::EdgeCounts counts;
    edge::SharedAdmission::Standing admission;
    edge::HandshakeCounts handshakes;
    edge::WrongPasswordCounts wrong_passwords;
    guard::MailCounts mail;
    judge::MailMemoryUse mail_memory;
    std::vector<edge::ServerStanding> servers;  // by name
    std::vector<ListenerStanding> listeners;
    std::vector<DomainMove> waiting_moves;  // for their listener
};

/// What admission has at one server.
struct ServerAdmission {
    unsigned limit = 0;  // of log-ins under way at once; 0: nobody has asked for it yet
    unsigned in_flight = 0;
    std::size_t queued = 0;
};
[[nodiscard]] ServerAdmission admission_at(const EdgeStanding& standing, std::string_view server);

/// The object of GET /v1/edge, and the array of GET /v1/servers (docs/control-openapi.yaml).
[[nodiscard]] std::string edge_json(const EdgeStanding& standing);
[[nodiscard]] std::string servers_json(const EdgeStanding& standing);

}  // namespace tidegate::app
