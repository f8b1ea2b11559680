#include "app/serve/console_door.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "app/output.h"
#include "app/serve/control_words.h"
#include "app/serve/incident_control.h"
#include "app/serve/subject.h"
#include "app/serve/told_json.h"
#include "base/check.h"
#include "console/console.h"
#include "net/listener.h"
#include "net/tls/server.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;
using tell::Thing;

constexpr unsigned threads = 2;

console::Reach reach_of(const config::Console& wanted) {
    return {.tls = !wanted.certificate.empty(), .proxies = wanted.behind_proxy, .url = wanted.url};
}

console::SessionRules session_rules(const config::Console& wanted) {
    return {.idle = std::chrono::minutes(wanted.idle_minutes),
            .longest = std::chrono::hours(wanted.session_hours)};
}

/// Null: in the clear.
Result<std::shared_ptr<const net::TlsServer>> tls_of(const config::Console& wanted) {
    if (wanted.certificate.empty()) return nullptr;
    return net::TlsServer::load({.identities = {{wanted.certificate, wanted.key}}, .ciphers = {}},
                                net::make_ticket_keys());
}

/// A console has few people before it; a flood is told to go away while that costs little.
net::ServerRules server_rules(std::shared_ptr<const net::TlsServer> tls) {
    return {.max_connections = 512, .max_in_flight = 128, .idle = 75s, .tls = std::move(tls)};
}

std::vector<std::pair<std::string, std::string>> heads_of(const guard::Desk& desk) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const IncidentHead& each : desk.incident_heads())
        out.emplace_back(each.id, incident_head_json(each));
    return out;
}

/// Trouble that comes with each request is told once a minute.
class Complaints {
public:
    explicit Complaints(tell::Telling& telling) : telling_(telling) {}
    void tell(const Error& trouble) {
        const auto now = std::chrono::steady_clock::now();
        {
            const std::scoped_lock lock(mutex_);
            if (told_ == trouble.text() && now < when_ + 1min) return;
            told_ = trouble.text();
            when_ = now;
        }
        telling_.tell(Thing::console_trouble, {{"error", trouble.text()}});
    }

private:
    tell::Telling& telling_;
    std::mutex mutex_;  // guards all below
    std::string told_;
    std::chrono::steady_clock::time_point when_{};
};

void tell_of_log_in(const console::Audited& entry, tell::Telling& telling) {
    if (entry.call != "POST /v1/session") return;
    const std::string address = entry.from.text();
    if (entry.result == 200)
        telling.tell(Thing::console_signed_in, {{"name", entry.who}, {"address", address}});
    else
        telling.tell(
            Thing::console_refused,
            {{"name", entry.who}, {"address", address}, {"status", static_cast<std::int64_t>(entry.result)}});
}

}  // namespace

// The threads end before what they use: the members stand in the order in which they are needed.
struct ConsoleDoor::Open {
    config::Console settings;
    Complaints complaints;
    console::Live live;
    console::Console console;
    net::Threads loops{threads};
    net::HttpServer server;
    std::optional<net::Endpoint> endpoint;

    Open(const config::Console& wanted, tell::Telling& telling, console::ConsoleWorld world,
         console::LiveWorld live_world, const std::string& folder, std::shared_ptr<const net::TlsServer> tls)
        : settings(wanted),
          complaints(telling),
          live(std::move(live_world)),
          console(with_complaints(std::move(world)), folder, reach_of(wanted), session_rules(wanted), live),
          server(loops, net::HttpOptions{.rules = server_rules(std::move(tls))},
                 [this](const net::Request& request, net::Response& response) {
                     console.answer(request, response);
                 }) {}

    ~Open() {
        server.stop(0ms);
        console.stop();
    }
    Open(const Open&) = delete;
    Open& operator=(const Open&) = delete;

    console::ConsoleWorld with_complaints(console::ConsoleWorld world) {
        world.complain = [this](const Error& trouble) { complaints.tell(trouble); };
        return world;
    }
};

ConsoleDoor::ConsoleDoor(tell::Telling& telling, std::function<Time()> clock)
    : telling_(telling), clock_(std::move(clock)) {}

ConsoleDoor::~ConsoleDoor() {
    stop(0ms);
}

