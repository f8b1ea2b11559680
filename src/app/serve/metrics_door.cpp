#include "app/serve/metrics_door.h"

#include <utility>

#include "net/listener.h"
#include "tell/live/metrics.h"

namespace tidegate::app {

MetricsDoor::MetricsDoor(net::Threads& threads, std::function<std::string()> exposition)
    : threads_(threads),
      server_(threads, net::HttpOptions{},
              [exposition = std::move(exposition)](const net::Request& request, net::Response& response) {
                  if (request.path() != "/metrics") return response.say(404, "there is only /metrics");
                  response.content_type(tell::exposition_type);
                  response.body() = exposition();
              }) {}

Result<void> MetricsDoor::open(const std::string& where, net::Inherited* passed) {
    const auto endpoint = net::Endpoint::parse(where);
    if (!endpoint) return std::unexpected(endpoint.error());
    auto listener = net::Listener::open(*endpoint, static_cast<unsigned>(threads_.size()), {}, passed);
    if (!listener) return std::unexpected(std::move(listener.error()));
    server_.listen(std::move(*listener));
    return {};
}

}  // namespace tidegate::app
