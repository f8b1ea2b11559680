#include "rehearse/onlooker.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <chrono>
#include <utility>

#include "event/json.h"
#include "rehearse/kernel_view.h"

namespace tidegate::rehearse {
namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 250ms;
constexpr unsigned daemon_each = 4;  // looks

double number_at(const boost::json::value& of, std::string_view pointer) {
    boost::system::error_code error;
    const auto* found = of.find_pointer(pointer, error);
    return found != nullptr && found->is_number() ? found->to_number<double>() : 0;
}

}  // namespace

Onlooker::Onlooker(const EdgeProcess& edge, std::vector<net::Endpoint> servers,
                   std::function<drill::Moment()> clock)
    : edge_(edge),
      servers_(std::move(servers)),
      clock_(std::move(clock)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Onlooker::~Onlooker() {
    static_cast<void>(finish());
}

void Onlooker::order(const std::string& server, const std::string& action) {
    const std::scoped_lock lock(mutex_);
    orders_.push_back(
        fmt::format(R"({{"server":{},"action":"{}","author":"drill","reason":"a fire drill","force":true}})",
                    json_string(server), action));
    woken_.notify_one();
}

Sights Onlooker::finish() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
    return std::move(sights_);
}

void Onlooker::run(const std::stop_token& stop) {
    for (unsigned n = 0; !stop.stop_requested(); ++n) {
        look_at_kernel();
        if (n % daemon_each == 0) look_at_daemon();
        {
            std::unique_lock lock(mutex_);
            woken_.wait_for(lock, stop, between_looks, [this] { return !orders_.empty(); });
        }
        carry_out();
    }
    look_at_daemon();
}

void Onlooker::look_at_kernel() {
    Load load{.at = clock_(), .connections = {}};
    for (const net::Endpoint& each : servers_) {
        const auto count = connections_to(each);
        sights_.unseen += !count;
        load.connections.push_back(count.value_or(0));
    }
    sights_.loads.push_back(std::move(load));
}

void Onlooker::look_at_daemon() {
    auto scene = edge_.ask("GET", "/v1/scene");
    auto edge = edge_.ask("GET", "/v1/edge");
    if (!scene || !edge) {
        const std::string why =
            edge_.has_ended() ? "the edge has ended" : (scene ? edge.error() : scene.error()).text();
        if (sights_.troubles.empty() || sights_.troubles.back() != why) sights_.troubles.push_back(why);
        return;
    }
    boost::system::error_code error;
    const auto of = boost::json::parse(*scene, error);
    if (error) return sights_.troubles.push_back("/v1/scene is no JSON: " + error.message());
    const auto* posture = of.is_object() ? of.get_object().if_contains("posture") : nullptr;
    sights_.looks.push_back(
        {.at = clock_(),
         .posture = posture != nullptr && posture->is_string() ? std::string(posture->get_string()) : "",
         .pressure = number_at(of, "/edge/pressure"),
         .sessions = static_cast<std::uint64_t>(number_at(of, "/edge/sessions/now"))});
    sights_.last_edge = std::move(*edge);
}

void Onlooker::carry_out() {
    std::vector<std::string> orders;
    {
        const std::scoped_lock lock(mutex_);
        std::swap(orders, orders_);
    }
    for (const std::string& each : orders)
        if (const auto done = edge_.ask("POST", "/v1/servers", each); !done)
            sights_.troubles.push_back(done.error().text());
}

}  // namespace tidegate::rehearse
