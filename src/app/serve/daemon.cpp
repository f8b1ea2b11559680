#include "app/serve/daemon.h"

#include <malloc.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <memory>
#include <utility>
#include <vector>

#include "app/commands.h"
#include "app/ground.h"
#include "app/output.h"
#include "app/serve/alerting.h"
#include "app/serve/bans.h"
#include "app/serve/control_door.h"
#include "app/serve/dns_asking.h"
#include "app/serve/doors.h"
#include "app/serve/edge_memory.h"
#include "app/serve/edges.h"
#include "app/serve/figures.h"
#include "app/serve/intake.h"
#include "app/serve/log_output.h"
#include "app/serve/logs.h"
#include "app/serve/metrics_door.h"
#include "app/serve/mode_switch.h"
#include "app/serve/orders.h"
#include "app/serve/past.h"
#include "app/serve/queues.h"
#include "app/serve/recorder.h"
#include "app/serve/saving.h"
#include "app/serve/state_folder.h"
#include "app/serve/surroundings.h"
#include "app/serve/tellers.h"
#include "app/serve/tidings.h"
#include "app/serve/waking.h"
#include "guard/desk.h"
#include "net/notify.h"
#include "tell/live/metrics.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;
using tell::Thing;

constexpr std::chrono::milliseconds grace = 5s;

