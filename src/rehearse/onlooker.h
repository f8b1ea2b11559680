#pragma once
// What happens while a drill is played live, looked at from aside.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "drill/world.h"
#include "rehearse/edge_process.h"

namespace tidegate::rehearse {

/// Connections at each server, in the order of the targets given.
struct Load {
    drill::Moment at = 0;
    std::vector<std::uint32_t> connections;
};
/// What the daemon says of itself.
struct Look {
    drill::Moment at = 0;
    std::string posture;
    double pressure = 0;
    std::uint64_t sessions = 0;
};
struct Sights {
    std::vector<Load> loads;
    std::vector<Look> looks;
    std::string last_edge;              // GET /v1/edge
    std::vector<std::string> troubles;  // of orders that were not carried out, and of a daemon that ended
    std::uint64_t unseen = 0;           // times that the kernel did not say
};

/// A thread that looks four times a second at the kernel and once at the daemon, and gives it orders, so that
/// nobody who plays waits for an answer.  Thread: any.  Owner: the edge and the clock outlive it.
class Onlooker {
public:
    Onlooker(const EdgeProcess& edge, std::vector<net::Endpoint> servers,
             std::function<drill::Moment()> clock);
    ~Onlooker();
    Onlooker(const Onlooker&) = delete;
    Onlooker& operator=(const Onlooker&) = delete;

    /// POST /v1/servers, soon.
    void order(const std::string& server, const std::string& action);
    /// Looks no more. What was seen.
    [[nodiscard]] Sights finish();

private:
    void run(const std::stop_token& stop);
    void look_at_kernel();
    void look_at_daemon();
    void carry_out();

    const EdgeProcess& edge_;
    std::vector<net::Endpoint> servers_;
    std::function<drill::Moment()> clock_;
    std::mutex mutex_;
    std::condition_variable_any woken_;
    std::vector<std::string> orders_;  // bodies; the mutex's
    Sights sights_;                    // the thread's until it has ended
    std::jthread thread_;
};

}  // namespace tidegate::rehearse
