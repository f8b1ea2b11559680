#include "app/serve/edges.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <random>
#include <utility>

#include "app/serve/answer.h"
#include "base/hash.h"
#include "judge/normalise.h"
#include "net/listener.h"

namespace tidegate::app {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;
using tell::Thing;

// A stolen key opens what was said in that time, and twice as long before (RFC 5077 5.5).
constexpr auto ticket_keys_last = 4h;
constexpr auto between_sweeps = 1min;

// Wall time at the start, and from then on only forwards: who sets the clock sets no pace.
std::function<Time()> steady_clock_from(Time start) {
    return [start, began = Steady::now()] {
        return start + std::chrono::floor<Duration>(Steady::now() - began);
    };
}

std::uint64_t random_seed() {
    std::random_device random;
    return std::uint64_t{random()} << 32U | random();
}

void tell(tell::Telling& telling, const edge::StateChange& change) {
    const bool worse = change.to == edge::ServerState::down || change.to == edge::ServerState::quarantined;
    telling.tell(worse ? Thing::server_out : Thing::server_changed, {{"server", change.server},
                                                                     {"state", edge::name(change.to)},
                                                                     {"why", change.why},
                                                                     {"author", change.author}});
}

}  // namespace

Edges::Edges(net::Loop& main, EdgeWorld world)
    : main_(main),
      world_(std::move(world)),
      servers_({.clock = steady_clock_from(world_.clock()),
                .told = [this](const edge::StateChange& change) { tell(world_.telling, change); },
                .keep = std::move(world_.keep)},
               std::move(world_.orders)),
      listeners_({.clock = world_.clock,
                  .told = [this](const DomainMove& move, std::string_view why) { tell_idle(move, why); },
                  .keep = std::move(world_.keep_moves)},
                 std::move(world_.moves)) {
    shields_.moved = listeners_.moved();
}

Edges::~Edges() {
    stop(0ms);
}

// ---- what sessions ask

edge::Hooks Edges::hooks() {
    edge::Hooks out;
    out.clock = world_.clock;
    out.meet = [this](const edge::EntranceRules& rules, const Address& address) {
        return meet(rules, address);
    };
    out.ask = [this](const edge::EntranceRules& rules, const Event& event, const net::Waker* waker) {
        return ask(rules, event, waker);
    };
    out.report = [this](const Event& event) { report(event); };
    hear_visits(out);
    out.took = [this](Service service, Duration time) {
        if (Intake* intake = world_.waking.intake()) intake->waits().note(Hop::auth, service, time);
    };
    // Whether it is the server or that one log-in is known sooner than at the next check.
    out.server_failed = [this](std::string_view server) {
        main_.post([this, name = std::string(server)] {
            if (health_) health_->check_now(name);
        });
    };
    out.mark = [this](std::string_view password, std::string_view account) {
        return world_.keys.marks(password, account);
    };
    return out;
}

edge::Decision Edges::unjudged(const edge::EntranceRules& rules) {
    world_.telling.tell(Thing::question_unjudged, {{"door", rules.name}, {"why", "starting"}});
    if (rules.fails_open) return {};
    edge::Decision decision;
    decision.step = wire::Answer::Step::defer;
    decision.text = "Still starting, please try again later";
    return decision;
}

std::optional<edge::Decision> Edges::ask(const edge::EntranceRules& rules, const Event& event,
                                         const net::Waker* waker) {
    Intake* intake = world_.waking.intake();
    if (intake == nullptr) return unjudged(rules);
    if (event.service == Service::smtp) return ask_of_mail(*intake, rules, event);
    const auto judged = intake->ask(event, Measure::defer, waker);
    if (!judged) return std::nullopt;
    const wire::Answer answer = answer_of(*judged, rules.most_delay, world_.help_url);
    edge::Decision decision;
    decision.step = answer.step;
    decision.wait = answer.wait;
    if (answer.stops()) wire::append_reason(answer, "Please try again later", decision.text);
    // While we only watch, everybody is served alike, and every password is looked up.
    if (!judged->acts) return decision;
    if (judged->verdict.familiar) decision.known_as = edge::ClientClass::familiar;
    if (judged->verdict.measure >= Measure::slow) decision.known_as = edge::ClientClass::doubtful;
    if (!event.account.empty()) {
        std::string scratch;
        decision.account = judge::normalise(event.account, *intake->ground()->policy, scratch);
    }
    return decision;
}

// Nobody logs in on port 25: what becomes of a mail is no attempt as the judge of log-ins knows them.
void Edges::report(const Event& event) {
    if (event.service == Service::smtp) report_mail(event);
    if (event.service == Service::smtp && event.kind == EventKind::attempt) return;
    world_.waking.report(event, event.time);
}

