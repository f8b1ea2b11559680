#include "edge/servers/health.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/hash.h"
#include "edge/servers/check_talk.h"
#include "net/loop_state.h"

namespace tidegate::edge {
namespace {

namespace asio = net::asio;
using Clock = std::chrono::steady_clock;

// Of the interval, while checks disagree with what a place is taken to be.
constexpr int hurry = 4;

/// One place, as long as it is watched and a little longer.
struct Watched {
    Watched(asio::io_context& context, CheckedPlace what)
        : place(std::move(what)), pause(context), end(context) {
        health.server = place.server;
        health.protocol = place.protocol;
    }
    void retire() {
        is_retired = true;
        hasten();
        if (talk) talk->expire();
    }
    void hasten() {
        is_hasty = true;
        pause.cancel();
    }

    CheckedPlace place;
    PlaceHealth health;
    std::optional<wire::ServerOffer> offer;
    asio::steady_timer pause, end;
    std::unique_ptr<CheckTalk> talk;
    bool is_retired = false, is_hasty = false, has_passed = false;
    std::optional<bool> was_well;
};
using WatchedPointer = std::shared_ptr<Watched>;

bool is_same_place(const CheckedPlace& left, const CheckedPlace& right) {
    return left.server == right.server && left.protocol == right.protocol;
}

}  // namespace

struct HealthChecker::State : std::enable_shared_from_this<HealthChecker::State> {
    State(net::Loop& loop, HealthRules given, Hooks hook)
        : context(loop.state().context), rules(std::move(given)), hooks(std::move(hook)) {}

    static asio::awaitable<void> run(std::shared_ptr<State> self, WatchedPointer one);
    /// Nothing: it could not be looked at, for reasons of our own.
    asio::awaitable<std::optional<bool>> check(WatchedPointer one);
    [[nodiscard]] Clock::duration pause_after(const Watched& one);
    void take(Watched& one, bool well);
    void decide(Watched& one, bool well) const;
    void tell(const std::string& server);
    void learn(Protocol protocol);

    /// What was told of a server last.
    struct Told {
        bool up = true;
        std::string trouble;
        friend bool operator==(const Told&, const Told&) = default;
    };

