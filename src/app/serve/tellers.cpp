#include "app/serve/tellers.h"

#include <string_view>
#include <utility>

#include "app/serve/case_rules.h"
#include "app/serve/case_wiring.h"
#include "app/serve/status_record.h"
#include "judge/normalise.h"

namespace tidegate::app {

using tell::Thing;

Tellers::Tellers(tell::Telling& telling, std::function<Time()> clock, const StateFolder& state)
    : telling_(telling),
      clock_(std::move(clock)),
      state_(state),
      report_(report_world()),
      console_(telling_, clock_) {}

void Tellers::hear(Thing thing, std::span<const tell::Field> fields) {
    console_.hear(thing, fields);
    report_.hear(thing, fields);
}

void Tellers::give(TellersWorld world, const config::Settings& settings) {
    world_ = std::make_unique<const TellersWorld>(std::move(world));
    cases_ = std::make_unique<CaseDesk>(case_book_world(), case_rules(settings.case_book));
    console_.give(console_world());
    status_ = std::make_unique<StatusPage>(status_world(settings));
}

std::vector<Error> Tellers::open(const config::Settings& settings, net::Inherited* passed) {
    if (auto errors = status_->open(settings, passed); !errors.empty()) return errors;
    const auto opened = console_.adopt(settings.console, world_->config_file, passed);
    if (!opened) telling_.tell(Thing::console_trouble, {{"error", opened.error().text()}});
    return {};
}

std::vector<Error> Tellers::adopt(const config::Settings& settings) {
    auto errors = status_->open(settings, nullptr);
    if (auto done = console_.adopt(settings.console, world_->config_file, nullptr); !done)
        errors.push_back(std::move(done.error()));
    report_.adopt(settings);
    cases_->adopt(case_rules(settings.case_book));
    return errors;
}

void Tellers::tick() {
    cases_->tick();
    status_->tick();
}

// Subscribers are known by their addresses alone, which may be the account's name.
Result<void> Tellers::forget(const std::string& account) {
    const auto policy = world_->desk.policy();
    if (auto done = cases_->forget(account_test(account, policy)); !done) return done;
    std::string name, other;
    const std::string meant(judge::normalise(account, *policy, name));
    const auto done = status_->forget(
        [&](std::string_view each) { return judge::normalise(each, *policy, other) == meant; });
    if (!done) return std::unexpected(done.error());
    return {};
}

void Tellers::stop(std::chrono::milliseconds grace) {
    console_.stop(grace);
    if (status_) status_->stop(grace);
}

// Nothing of the world is asked for before there is one: what is noted at first names no account.
ReportUpkeep::World Tellers::report_world() {
    return {.folder = state_.path(),
            .telling = telling_,
            .clock = clock_,
            .policy = [this] { return world_->desk.policy(); },
            .counts = [this] { return world_->desk.counts(); },
            .queues = [this] { return world_->queues.standing(); },
            .scene = [this] { return world_->scene(0); },
            .save = [this] { static_cast<void>(world_->saving.save()); }};
}

CaseWorld Tellers::case_book_world() {
    return case_world(
        {.telling = telling_,
         .clock = clock_,
         .desk = world_->desk,
         .servers = [this] { return world_->edges.standing().value_or(EdgeStanding()).servers; },
         .queues = [this] { return world_->queues.standing(); },
         .kept = [this](std::string_view name) { return state_.kept_case_text(name); },
         .keep = [this](std::string_view name,
                        std::string_view text) { return state_.keep_case_text(name, text); }});
}

ConsoleDoorWorld Tellers::console_world() {
    constexpr std::size_t shown = 50;
    return {.desk = world_->desk,
            .intake = world_->intake,
            .recorder = world_->recorder,
            .control = world_->control,
            .scene = [this] { return world_->scene(shown); },
            .state_folder = state_.path()};
}

StatusWorld Tellers::status_world(const config::Settings& settings) {
    return {.telling = telling_,
            .clock = clock_,
            .records =
                [this] {
                    return status_records(
                        [this](std::string_view partner) { return cases_->record(partner); },
                        world_->intake.ground()->configured.status);
                },
            .about = [this](const Address& address) { return standing_of(address); },
            .state = state_,
            .help_url = settings.serve.help_url};
}

std::optional<tell::status::VisitorStanding> Tellers::standing_of(const Address& address) const {
    using tell::status::VisitorStanding;
    if (world_->bans.is_banned(address)) return VisitorStanding::banned;
    Event event;
    event.time = clock_();
    event.service = Service::imap;
    event.address = address;
    const guard::Answer judged = world_->intake.look(event);
    if (judged.stops()) return VisitorStanding::refused;
    const bool slowed = judged.acts && judged.verdict.measure == Measure::slow;
    return slowed ? VisitorStanding::slowed : VisitorStanding::free;
}

}  // namespace tidegate::app