// By the address alone. While we only watch nobody is turned away for who he is.
std::optional<edge::ClientClass> Edges::meet(const edge::EntranceRules& rules, const Address& address) const {
    Intake* intake = world_.waking.intake();
    if (intake == nullptr) return edge::ClientClass::fresh;
    Event event;
    event.address = address;
    event.service = edge::service_of(rules.protocol);
    event.time = event.received = world_.clock();
    event.kind = EventKind::connect;
    event.listener = rules.name;
    event.layer = Layer::proxy;
    const auto known = intake->meet(event);
    intake->came(event);
    if (!known.acts) return edge::ClientClass::familiar;
    const Decibans word = operators_word(known.verdict);
    if (word > Decibans()) return std::nullopt;
    if (word < Decibans() || known.is_home) return edge::ClientClass::familiar;
    if (known.verdict.measure == Measure::ban) return std::nullopt;
    const bool is_mail = event.service == Service::smtp;
    if (is_mail && mail_.is_known_sender(address)) return edge::ClientClass::known_sender;
    if (event.lists != 0) return edge::ClientClass::listed;
    const bool is_doubtful = is_mail ? mail_.doubts(event) : known.verdict.measure >= Measure::slow;
    return is_doubtful ? edge::ClientClass::doubtful : edge::ClientClass::fresh;
}

// The record of what goes on says it as well: from now on the others bear what comes for this domain.
void Edges::tell_idle(const DomainMove& move, std::string_view why) const {
    world_.telling.tell(Thing::domain_move_idle,
                        {{"domain", move.domain}, {"listener", move.listener}, {"why", why}});
    world_.done({.time = world_.clock(),
                 .kind = ActionKind::capacity,
                 .who = "Tidegate",
                 .text = fmt::format("mail for {} is no longer taken at {} alone: {}", move.domain,
                                     move.listener, why)});
}

// ---- the configuration

void Edges::raise_shields() {
    edge::AdmissionSettings settings;
    settings.lines.seed = settings.reception.seed = settings.silence.seed = random_seed();
    settings.reception.most = room_;
    edge::SharedAdmission::Hooks heard;
    heard.limit = [this](const edge::LimitChange& change, std::string_view whose) {
        world_.note(edge::text(change, whose));
    };
    heard.silence = [this](const Prefix& network, std::chrono::seconds time) {
        world_.silence(network, world_.clock() + time);
    };
    shields_.admission = std::make_shared<edge::SharedAdmission>(settings, std::move(heard));
    shields_.handshakes = std::make_shared<edge::HandshakeLimits>(edge::HandshakeRules{});
    shields_.wrong_passwords = std::make_shared<edge::WrongPasswords>(edge::WrongPasswordRules{});
}

void Edges::begin(const config::Settings& settings) {
    raise_shields();
    threads_ = std::make_unique<net::Threads>(settings.serve.threads);
    edge_ = std::make_unique<edge::Edge>(*threads_, hooks(), shields_);
    edge::HealthChecker::Hooks heard;
    heard.told = [this](std::string_view server, bool up, std::string_view trouble) {
        servers_.checked(server, up, trouble);
    };
    heard.learned = [this](edge::Protocol protocol, const wire::FrontOffer&) { learn(protocol); };
    health_ = std::make_unique<edge::HealthChecker>(main_, edge::HealthRules{}, std::move(heard));
    begun_.store(true, std::memory_order_release);
}

