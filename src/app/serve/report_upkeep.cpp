#include "app/serve/report_upkeep.h"

#include <utility>

#include "judge/normalise.h"

namespace tidegate::app {

ReportUpkeep::ReportUpkeep(World world)
    : world_(std::move(world)),
      noting_(world_.folder, world_.clock,
              [this](std::string_view account) {
                  std::string name;
                  return judge::account_key(judge::normalise(account, *world_.policy(), name));
              }),
      sender_({.folder = world_.folder,
               .telling = world_.telling,
               .clock = world_.clock,
               .policy = world_.policy,
               .scene = world_.scene,
               .keep = [this] {
                   world_.save();
                   noting_.count(world_.counts());
                   keep();
               }}) {
    if (const auto read = noting_.recall(); !read)
        world_.telling.tell(tell::Thing::report_unsent, {{"week", ""}, {"error", read.error().text()}});
}

void ReportUpkeep::tick() {
    constexpr unsigned between = 10;
    noting_.count(world_.counts());
    noting_.note_queues(world_.queues());
    if (++ticks_ % between == 0) keep();
}

void ReportUpkeep::stop() {
    sender_.stop();
    noting_.count(world_.counts());
    keep();
}

void ReportUpkeep::keep() {
    if (const auto written = noting_.keep(); !written)
        world_.telling.tell(tell::Thing::report_unsent, {{"week", ""}, {"error", written.error().text()}});
}

}  // namespace tidegate::app
