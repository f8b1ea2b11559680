#include "edge/stage.h"

#include "net/loop_state.h"

namespace tidegate::edge {

Stage::Stage(net::Loop& loop, const Hooks& hooks, const Shields& shields, EdgeCounters& counters)
    : loop_(loop),
      hooks_(hooks),
      shields_(shields),
      counters_(counters),
      wheel_(net::coarse_now()),
      sweeper_(loop.every(TimerWheel::between_sweeps, [this] { wheel_.sweep(net::coarse_now()); })) {}

Stage::~Stage() = default;

net::asio::io_context& Stage::context() {
    return loop_.state().context;
}

std::optional<SharedAdmission::Seat> Stage::seat(const EntranceRules& rules, const Address& address) {
    std::optional<ClientClass> known = ClientClass::fresh;
    if (hooks_.meet) known = hooks_.meet(rules, address);
    if (known && !shields_.admission) return SharedAdmission::Seat();
    if (known) {
        auto arrival = shields_.admission->arrive(address, *known, rules.name);
        if (arrival.seat) return std::move(arrival.seat);
    }
    counters_.turned_away.add();
    if (hooks_.turned_away) hooks_.turned_away(rules);
    return std::nullopt;
}

void Stage::wind_down() {
    wheel_.each([](Timed& timed) { timed.wind_down(); });
}

void Stage::end_all() {
    wheel_.each([](Timed& timed) { timed.end(); });
}

}  // namespace tidegate::edge