std::vector<Error> Edges::open(const config::Settings& settings, net::Inherited* passed) {
    EdgePlan plan = plan_edge(settings, tickets_);
    // What is there already is better than half of what is new.
    if (!plan.errors.empty() || (plan.entrances.empty() && !edge_)) return std::move(plan.errors);
    const auto shares = shares_of(settings, room_);
    if (!shares) return {shares.error()};
    if (!edge_) begin(settings);
    shields_.admission->share_out(*shares);
    listeners_.give(plan);
    servers_.give(plan, hash_bytes(settings.serve.cluster_key, 0x5469'6465'6761'7465ULL));
    watch(plan);
    name_ourselves(plan, settings);
    std::vector<Error> errors;
    std::vector<OpenEntrance> before = std::exchange(open_, {});
    const auto stays = [&](const OpenEntrance& each) {
        return std::ranges::any_of(plan.entrances, [&](const EdgePlan::Entrance& entrance) {
            return std::ranges::find(entrance.places, each.endpoint) != entrance.places.end();
        });
    };
    std::vector<OpenEntrance> gone;
    std::ranges::copy_if(before, std::back_inserter(gone), std::not_fn(stays));
    close(gone);  // what goes may be in the way of what comes
    for (const EdgePlan::Entrance& each : plan.entrances) take(each, before, passed, errors);
    return errors;
}

void Edges::close(std::vector<OpenEntrance>& gone) {
    for (const OpenEntrance& each : gone) {
        edge_->unlisten(each.endpoint);
        net::take_back(each.endpoint);
    }
}

void Edges::take(const EdgePlan::Entrance& entrance, std::vector<OpenEntrance>& before,
                 net::Inherited* passed, std::vector<Error>& errors) {
    for (const net::Endpoint& place : entrance.places) {
        OpenEntrance next{place, entrance.rules, entrance.learns_capabilities, entrance.learns_mechanisms};
        offer(next);
        if (std::ranges::find(before, place, &OpenEntrance::endpoint) == before.end()) {
            listen(std::move(next), passed, errors);
            continue;
        }
        edge_->adopt(place, std::make_shared<const edge::EntranceRules>(next.rules));
        open_.push_back(std::move(next));
    }
}

void Edges::listen(OpenEntrance entrance, net::Inherited* passed, std::vector<Error>& errors) {
    auto listener =
        net::Listener::open(entrance.endpoint, static_cast<unsigned>(threads_->size()), {}, passed);
    if (!listener) return errors.push_back(std::move(listener.error()));
    listener->lend();
    edge_->listen(std::move(*listener), std::make_shared<const edge::EntranceRules>(entrance.rules));
    open_.push_back(std::move(entrance));
}

// ---- servers

void Edges::watch(const EdgePlan& plan) {
    std::vector<edge::CheckedPlace> places;
    for (const EdgePlan::Server& each : plan.servers) {
        const bool used = std::ranges::any_of(plan.entrances, [&](const EdgePlan::Entrance& entrance) {
            return entrance.rules.protocol == each.protocol &&
                   entrance.rules.places.contains(each.place.name);
        });
        if (used) places.push_back({each.place.name, each.protocol, each.place});
    }
    health_->watch(std::move(places));
}

// ---- what clients are offered

void Edges::offer(OpenEntrance& entrance) const {
    const auto learned = health_->offer(entrance.rules.protocol);
    if (!learned) return;
    wire::FrontOffer& ours = entrance.rules.offer;
    if (entrance.learns_capabilities) ours.capabilities = learned->capabilities;
    if (entrance.learns_mechanisms) ours.mechanisms = learned->mechanisms;
}

void Edges::learn(edge::Protocol protocol) {
    for (OpenEntrance& each : open_) {
        if (each.rules.protocol != protocol) continue;
        offer(each);
        edge_->adopt(each.endpoint, std::make_shared<const edge::EntranceRules>(each.rules));
    }
}

// ---- time

void Edges::tick() {
    if (!edge_) return;
    servers_.tick();
    listeners_.tick();
    tell_visits();
    const auto now = Steady::now();
    if (now - swept_ >= between_sweeps) {
        swept_ = now;
        shields_.wrong_passwords->sweep(world_.clock());
    }
    if (now - tickets_turned_ < ticket_keys_last) return;
    tickets_turned_ = now;
    net::rotate(*tickets_);
}

void Edges::beat() {
    if (shields_.admission) shields_.admission->tick();
}

void Edges::forget_passwords(std::string_view account) {
    if (!begun_.load(std::memory_order_acquire)) return;
    const Intake* intake = world_.waking.intake();
    if (intake == nullptr) return;  // nothing was judged yet, so nothing is remembered
    std::string scratch;
    shields_.wrong_passwords->forget(judge::normalise(account, *intake->ground()->policy, scratch));
}

void Edges::stop(std::chrono::milliseconds grace) {
    health_.reset();
    if (edge_) edge_->stop(grace);
    open_.clear();
}

std::optional<EdgeStanding> Edges::standing() const {
    if (!begun_.load(std::memory_order_acquire)) return std::nullopt;
    auto admission = shields_.admission->standing();
    auto listeners = listeners_.standing(admission.listeners);
    return EdgeStanding{.counts = edge_->counts(),
                        .admission = std::move(admission),
                        .handshakes = shields_.handshakes->counts(),
                        .wrong_passwords = shields_.wrong_passwords->counts(),
                        .mail = mail_.counts(),
                        .mail_memory = mail_.memory(),
                        .servers = servers_.standing(),
                        .listeners = std::move(listeners),
                        .waiting_moves = listeners_.waiting()};
}

}  // namespace tidegate::app
