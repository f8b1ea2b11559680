#include "edge/stage.h"

#include "net/loop_state.h"

namespace tidegate::edge {

namespace {

constexpr auto between_sweeps = std::chrono::milliseconds(250);

}  // namespace

Stage::Stage(net::Loop& loop, const Hooks& hooks, EdgeCounters& counters)
    : loop_(loop), hooks_(hooks), counters_(counters), sweeper_(loop.every(between_sweeps, [this] {
          const auto now = net::coarse_now();
          for (Timed& timed : timed_) timed.sweep(now);
      })) {}

Stage::~Stage() = default;

net::asio::io_context& Stage::context() {
    return loop_.state().context;
}

void Stage::wind_down() {
    for (Timed& timed : timed_) timed.wind_down();
}

void Stage::end_all() {
    for (Timed& timed : timed_) timed.end();
}

}  // namespace tidegate::edge
