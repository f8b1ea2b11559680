#pragma once
// The simulated servers behind the edge, of one kind.

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "drill/crowd/agenda.h"
#include "drill/crowd/calls.h"
#include "drill/crowd/server.h"

namespace tidegate::drill {

/// Servers, what is under way at them, and the sessions they hold. They know what mail deserves; the edge
/// hears it when they are done.
/// Thread: one at a time.  Cost: the logarithm of what is under way.  Fails: never.
class Behind {
public:
    /// `kind` tells the servers' names apart; a due `done` carries the server's number plus `first`.
    Behind(const Servers& rules, std::string kind, std::uint32_t first, const Calls& calls, Agenda& agenda,
           Dice dice);

    /// What became of one that entered.
    struct Done {
        CallId call = 0;
        std::uint32_t mark = 0;  // of the call; another by now where the client has gone
        bool served = false;     // false: the server broke off
        Deserves deserves = Deserves::taking;
    };

    /// false: nobody answers there.
    bool enter(Moment now, std::uint32_t server, CallId call);
    void take(Moment now, std::uint32_t server, std::vector<Done>& out);
    void hold(std::uint32_t server);
    void release(std::uint32_t server);

    /// The server answers nobody any more; what was under way is broken off.
    void die(Moment now, std::uint32_t server, std::vector<Done>& out);
    void restore(Moment now, std::uint32_t server);
    std::uint32_t add();

    [[nodiscard]] bool is_dead(std::uint32_t server) const { return nodes_[server].server.is_dead(); }
    [[nodiscard]] std::uint32_t sessions(std::uint32_t server) const { return nodes_[server].sessions; }
    [[nodiscard]] std::uint32_t mark(std::uint32_t server) const { return nodes_[server].server.mark(); }
    [[nodiscard]] std::size_t size() const { return nodes_.size(); }
    [[nodiscard]] const std::string& name(std::uint32_t server) const { return nodes_[server].name; }
    [[nodiscard]] const Servers& rules() const { return rules_; }
    [[nodiscard]] std::uint32_t first() const { return first_; }

    /// How close to its limits the worst of them ever came: at once, or in sessions; 1 is at the limit.
    [[nodiscard]] double worst_load() const;

private:
    struct Node {
        Server server;
        std::string name;
        std::uint32_t sessions = 0, most_sessions = 0;
    };
    void note(std::uint32_t server);
    void give_back(bool served, std::vector<Done>& out);

    const Servers& rules_;
    std::string kind_;
    std::uint32_t first_;
    const Calls& calls_;
    Agenda& agenda_;
    Dice dice_;
    std::deque<Node> nodes_;
    struct Job {
        CallId call;
        std::uint32_t mark;
        Deserves deserves;
    };
    std::vector<Job> jobs_;
    std::vector<std::uint32_t> free_jobs_, ready_;
};

}  // namespace tidegate::drill
