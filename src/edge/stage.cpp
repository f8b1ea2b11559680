#include "edge/stage.h"

#include "net/loop_state.h"

namespace tidegate::edge {

namespace {

constexpr auto between_sweeps = std::chrono::milliseconds(250);

}  // namespace

Stage::Stage(net::Loop& loop, const Hooks& hooks, const Shields& shields, EdgeCounters& counters)
    : loop_(loop),
      hooks_(hooks),
      shields_(shields),
      counters_(counters),
      sweeper_(loop.every(between_sweeps, [this] {
          const auto now = net::coarse_now();
          for (Timed& timed : timed_) timed.sweep(now);
      })) {}

Stage::~Stage() = default;

net::asio::io_context& Stage::context() {
    return loop_.state().context;
}

std::optional<SharedAdmission::Seat> Stage::seat(const EntranceRules& rules, const Address& address) {
    std::optional<ClientClass> known = ClientClass::fresh;
    if (hooks_.meet) known = hooks_.meet(rules, address);
    if (known && !shields_.admission) return SharedAdmission::Seat();
    if (known) {
        auto arrival = shields_.admission->arrive(address, *known);
        if (arrival.seat) return std::move(arrival.seat);
    }
    counters_.turned_away.add();
    return std::nullopt;
}

void Stage::wind_down() {
    for (Timed& timed : timed_) timed.wind_down();
}

void Stage::end_all() {
    for (Timed& timed : timed_) timed.end();
}

}  // namespace tidegate::edge