void ConsoleDoor::give(ConsoleDoorWorld world) {
    world_.emplace(std::move(world));
    calls_ = std::make_unique<ConsoleCalls>(ConsoleCallsWorld{
        .desk = world_->desk,
        .recorder = world_->recorder,
        .clock = clock_,
        .as_name = [&intake = world_->intake](
                       std::uint32_t number) { return std::string(intake.ground()->as_table.name(number)); },
        .state_folder = world_->state_folder});
}

Result<void> ConsoleDoor::adopt(const config::Console& wanted, const std::string& file,
                                net::Inherited* passed) {
    take_calls(file);
    if (wanted.listen.empty()) {
        close(1s);
        return {};
    }
    if (open_ && open_->settings.listen == wanted.listen) return change(wanted);
    auto opened = open(wanted, passed);
    if (!opened) return std::unexpected(std::move(opened.error()));
    close(1s);
    open_ = std::move(*opened);
    {
        const std::scoped_lock lock(live_mutex_);
        live_ = &open_->live;
    }
    is_open_ = true;
    telling_.tell(Thing::console_opened,
                  {{"listen", open_->endpoint->text()},
                   {"url", wanted.url.empty() ? (wanted.certificate.empty() ? "http://" : "https://") +
                                                    open_->endpoint->text() + "/"
                                              : wanted.url + "/"}});
    return {};
}

void ConsoleDoor::take_calls(const std::string& file) {
    auto text = read_file(file);
    calls_->adopt(file, text ? std::move(*text) : std::string());
}

Result<std::unique_ptr<ConsoleDoor::Open>> ConsoleDoor::open(const config::Console& wanted,
                                                             net::Inherited* passed) {
    CHECK(world_.has_value());
    auto tls = tls_of(wanted);
    if (!tls) return std::unexpected(std::move(tls.error()));
    const auto endpoint = net::Endpoint::parse(wanted.listen);
    if (!endpoint) return std::unexpected(endpoint.error());
    auto listener = net::Listener::open(*endpoint, threads, {}, passed);
    if (!listener) return std::unexpected(std::move(listener.error()));
    console::ConsoleWorld world{
        .now = clock_,
        .monotonic = [] { return std::chrono::steady_clock::now(); },
        .calls =
            [this](const net::Request& request, net::Response& response) {
                if (!calls_->answer(request, response)) world_->control(request, response);
            },
        .may_try =
            [this](const Event& event) {
                const auto answer = world_->intake.ask(event);
                return !answer || !answer->stops();
            },
        .report = [this](const Event& event) { world_->intake.report(event, event.time); },
        .audit =
            [this](const console::Audited& entry) {
                calls_->audit(entry);
                tell_of_log_in(entry, telling_);
            },
        .complain = {},
        .expiry = [this](std::string_view text) { return expiry(text, clock_()); }};
    console::LiveWorld live{.scene = world_->scene,
                            .incidents = [this] { return heads_of(world_->desk); },
                            .clock = world.monotonic};
    auto out = std::make_unique<Open>(wanted, telling_, std::move(world), std::move(live),
                                      world_->state_folder, std::move(*tls));
    out->endpoint = listener->endpoint();
    out->server.listen(std::move(*listener));
    return out;
}

Result<void> ConsoleDoor::change(const config::Console& wanted) {
    auto tls = tls_of(wanted);
    if (!tls) return std::unexpected(std::move(tls.error()));
    open_->server.adopt(server_rules(std::move(*tls)));
    open_->console.adopt(reach_of(wanted), session_rules(wanted));
    open_->settings = wanted;
    return {};
}

void ConsoleDoor::hear(Thing thing, std::span<const tell::Field> fields) {
    if (!is_open_.load(std::memory_order_relaxed)) return;
    const std::scoped_lock lock(live_mutex_);
    if (live_ == nullptr || !live_->has_readers()) return;
    if (!live_->wants_told()) return live_->leave_out();
    live_->tell(told_json(clock_(), thing, fields));
}

void ConsoleDoor::tick() {
    if (open_) open_->live.tick();
}

void ConsoleDoor::close(std::chrono::milliseconds grace) {
    if (!open_) return;
    is_open_ = false;
    open_->server.stop(grace);
    {
        const std::scoped_lock lock(live_mutex_);
        live_ = nullptr;
    }
    open_ = nullptr;
}

void ConsoleDoor::stop(std::chrono::milliseconds grace) {
    close(grace);
    if (calls_) calls_->stop();
}

}  // namespace tidegate::app
