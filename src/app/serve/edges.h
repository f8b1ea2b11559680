#pragma once
// The edge as the daemon runs it: entrances and servers of the configuration, the intake asked, people told.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/serve/domain_moves.h"
#include "app/serve/edge_plan.h"
#include "app/serve/edge_room.h"
#include "app/serve/edge_standing.h"
#include "app/serve/listeners.h"
#include "app/serve/mail_why.h"
#include "app/serve/server_groups.h"
#include "app/serve/shared_keys.h"
#include "app/serve/waking.h"
#include "base/error.h"
#include "base/time.h"
#include "config/settings.h"
#include "edge/edge.h"
#include "edge/handshakes.h"
#include "edge/servers/health.h"
#include "edge/shared_admission.h"
#include "edge/wrong_passwords.h"
#include "guard/mail_desk.h"
#include "guard/mail_visits.h"
#include "net/inherited.h"
#include "net/loop.h"
#include "net/threads.h"
#include "tell/live/telling.h"

namespace tidegate::app {

/// What the edge needs of the daemon. The owner of what it refers to outlives it.
struct EdgeWorld {
    Waking& waking;
    tell::Telling& telling;
    std::function<Time()> clock;
    const SharedKeys& keys;
    std::string help_url;
    /// Of admission: a limit changed, in words; the kernel is to drop what comes from a network, until then.
    std::function<void(const std::string& words)> note;
    std::function<void(const Prefix& network, Time until)> silence;
    /// Into the record of the incident that goes on.
    std::function<void(const ActionNotice& action)> done;
    /// What operators ordered about servers before, and where it is kept (ServerGroups).
    std::vector<ServerOrder> orders;
    std::function<Result<void>(std::string_view orders)> keep;
    /// Likewise about domains (Listeners).
    std::vector<DomainMove> moves;
    std::function<Result<void>(std::string_view moves)> keep_moves;
};

/// Thread: the main one, in whose loop the servers' health is checked; sessions run on threads of their own,
/// so that a flood of them does not make the doors late.
class Edges {
public:
    Edges(net::Loop& main, EdgeWorld world);
    ~Edges();
    Edges(const Edges&) = delete;
    Edges& operator=(const Edges&) = delete;

    /// Opens what is not open yet, closes what is no longer named; sessions under way go on as they began.
    /// Fails: an address in use, a certificate that can't be read; what needs it stays as it was.
    std::vector<Error> open(const config::Settings& settings, net::Inherited* passed);
    /// Once a second.
    void tick();
    /// Ten times a second: whoever waited too long is told so.
    void beat();
    /// An account's password may have changed: what was wrong before is asked anew. The name is normalised.
    /// Thread: any.
    void forget_passwords(std::string_view account);
    /// Nobody new comes in; who is logged in may go on for `grace`.
    void stop(std::chrono::milliseconds grace);

    /// Nothing: no entrance was ever configured.  Thread: any.
    [[nodiscard]] std::optional<EdgeStanding> standing() const;
    [[nodiscard]] ServerGroups& servers() { return servers_; }
    [[nodiscard]] Listeners& listeners() { return listeners_; }
    /// Who judges what comes on port 25.  Thread: any.
    [[nodiscard]] guard::MailDesk& mail() { return mail_; }
    /// Mail of this client was taken, and its content filter does not want it: an event of port 25. Of our
    /// own forwarders nothing is learned.  Thread: any.
    void hear_of_content(const Event& event);
    /// What is known of a client that would bring mail now. Nothing: no entrance is for mail, or the memory
    /// is not read yet.  Thread: any.
    [[nodiscard]] std::optional<MailWhy> why_of_mail(const Address& address);

private:
    struct OpenEntrance {
        net::Endpoint endpoint;
        edge::EntranceRules rules;
        bool learns_capabilities = true, learns_mechanisms = true;
    };

    void begin(const config::Settings& settings);
    void raise_shields();
    [[nodiscard]] edge::Hooks hooks();
    [[nodiscard]] std::optional<edge::ClientClass> meet(const edge::EntranceRules& rules,
                                                        const Address& address) const;
    [[nodiscard]] std::optional<edge::Decision> ask(const edge::EntranceRules& rules, const Event& event,
                                                    const net::Waker* waker);
    [[nodiscard]] edge::Decision ask_of_mail(const Intake& intake, const edge::EntranceRules& rules,
                                             const Event& event);
    void report(const Event& event);
    void tell_idle(const DomainMove& move, std::string_view why) const;
    void hear_visits(edge::Hooks& hooks);
    void tell_visits();
    void report_mail(const Event& event);
    void name_ourselves(const EdgePlan& plan, const config::Settings& settings);
    [[nodiscard]] edge::Decision unjudged(const edge::EntranceRules& rules);

    void watch(const EdgePlan& plan);
    void learn(edge::Protocol protocol);
    void offer(OpenEntrance& entrance) const;
    void close(std::vector<OpenEntrance>& gone);
    void take(const EdgePlan::Entrance& entrance, std::vector<OpenEntrance>& before, net::Inherited* passed,
              std::vector<Error>& errors);
    void listen(OpenEntrance entrance, net::Inherited* passed, std::vector<Error>& errors);

    net::Loop& main_;
    EdgeWorld world_;
    std::shared_ptr<net::TicketKeys> tickets_ = net::make_ticket_keys();
    std::chrono::steady_clock::time_point tickets_turned_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point swept_{};
    const std::size_t room_ = room_for_sessions();
    ServerGroups servers_;
    Listeners listeners_;
    guard::MailDesk mail_;
    guard::MailVisits visits_;
    edge::Shields shields_;
    std::unique_ptr<net::Threads> threads_;
    std::unique_ptr<edge::Edge> edge_;
    std::atomic<bool> takes_mail_ = false;
    std::atomic<bool> begun_ = false;  // edge_ and shields_ are there, and stay: other threads may look
    std::unique_ptr<edge::HealthChecker> health_;
    std::vector<OpenEntrance> open_;
};

}  // namespace tidegate::app