Time now() {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

/// Thread: the main one, but for what it hands to the threads that answer.
class Daemon {
public:
    Daemon(ServeOptions options, StateFolder state)
        : options_(std::move(options)),
          state_(std::move(state)),
          telling_([this](std::string_view line) { return log_.write(line); },
                   [] { return unix_seconds(now()); }),
          recorder_(state_.path(), now, telling_) {
        telling_.listen([this](Thing thing, std::span<const tell::Field> fields) {
            if (alerting_) alerting_->hear(thing, fields);
            if (tellers_) tellers_->hear(thing, fields);
        });
    }

    ~Daemon() {
        if (queues_) queues_->stop();
        if (tellers_) tellers_->stop(0ms);    // its threads use all of the others
        if (alerting_) alerting_->stop(0ms);  // its threads tell of what they could not deliver
        state_.mark_ended();
    }
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;

    /// The doors first: what is asked while lists and memory are read is answered, if unjudged.
    int run(const config::Settings& settings) {
        alerting_ = std::make_unique<Alerting>(settings, telling_, now, state_);
        tellers_ = std::make_unique<Tellers>(telling_, now, state_);
        queues_ = std::make_unique<Queues>(telling_, now, state_);
        if (!open_doors(settings) || !lay()) return bad_input;
        wake_memory();
        mode_ = std::make_unique<ModeSwitch>(mode_world());
        mode_->guard_kernel(ground_->configured.firewall);
        tellers_->give(tellers_world(), ground_->configured);
        control_ = std::make_unique<ControlDoor>(control_world());
        if (!open_for_people()) return bad_input;
        for (const std::string& name : passed_.names())
            telling_.tell(Thing::socket_unused, {{"socket", name}});
        passed_.drop();
        waking_.open(*intake_);
        if (waking_.lost() > 0)
            telling_.tell(Thing::reports_lost, {{"count", static_cast<std::int64_t>(waking_.lost())}});
        ::malloc_trim(0);  // reading the past took much that is free now
        logs_->start();
        queues_->adopt(ground_->configured);
        main_.on_signals(std::array{SIGTERM, SIGINT, SIGHUP}, [this](int signal) { heed(signal); });
        const auto beats = timers();
        const net::Watchdog watchdog(main_, *threads_);
        telling_.tell(Thing::started, {{"version", TIDEGATE_VERSION}, {"mode", guard::name(desk_->mode())}});
        net::notify_ready(guard::name(desk_->mode()));
        tellers_->send_reports(ground_->configured);
        main_.run();
        wind_up();
        return all_well;
    }

private:
    [[nodiscard]] bool lay() {
        Choices choices;
        choices.config = options_.config;
        auto laid = lay_ground(choices);
        if (laid) {
            ground_ = std::make_shared<const Ground>(std::move(*laid));
            return true;
        }
        for (const Error& error : laid.error()) say(error);
        return false;
    }

    // ---- what was known before
    void wake_memory() {
        recorder_.open(ground_->configured.journal);
        Memories memories = recall(recorder_.folder(), *ground_, telling_);
        desk_ = std::make_unique<guard::Desk>(
            std::move(memories.judge), ground_->policy, wanted_mode(ground_->configured, state_),
            guard::Desk::Hooks{.record = [this](const guard::Folded& each) { recorder_.record(each); },
                               .tell = [this](const guard::Happening& each) { tell(each); }},
            state_.code_key());
        desk_->recall(std::move(memories.detection), std::move(memories.incidents), memories.until);
        intake_ = std::make_unique<Intake>(*desk_, ground_);
        intake_->adopt(ground_, asked_lists(*ground_, nullptr));
        refold(recorder_.folder(), memories, *desk_, *intake_, telling_);
        if (state_.mark_running()) tell_of_cut(memories, *desk_, telling_, now());
        logs_ = std::make_unique<Logs>(*intake_, recorder_, telling_, now, std::move(memories.logs));
        orders_ = std::make_unique<Orders>(
            ground_->policy,
            [this](std::shared_ptr<const judge::Policy> policy) {
                bans_.adopt(*policy);
                desk_->adopt(std::move(policy));
            },
            recorder_.order_book());
        saving_ = std::make_unique<Saving>(
            SavingWorld{.desk = *desk_,
                        .recorder = recorder_,
                        .orders = *orders_,
                        .logs = *logs_,
                        .telling = telling_,
                        .clock = now,
                        .keep_mail = [this] { keep_mail(state_, edges_->mail(), telling_); }},
            memories.sequence, memories.is_whole);
        if (!memories.is_first) wake_orders();
        const auto ends = logs_->follow(*ground_);
        if (!memories.is_first || !ground_->configured.serve.import_past) return;
        import_past(*ground_, ends, *desk_, telling_);
        static_cast<void>(saving_->save());  // of this there is nothing in the journal
    }
    void wake_orders() {
        auto orders = recorder_.orders();
        if (orders) return orders_->restore(*orders);
        telling_.tell(Thing::journal_trouble, {{"state", "unread"}, {"error", orders.error().text()}});
    }

    // ---- who else is told
    void tell(const guard::Happening& each) {
        using Kind = guard::Happening::Kind;
        if (each.kind == Kind::refused && each.verdict->measure == Measure::ban)
            bans_.ban(*each.event, *each.verdict);
        // The journal has attempts alone: what else made an incident open it does not bring back, and words
        // about it would be about nothing.
        const bool has_opened = each.incident != nullptr &&
                                each.incident->head.state == IncidentState::open && !each.incident->again;
        if (has_opened && saving_) saving_->want();
        tell_of(each, telling_);
    }
    // Those that are asked already go on, and what they know, where their settings are as before.
    std::shared_ptr<observe::DnsLists> asked_lists(const Ground& ground, const Ground* before) {
        const config::Settings& now_set = ground.configured;
        if (before != nullptr && now_set.dns_lists == before->configured.dns_lists &&
            now_set.dns == before->configured.dns)
            return intake_->dns();
        auto lists = ask_dns(now_set, telling_, now);
        if (lists) return *lists;
        telling_.tell(Thing::list_suspended, {{"list", "all"}, {"why", lists.error().text()}});
        return nullptr;
    }
    // ---- sockets
    bool open_doors(const config::Settings& settings) {
        threads_ = std::make_unique<net::Threads>(settings.serve.threads);
        doors_ = std::make_unique<Doors>(
            *threads_,
            DoorWorld{.waking = waking_,
                      .telling = telling_,
                      .keys = keys_,
                      .clock = now,
                      .pardon = [this](const Event& event) { pardon(event); },
                      .taken_in_vain = [this](const Event& event) { edges_->hear_of_content(event); },
                      .help_url = settings.serve.help_url});
        edges_ = std::make_unique<Edges>(
            main_,
            EdgeWorld{.waking = waking_,
                      .telling = telling_,
                      .clock = now,
                      .keys = keys_,
                      .help_url = settings.serve.help_url,
                      .note = [this](const std::string& words) { note_limit(words); },
                      .silence = [this](const Prefix& network, Time until) { bans_.silence(network, until); },
                      .done = [this](const ActionNotice& action) { note_action(action); },
                      .orders = recalled_server_orders(state_, telling_),
                      .keep = [this](std::string_view orders) { return state_.keep_servers(orders); },
                      .moves = recalled_moves(state_, telling_),
                      .keep_moves = [this](std::string_view moves) { return state_.keep_moves(moves); }});
        recall_mail(state_, edges_->mail(), telling_);
        auto errors = doors_->open(settings.doors, &passed_);
        for (Error& error : edges_->open(settings, &passed_)) errors.push_back(located(std::move(error)));
        for (const Error& error : errors) say(error);
        return errors.empty();
    }
    // What is wrong with a line is wrong with the configuration's.
    [[nodiscard]] Error located(Error error) const {
        if (error.file.empty() && error.line > 0) error.file = options_.config;
        return error;
    }
    // Every limit that was applied belongs to the record of what goes on.
    void note_limit(const std::string& words) {
        telling_.tell(Thing::limit_changed, {{"text", words}});
        note_action({.time = now(), .who = "Tidegate", .text = words});
    }
    void note_action(const ActionNotice& action) {
        if (desk_) desk_->note(action);
    }
    bool open_for_people() {
        const auto control = control_->open(ground_->configured.serve, &passed_);
        if (!control) return say(control.error()), false;
        if (!open_metrics()) return false;
        const auto errors = tellers_->open(ground_->configured, &passed_);
        for (const Error& error : errors) say(error);
        return errors.empty();
    }
    bool open_metrics() {
        const std::string& where = ground_->configured.serve.metrics;
        if (where.empty()) return true;
        metrics_ = std::make_unique<MetricsDoor>(*threads_, [this] {
            return tell::exposition(figures(*desk_, around(), telling_, intake_->joined()));
        });
        const auto opened = metrics_->open(where, &passed_);
        return opened ? true : (say(opened.error()), false);
    }
    void pardon(const Event& event) {
        if (!event.account.empty()) orders_->lift(std::string_view(event.account), "a door");
        if (!event.address.is_none()) {
            orders_->lift(event.address.text(), "a door");
            bans_.lift(event.address);
        }
        Event placed = event;
        placed.time = now();
        ground_now()->place(placed);
        desk_->pardon(placed);
    }
    [[nodiscard]] std::shared_ptr<const Ground> ground_now() const { return intake_->ground(); }

    ModeWorld mode_world() {
        return {.desk = *desk_,
                .bans = bans_,
                .intake = *intake_,
                .recorder = recorder_,
                .state = state_,
                .telling = telling_,
                .clock = now,
                .config_file = options_.config};
    }
    TellersWorld tellers_world() {
        return {
            .desk = *desk_,
            .intake = *intake_,
            .recorder = recorder_,
            .bans = bans_,
            .edges = *edges_,
            .queues = *queues_,
            .saving = *saving_,
            .control = [this](const auto& request, auto& response) { control_->answer(request, response); },
            .scene = [this](std::size_t most) { return scene_json(*desk_, around(), most); },
            .config_file = options_.config};
    }
    ControlDoorWorld control_world() {
        return {.desk = *desk_,
                .intake = *intake_,
                .orders = *orders_,
                .recorder = recorder_,
                .saving = *saving_,
                .bans = bans_,
                .edges = *edges_,
                .alerts = alerting_->alerts(),
                .cases = tellers_->cases(),
                .queues = *queues_,
                .telling = telling_,
                .clock = now,
                .around = [this] { return around(); },
                .set_mode = [this](guard::Mode mode, std::string_view author,
                                   std::string_view reason) { return mode_->set(mode, author, reason); },
                .forget = [this](const std::string& account,
                                 const std::string& author) { return forget(account, author); }};
    }
    Result<std::string> forget(const std::string& account, const std::string& author) {
        if (auto done = tellers_->forget(account); !done) return std::unexpected(done.error());
        return saving_->forget(account, author);
    }
    [[nodiscard]] Surroundings around() const {
        return surroundings_of({.doors = *doors_,
                                .recorder = recorder_,
                                .logs = *logs_,
                                .bans = bans_,
                                .intake = *intake_,
                                .alerting = *alerting_,
                                .edges = *edges_,
                                .queues = *queues_,
                                .saving = *saving_,
                                .now = now(),
                                .started = started_});
    }

    // ---- time
    std::vector<net::Timer> timers() {
        std::vector<net::Timer> out;
        out.push_back(main_.every(10ms, [this] {
            intake_->tick(now());
            logs_->tick();
        }));
        out.push_back(main_.every(100ms, [this] { edges_->beat(); }));
        out.push_back(main_.every(250ms, [this] { tellers_->beat(); }));
        out.push_back(main_.every(1s, [this] {
            keys_.advance(now());
            edges_->tick();
            bans_.tick(now());
            orders_->tick(now());
            logs_->note();
            if (ground_->lists) tell_of(ground_->lists->poll(), telling_);
            tellers_->tick();
            queues_->tick();
            if (saving_->due()) static_cast<void>(saving_->save());
        }));
        out.push_back(main_.every(30s, [this] {
            open_journal();
            tellers_->tick_slowly();
        }));
        out.push_back(main_.every(5min, [this] { static_cast<void>(saving_->save()); }));
        return out;
    }
    /// What could not be opened at the start.
    void open_journal() {
        const auto last = recorder_.open(ground_->configured.journal);
        if (!last) return;
        // A journal with a past that we could not read keeps it: the next start knows that and what comes
        // now.
        if (*last == 0) saving_->begin_past();
        wake_orders();
        static_cast<void>(saving_->save());
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
        alerting_->adopt(fresh->configured);  // first: of what follows people may have to be told
        intake_->adopt(fresh, asked_lists(*fresh, ground_.get()));
        orders_->reload(fresh->policy);
        auto errors = doors_->open(fresh->configured.doors, nullptr);
        for (Error& error : edges_->open(fresh->configured, nullptr))
            errors.push_back(located(std::move(error)));
        for (Error& error : tellers_->adopt(fresh->configured)) errors.push_back(std::move(error));
        for (const Error& error : errors) telling_.tell(Thing::reload_refused, {{"error", error.text()}});
        ground_ = std::move(fresh);
        recorder_.set_bounds(ground_->configured.journal);
        queues_->adopt(ground_->configured);
        mode_->adopt(ground_->configured);
        telling_.tell(Thing::reloaded, {{"file", options_.config}});
        recorder_.record(keep::Deed{
            .time = now(), .author = "SIGHUP", .action = "reload", .subject = options_.config, .reason = {}});
        net::notify_ready(guard::name(desk_->mode()));
    }

    // The checkpoint while the doors still answer: nobody shall wait for it. What comes behind it is the
    // journal's.
    void wind_up() {
        queues_->stop();
        tellers_->stop_reports();
        static_cast<void>(saving_->save());
        logs_->stop();
        doors_->stop(grace);
        edges_->stop(grace);
        intake_->adopt(ground_, nullptr);  // whoever waits for a list was answered
        intake_->finish();
        if (metrics_) metrics_->stop(grace);
        tellers_->stop(grace);
        control_->stop(grace);
        logs_->tick();
        logs_->note();
        recorder_.close();
        bans_.close();
        alerting_->stop(grace);
    }

    ServeOptions options_;
    std::shared_ptr<const Ground> ground_;  // as read last; the others ask the intake
    StateFolder state_;
    LogOutput log_{STDERR_FILENO};
    std::unique_ptr<Alerting> alerting_;  // null: nobody is told yet
    std::unique_ptr<Tellers> tellers_;    // likewise
    tell::Telling telling_;
    Bans bans_{telling_, now, state_};
    Recorder recorder_;
    const Time started_ = now();
    Waking waking_;
    std::unique_ptr<guard::Desk> desk_;
    std::unique_ptr<Intake> intake_;
    std::unique_ptr<Orders> orders_;
    std::unique_ptr<Logs> logs_;
    std::unique_ptr<Saving> saving_;
    net::Loop main_;
    net::Inherited passed_ = net::Inherited::from_environment();
    std::unique_ptr<net::Threads> threads_;
    SharedKeys keys_;
    std::unique_ptr<Doors> doors_;
    std::unique_ptr<Edges> edges_;
    std::unique_ptr<Queues> queues_;
    std::unique_ptr<ModeSwitch> mode_;
    std::unique_ptr<ControlDoor> control_;
    std::unique_ptr<MetricsDoor> metrics_;
};

}  // namespace

int serve(const ServeOptions& options) {
    auto loaded = config::load(options.config);
    for (const Error& error : loaded.errors) say(error);
    if (!loaded.errors.empty()) return bad_input;
    auto state = StateFolder::open(loaded.settings.serve.state);
    if (!state) {
        say(state.error());
        return bad_input;
    }
    return Daemon(options, std::move(*state)).run(loaded.settings);
}

}  // namespace tidegate::app