    asio::io_context& context;
    const HealthRules rules;
    const Hooks hooks;
    std::vector<WatchedPointer> watched;
    std::map<std::string, Told, std::less<>> told;
    std::map<Protocol, wire::ServerOffer> offers;
    std::uint64_t pauses = 0;
};

asio::awaitable<void> HealthChecker::State::run(std::shared_ptr<State> self, WatchedPointer one) {
    while (!one->is_retired) {
        const auto well = co_await self->check(one);
        if (one->is_retired) co_return;
        if (well) self->take(*one, *well);
        if (!one->is_hasty && !one->is_retired) {
            one->pause.expires_after(self->pause_after(*one));
            static_cast<void>(co_await one->pause.async_wait(net::as_values));
        }
        one->is_hasty = false;
    }
}

asio::awaitable<std::optional<bool>> HealthChecker::State::check(WatchedPointer one) {
    const auto began = Clock::now();
    one->talk = std::make_unique<CheckTalk>(context, one->place, rules);
    one->end.expires_after(rules.time);
    one->end.async_wait([one](const net::Failure& error) {
        if (!error && one->talk) one->talk->expire();
    });
    const bool well = co_await one->talk->run();
    one->end.cancel();
    if (one->talk->failed_here()) co_return std::nullopt;
    one->health.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
    if (well) one->offer = offer_to_clients(one->place.place, one->talk->offer());
    one->health.trouble = well ? std::string() : one->talk->trouble();
    if (!well && one->health.trouble.empty()) one->health.trouble = "it did not answer in time";
    one->talk.reset();
    co_return well;
}

Clock::duration HealthChecker::State::pause_after(const Watched& one) {
    const bool is_doubtful = one.health.trouble.empty() != one.health.up;
    const double part = static_cast<double>(mix(rules.seed + ++pauses) >> 11) * 0x1p-53;
    const double jitter = 1 + rules.jitter * (2 * part - 1);
    const auto whole = std::chrono::duration<double, std::milli>(rules.interval) * jitter;
    return std::chrono::duration_cast<Clock::duration>(is_doubtful ? whole / hurry : whole);
}

void HealthChecker::State::decide(Watched& one, bool well) const {
    PlaceHealth& health = one.health;
    if (well == health.up) return;
    // One that has never passed is believed its first failure: at our start nobody should wait for it.
    const unsigned wanted = well ? rules.up_after : one.has_passed ? rules.down_after : 1;
    if (health.in_a_row >= wanted) health.up = well;
}

void HealthChecker::State::take(Watched& one, bool well) {
    PlaceHealth& health = one.health;
    health.in_a_row = one.was_well == well ? health.in_a_row + 1 : 1;
    one.was_well = well;
    ++health.checks;
    decide(one, well);
    one.has_passed = one.has_passed || well;
    if (well && one.offer) health.offer = front_offer(one.place.protocol, *one.offer);
    const std::string server = one.place.server;
    learn(one.place.protocol);
    tell(server);
}

void HealthChecker::State::learn(Protocol protocol) {
    std::vector<wire::ServerOffer> up;
    for (const auto& one : watched)
        if (one->place.protocol == protocol && one->health.up && one->offer) up.push_back(*one->offer);
    if (up.empty()) return;
    wire::ServerOffer common = wire::common_offer(words_of(protocol), up);
    const auto known = offers.find(protocol);
    if (known != offers.end() && known->second == common) return;
    offers[protocol] = common;
    if (hooks.learned) hooks.learned(protocol, front_offer(protocol, common));
}

void HealthChecker::State::tell(const std::string& server) {
    Told now;
    for (const auto& one : watched) {
        if (one->place.server != server) continue;
        if (one->health.checks == 0) return;
        if (one->health.up || !now.up) continue;
        now.up = false;
        // Of one that is on its way up the last check had none.
        now.trouble = std::string(name(service_of(one->place.protocol)));
        now.trouble += ": " + (one->health.trouble.empty() ? "it is back, and watched" : one->health.trouble);
    }
    const auto known = told.find(server);
    if (known != told.end() && known->second == now) return;
    told[server] = now;
    if (hooks.told) hooks.told(server, now.up, now.trouble);
}

HealthChecker::HealthChecker(net::Loop& loop, const HealthRules& rules, Hooks hooks)
    : state_(std::make_shared<State>(loop, rules, std::move(hooks))) {}

HealthChecker::~HealthChecker() {
    for (const auto& one : state_->watched) one->retire();
    state_->watched.clear();
}

void HealthChecker::watch(std::vector<CheckedPlace> places) {
    std::vector<WatchedPointer> before = std::exchange(state_->watched, {});
    for (CheckedPlace& place : places) {
        const auto known = std::ranges::find_if(
            before, [&](const auto& one) { return one && is_same_place(one->place, place); });
        if (known != before.end()) {
            (*known)->place = std::move(place);
            state_->watched.push_back(std::exchange(*known, nullptr));
            continue;
        }
        const auto& one =
            state_->watched.emplace_back(std::make_shared<Watched>(state_->context, std::move(place)));
        asio::co_spawn(state_->context, State::run(state_, one), asio::detached);
    }
    for (const auto& one : before)
        if (one) one->retire();
    std::erase_if(state_->told, [this](const auto& server) {
        return std::ranges::none_of(state_->watched,
                                    [&](const auto& one) { return one->place.server == server.first; });
    });
}

void HealthChecker::check_now(std::string_view server) {
    for (const auto& one : state_->watched)
        if (one->place.server == server) one->hasten();
}

std::optional<wire::FrontOffer> HealthChecker::offer(Protocol protocol) const {
    const auto known = state_->offers.find(protocol);
    if (known == state_->offers.end()) return std::nullopt;
    return front_offer(protocol, known->second);
}

std::vector<PlaceHealth> HealthChecker::standing() const {
    std::vector<PlaceHealth> out;
    for (const auto& one : state_->watched) out.push_back(one->health);
    return out;
}

}  // namespace tidegate::edge
