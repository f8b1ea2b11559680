#include "app/serve/control_door.h"

#include <utility>

#include "app/serve/case_wiring.h"
#include "net/listener.h"

namespace tidegate::app {

ControlDoor::ControlDoor(ControlDoorWorld world)
    : world_(std::move(world)),
      edge_(edge_world()),
      listeners_(listener_world()),
      incidents_(incident_world()),
      alerts_(alert_world()),
      cases_(case_control_world(world_.cases, world_.recorder, world_.desk, world_.clock)),
      queues_([this] { return world_.queues.standing(); }),
      control_(control_world()),
      server_(threads_, net::HttpOptions{},
              [this](const net::Request& request, net::Response& response) { answer(request, response); }) {}

Result<void> ControlDoor::open(const config::Serve& settings, net::Inherited* passed) {
    auto listener = net::Listener::open({.address = {}, .port = 0, .path = settings.control}, 1,
                                        {.mode = 0660, .owner = {}, .group = settings.control_group}, passed);
    if (!listener) return std::unexpected(std::move(listener.error()));
    server_.listen(std::move(*listener));
    return {};
}

void ControlDoor::stop(std::chrono::milliseconds grace) {
    server_.stop(grace);
    upkeep_.wait();
}

std::function<void(keep::Deed deed)> ControlDoor::into_audit_log() const {
    return [&recorder = world_.recorder](keep::Deed deed) { recorder.record(std::move(deed)); };
}

EdgeControlWorld ControlDoor::edge_world() {
    return {
        .servers = world_.edges.servers(),
        .standing = [this] { return world_.edges.standing(); },
        .forget_passwords = [this](const std::string& account) { world_.edges.forget_passwords(account); },
        .telling = world_.telling,
        .record = into_audit_log(),
        .clock = world_.clock};
}

ListenerControlWorld ControlDoor::listener_world() {
    return {.listeners = world_.edges.listeners(),
            .standing = [this] { return world_.edges.standing(); },
            .telling = world_.telling,
            .record = into_audit_log(),
            .note = [this](const ActionNotice& action) { world_.desk.note(action); },
            .clock = world_.clock};
}

IncidentControlWorld ControlDoor::incident_world() {
    return {.desk = world_.desk,
            .telling = world_.telling,
            .clock = world_.clock,
            .flush = [this] { return world_.recorder.flush(); },
            .record = into_audit_log()};
}

AlertControlWorld ControlDoor::alert_world() {
    return {.alerts = world_.alerts,
            .telling = world_.telling,
            .clock = world_.clock,
            .record = into_audit_log()};
}

ControlWorld ControlDoor::control_world() {
    return {.desk = world_.desk,
            .intake = world_.intake,
            .orders = world_.orders,
            .telling = world_.telling,
            .clock = world_.clock,
            .around = world_.around,
            .set_mode = world_.set_mode,
            .recorder = world_.recorder,
            .upkeep = upkeep_,
            .forget = world_.forget,
            .backup = [this](const std::string& folder,
                             const std::string& author) { return world_.saving.backup(folder, author); },
            .is_banned = [this](const Address& address) { return world_.bans.is_banned(address); },
            .unban = [this](const Address& address) { return world_.bans.lift(address); },
            .why_of_mail = [this](const Address& address) { return world_.edges.why_of_mail(address); },
            .edge = edge_,
            .listeners = listeners_,
            .incidents = incidents_,
            .alerts = alerts_,
            .cases = cases_,
            .queues = queues_};
}

}  // namespace tidegate::app
