#pragma once
// What the console asks beyond the control socket's calls: who makes the noise, the settings as they run, who
// did what over the console, and trials.

#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "app/serve/control_routes.h"
#include "app/serve/recorder.h"
#include "app/serve/trial.h"
#include "base/time.h"
#include "console/console_world.h"
#include "guard/desk.h"
#include "observe/as_table.h"

namespace tidegate::app {

/// Owner: outlives the calls.
struct ConsoleCallsWorld {
    const guard::Desk& desk;
    const Recorder& recorder;
    std::function<Time()> clock;
    /// The name of an AS; empty: not known.
    std::function<std::string(std::uint32_t number)> as_name;
    std::string state_folder;
};

/// GET /v1/networks, /v1/configuration, /v1/audit, and /v1/trial. Thread: any.
class ConsoleCalls {
public:
    explicit ConsoleCalls(ConsoleCallsWorld world);
    [[nodiscard]] static std::span<const ControlRoute<ConsoleCalls>> routes();
    /// False: it is none of these.
    [[nodiscard]] bool answer(const net::Request& request, net::Response& response) {
        return answer_by(routes(), *this, request, response);
    }

    /// The configuration that runs from now on.
    void adopt(std::string file, std::string text);
    /// Into the audit log.
    void audit(const console::Audited& entry) const;
    /// A trial that runs is broken off.
    void stop() { trial_.stop(); }

private:
    void networks(const net::Request& request, net::Response& response);
    void configuration(const net::Request& request, net::Response& response);
    void list_audit(const net::Request& request, net::Response& response);
    void start_trial(const net::Request& request, net::Response& response);
    void tell_trial(const net::Request& request, net::Response& response);
    void stop_trial(const net::Request& request, net::Response& response);

    struct Running {
        std::string file, text;
    };
    [[nodiscard]] Running running() const;

    ConsoleCallsWorld world_;
    Trial trial_;
    mutable std::mutex mutex_;  // guards running_
    Running running_;
};

}  // namespace tidegate::app
