#pragma once
// Where Prometheus asks.

#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "net/http_server.h"
#include "net/inherited.h"

namespace tidegate::app {

/// GET /metrics. Thread: as net::Server.
class MetricsDoor {
public:
    /// `exposition`: what is answered.
    MetricsDoor(net::Threads& threads, std::function<std::string()> exposition);
    /// Fails: a place that is none, or is taken.
    [[nodiscard]] Result<void> open(const std::string& where, net::Inherited* passed);
    void stop(std::chrono::milliseconds grace) { server_.stop(grace); }

private:
    net::Threads& threads_;
    net::HttpServer server_;
};

}  // namespace tidegate::app
