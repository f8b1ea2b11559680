#pragma once
// The daemon's part in the weekly report: what it notes for it, and that it goes out.

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/serve/report_notes.h"
#include "app/serve/report_sender.h"

namespace tidegate::app {

/// Thread: hear() any, the rest one at a time.  Cost: tick() waits for the disk, every five minutes.
/// Fails: tells what can't be read or kept.
class ReportUpkeep {
public:
    /// What it reaches, from several threads, once begin() was called.
    struct World {
        std::string folder;
        tell::Telling& telling;
        std::function<Time()> clock;
        std::function<std::shared_ptr<const judge::Policy>()> policy;
        std::function<guard::DeskCounts()> counts;
        std::function<std::vector<mail::QueueStanding>()> queues;
        std::function<std::string()> scene;
        std::function<void()> save;  // a checkpoint
    };

    /// Reads what was noted before.
    explicit ReportUpkeep(World world);

    void hear(tell::Thing thing, std::span<const tell::Field> fields) { noting_.hear(thing, fields); }
    /// The daemon has its memory: from now on reports go out. After a reload again.
    void adopt(const config::Settings& settings) { sender_.adopt(settings); }
    /// Twice a minute.
    void tick();
    void stop();

private:
    void keep();

    World world_;
    ReportNoting noting_;
    unsigned ticks_ = 0;
    ReportSender sender_;  // its thread uses all above
};

}  // namespace tidegate::app
