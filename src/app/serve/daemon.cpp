#include "app/serve/daemon.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "app/commands.h"
#include "app/ground.h"
#include "app/output.h"
#include "app/serve/control.h"
#include "app/serve/doors.h"
#include "app/serve/figures.h"
#include "app/serve/intake.h"
#include "app/serve/orders.h"
#include "app/serve/past.h"
#include "app/serve/state_folder.h"
#include "app/serve/tidings.h"
#include "guard/desk.h"
#include "net/http_server.h"
#include "net/listener.h"
#include "net/notify.h"
#include "observe/follow/file_follower.h"
#include "observe/follow/journald_follower.h"
#include "observe/follow/log_sensor.h"
#include "tell/live/metrics.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;
using tell::Thing;

constexpr std::chrono::milliseconds grace = 5s;

Time now() {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

void write_to_standard_error(std::string_view line) {
    while (!line.empty()) {
        const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
        if (written <= 0) return;
        line.remove_prefix(static_cast<std::size_t>(written));
    }
}

std::string name_of(const config::Follow& follow) {
    return follow.journald ? "journal" : follow.file;
}

/// Thread: the main one, but for what it hands to the threads that answer.
class Daemon {
public:
    Daemon(ServeOptions options, std::shared_ptr<const Ground> ground, StateFolder state)
        : options_(std::move(options)),
          ground_(std::move(ground)),
          state_(std::move(state)),
          telling_(write_to_standard_error, [] { return unix_seconds(now()); }) {}

    int run() {
        wake_memory();
        open_logs();
        if (!open_sockets()) return bad_input;
        sensor_->start();
        main_.on_signals(std::array{SIGTERM, SIGINT, SIGHUP}, [this](int signal) { heed(signal); });
        const auto beats = timers();
        const net::Watchdog watchdog(main_, *threads_);
        telling_.tell(Thing::started, {{"version", TIDEGATE_VERSION}, {"mode", guard::name(desk_->mode())}});
        net::notify_ready(guard::name(desk_->mode()));
        main_.run();
        wind_up();
        return all_well;
    }

private:
    // ---- what was known before
    void wake_memory() {
        Memories memories = recall(state_, *ground_, telling_);
        positions_ = std::move(memories.positions);
        desk_ = std::make_unique<guard::Desk>(
            std::move(memories.judge), ground_->policy, wanted_mode(),
            guard::Desk::Hooks{.record = {},
                               .tell = [this](const guard::Happening& each) { tell_of(each, telling_); }});
        desk_->recall(std::move(memories.detection));
        intake_ = std::make_unique<Intake>(*desk_, ground_);
        orders_ = std::make_unique<Orders>(
            ground_->policy,
            [this](std::shared_ptr<const judge::Policy> policy) { desk_->adopt(std::move(policy)); });
        if (auto orders = state_.orders())
            orders_->restore(std::move(*orders));
        else
            say(orders.error());
        if (memories.is_first && ground_->configured.serve.import_past)
            import_past(*ground_, *desk_, telling_);
    }
    [[nodiscard]] guard::Mode wanted_mode() const {
        const bool acts = ground_->configured.serve.acts && !state_.held_watch();
        return acts ? guard::Mode::act : guard::Mode::watch;
    }

    // ---- logs
    void open_logs() {
        sensor_ = std::make_unique<observe::LogSensor>(observe::LogSensor::Calls{
            .take = [this](observe::Sighting&& sighting) { take(sighting); },
            .tell = [this](std::size_t source, const Error& error) { trouble(source, error); },
            .clock = now});
        for (const config::Follow& each : ground_->configured.follows) {
            const auto saved = positions_.find(name_of(each));
            const std::string position = saved == positions_.end() ? "" : saved->second;
            auto added = sensor_->add({.follower = follower_of(each, position),
                                       .zone = ground_->zone,
                                       .patterns = ground_->input.patterns});
            if (!added) {
                say(added.error());
                continue;
            }
            sources_.push_back(name_of(each));
            telling_.tell(Thing::log_followed, {{"source", name_of(each)},
                                                {"position", position.empty() ? "its end" : "where it was"}});
        }
    }
    static std::unique_ptr<observe::Follower> follower_of(const config::Follow& follow,
                                                          const std::string& position) {
        if (follow.journald)
            return std::make_unique<observe::JournaldFollower>(
                "", observe::JournaldFollower::Start{.from_end = true, .saved = position});
        observe::FileStart start;
        start.saved = observe::FilePosition::parse(position);
        return std::make_unique<observe::FileFollower>(follow.file, start, now);
    }
    void take(observe::Sighting& sighting) {
        intake_->see(sighting, now());
        const std::scoped_lock lock(positions_mutex_);
        positions_[sources_[sighting.source]] = sighting.position;
        troubles_.erase(sources_[sighting.source]);
    }
    void trouble(std::size_t source, const Error& error) {
        telling_.tell(Thing::log_trouble, {{"source", sources_[source]}, {"error", error.text()}});
        const std::scoped_lock lock(positions_mutex_);
        troubles_[sources_[source]] = error.text();
    }

    // ---- sockets
    bool open_sockets() {
        const config::Settings& settings = ground_->configured;
        auto passed = net::Inherited::from_environment();
        threads_ = std::make_unique<net::Threads>(settings.serve.threads);
        doors_ = std::make_unique<Doors>(*threads_,
                                         DoorWorld{.intake = *intake_,
                                                   .telling = telling_,
                                                   .clock = now,
                                                   .pardon = [this](const Event& event) { pardon(event); },
                                                   .help_url = settings.serve.help_url});
        const auto errors = doors_->open(settings.doors, &passed);
        for (const Error& error : errors) say(error);
        control_ = std::make_unique<Control>(control_world());
        const bool rest = open_control(passed) && open_metrics(passed);
        return errors.empty() && rest;
    }
    bool open_control(net::Inherited& passed) {
        const config::Serve& serve = ground_->configured.serve;
        auto listener =
            net::Listener::open({.address = {}, .port = 0, .path = serve.control}, 1,
                                {.mode = 0660, .owner = {}, .group = serve.control_group}, &passed);
        if (!listener) return say(listener.error()), false;
        control_server_ = std::make_unique<net::HttpServer>(
            *threads_, net::HttpOptions{}, [this](const net::Request& request, net::Response& response) {
                control_->answer(request, response);
            });
        control_server_->listen(std::move(*listener));
        return true;
    }
    bool open_metrics(net::Inherited& passed) {
        const std::string& where = ground_->configured.serve.metrics;
        if (where.empty()) return true;
        const auto endpoint = net::Endpoint::parse(where);
        if (!endpoint) return say(endpoint.error()), false;
        auto listener = net::Listener::open(*endpoint, static_cast<unsigned>(threads_->size()), {}, &passed);
        if (!listener) return say(listener.error()), false;
        metrics_server_ = std::make_unique<net::HttpServer>(
            *threads_, net::HttpOptions{}, [this](const net::Request& request, net::Response& response) {
                if (request.path() != "/metrics") return response.say(404, "there is only /metrics");
                response.content_type(tell::exposition_type);
                response.body() = tell::exposition(figures(*desk_, around(), telling_, intake_->joined()));
            });
        metrics_server_->listen(std::move(*listener));
        return true;
    }
    void pardon(const Event& event) {
        if (!event.account.empty()) orders_->lift(std::string_view(event.account));
        if (!event.address.is_none()) orders_->lift(event.address.text());
        Event placed = event;
        placed.time = now();
        ground_now()->place(placed);
        desk_->pardon(placed);
    }
    [[nodiscard]] std::shared_ptr<const Ground> ground_now() const { return intake_->ground(); }

    ControlWorld control_world() {
        return {.desk = *desk_,
                .intake = *intake_,
                .orders = *orders_,
                .telling = telling_,
                .clock = now,
                .around = [this] { return around(); },
                .set_mode = [this](guard::Mode mode, std::string_view author,
                                   std::string_view reason) { return set_mode(mode, author, reason); },
                .keep_orders =
                    [this] {
                        const std::scoped_lock lock(state_mutex_);
                        return state_.save(orders_->list());
                    }};
    }
    Result<void> set_mode(guard::Mode mode, std::string_view author, std::string_view reason) {
        // Watching comes first, whatever the disk says.
        if (mode == guard::Mode::watch) desk_->set_mode(mode, now(), author);
        const std::scoped_lock lock(state_mutex_);
        if (mode == guard::Mode::watch) return state_.hold_watch(fmt::format("{}: {}", author, reason));
        if (!ground_now()->configured.serve.acts)
            return std::unexpected(Error{options_.config, 0, "the configuration says that it only watches",
                                         "set mode = \"act\" under [serve] and reload"});
        if (auto done = state_.hold_watch(std::nullopt); !done) return done;
        desk_->set_mode(mode, now(), author);
        return {};
    }
    [[nodiscard]] Surroundings around() const {
        Surroundings out;
        out.now = now();
        out.started = started_;
        for (const DoorCounts& door : doors_->counts())
            out.doors.push_back(
                {door.listen, door.kind, door.questions, door.unjudged, door.broken, door.connections});
        const std::scoped_lock lock(positions_mutex_);
        for (const auto& source : sensor_->counts()) {
            const auto trouble = troubles_.find(source.name);
            out.sources.push_back({source.name, source.lines.lines, source.lines.unknown, source.bytes_behind,
                                   trouble == troubles_.end() ? "" : trouble->second});
        }
        out.checkpoint = checkpoint_;
        out.lag = doors_->lag();
        return out;
    }

    // ---- time
    std::vector<net::Timer> timers() {
        std::vector<net::Timer> out;
        out.push_back(main_.every(10ms, [this] { intake_->tick(now()); }));
        out.push_back(main_.every(1s, [this] {
            doors_->advance(now());
            orders_->tick(now());
        }));
        out.push_back(main_.every(5min, [this] { save(); }));
        return out;
    }
    void save() {
        Checkpoint checkpoint;
        {
            // Positions first: what comes between is read again rather than lost.
            const std::scoped_lock lock(positions_mutex_);
            checkpoint.positions = positions_;
        }
        checkpoint.time = now();
        desk_->save(checkpoint.judge, checkpoint.detection);
        const std::scoped_lock lock(state_mutex_);
        if (const auto saved = state_.save(checkpoint); !saved) {
            telling_.tell(Thing::journal_trouble, {{"state", "checkpoint"}, {"error", saved.error().text()}});
            return;
        }
        checkpoint_ = checkpoint.time;
        telling_.tell(
            Thing::checkpoint_saved,
            {{"bytes", static_cast<std::int64_t>(checkpoint.judge.size() + checkpoint.detection.size())}});
    }

    // ---- signals
    void heed(int signal) {
        if (signal == SIGHUP) return reload();
        telling_.tell(Thing::stopping, {{"signal", static_cast<std::int64_t>(signal)}});
        net::notify_stopping("");
        main_.stop();
    }
    void reload() {
        net::notify_reloading();
        Choices choices;
        choices.config = options_.config;
        auto laid = lay_ground(choices);
        if (!laid) {
            for (const Error& error : laid.error())
                telling_.tell(Thing::reload_refused, {{"error", error.text()}});
            return net::notify_ready(guard::name(desk_->mode()));
        }
        auto fresh = std::make_shared<const Ground>(std::move(*laid));
        intake_->adopt(fresh);
        orders_->reload(fresh->policy);
        for (const Error& error : doors_->open(fresh->configured.doors, nullptr))
            telling_.tell(Thing::reload_refused, {{"error", error.text()}});
        ground_ = std::move(fresh);
        desk_->set_mode(wanted_mode(), now(), "configuration");
        telling_.tell(Thing::reloaded, {{"file", options_.config}});
        net::notify_ready(guard::name(desk_->mode()));
    }

    void wind_up() {
        doors_->stop(grace);
        sensor_->stop();
        intake_->finish();
        if (metrics_server_) metrics_server_->stop(grace);
        control_server_->stop(grace);
        save();
    }

    ServeOptions options_;
    std::shared_ptr<const Ground> ground_;  // as read last; the others ask the intake
    StateFolder state_;
    std::mutex state_mutex_;  // guards state_'s files
    tell::Telling telling_;
    const Time started_ = now();
    std::atomic<Time> checkpoint_{};
    std::unique_ptr<guard::Desk> desk_;
    std::unique_ptr<Intake> intake_;
    std::unique_ptr<Orders> orders_;
    mutable std::mutex positions_mutex_;            // guards the two below
    std::map<std::string, std::string> positions_;  // by source
    std::map<std::string, std::string> troubles_;
    std::vector<std::string> sources_;  // by the sensor's number
    std::unique_ptr<observe::LogSensor> sensor_;
    net::Loop main_;
    std::unique_ptr<net::Threads> threads_;
    std::unique_ptr<Doors> doors_;
    std::unique_ptr<Control> control_;
    std::unique_ptr<net::HttpServer> control_server_, metrics_server_;
};

}  // namespace

int serve(const ServeOptions& options) {
    Choices choices;
    choices.config = options.config;
    auto ground = lay_ground(choices);
    if (!ground) {
        for (const Error& error : ground.error()) say(error);
        return bad_input;
    }
    auto state = StateFolder::open(ground->configured.serve.state);
    if (!state) {
        say(state.error());
        return bad_input;
    }
    return Daemon(options, std::make_shared<const Ground>(std::move(*ground)), std::move(*state)).run();
}

}  // namespace tidegate::app
