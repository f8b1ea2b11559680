#include "app/serve/mode_switch.h"

#include <fmt/format.h>

namespace tidegate::app {

using tell::Thing;

guard::Mode wanted_mode(const config::Settings& settings, const StateFolder& state) {
    const bool acts = settings.serve.acts && !state.held_watch();
    return acts ? guard::Mode::act : guard::Mode::watch;
}

void ModeSwitch::guard_kernel(const config::Firewall& settings) {
    const bool acts = world_.desk.mode() == guard::Mode::act;
    complain(world_.bans.adopt(settings, *world_.desk.policy(), acts));
}

void ModeSwitch::adopt(const config::Settings& settings) {
    world_.desk.set_mode(wanted_mode(settings, world_.state), world_.clock(), "configuration");
    guard_kernel(settings.firewall);
}

Result<void> ModeSwitch::set(guard::Mode mode, std::string_view author, std::string_view reason) {
    auto done = change(mode, author, reason);
    if (!done) return done;
    world_.recorder.record(keep::Deed{.time = world_.clock(),
                                      .author = std::string(author),
                                      .action = "mode",
                                      .subject = std::string(guard::name(mode)),
                                      .reason = std::string(reason)});
    return done;
}

Result<void> ModeSwitch::change(guard::Mode mode, std::string_view author, std::string_view reason) {
    // Watching comes first, whatever the disk says.
    if (mode == guard::Mode::watch) {
        world_.desk.set_mode(mode, world_.clock(), author);
        complain(world_.bans.set_acting(false));
    }
    const std::scoped_lock lock(mutex_);
    if (mode == guard::Mode::watch) return world_.state.hold_watch(fmt::format("{}: {}", author, reason));
    if (!world_.intake.ground()->configured.serve.acts)
        return std::unexpected(Error{world_.config_file, 0, "the configuration says that it only watches",
                                     "set mode = \"act\" under [serve] and reload"});
    if (auto done = world_.state.hold_watch(std::nullopt); !done) return done;
    world_.desk.set_mode(mode, world_.clock(), author);
    complain(world_.bans.set_acting(true));
    return {};
}

void ModeSwitch::complain(const std::optional<Error>& of_firewall) {
    if (!of_firewall) return;
    world_.telling.tell(Thing::firewall_trouble, {{"state", "closed"}, {"error", of_firewall->text()}});
}

}  // namespace tidegate::app
